# Reads issues of digests as Python's email does, for parsed.slow.test.ts. stdin: a JSON array of
# {mime, plain, posts}, paths of the two forms and of the posts. stdout: what is wrong, and how much was looked at.
import email, email.policy, json, re, sys

said = {"wrong": [], "posts": 0, "texts": 0, "attachments": 0}


def read(path):
    with open(path, "rb") as file:
        return file.read()


def wrong(issue, what):
    said["wrong"].append(f"{issue['mime']}: {what}")


def flat(message):
    try:
        return message.as_bytes()
    except Exception as error:  # of both, or of none
        return repr(error)


def words(text):
    return " ".join(text.split())


def leaves(message):
    """The parts that are no multiparts, those of messages in it left out."""
    if not message.is_multipart():
        yield message
    elif message.get_content_maintype() == "multipart":
        for part in message.get_payload():
            yield from leaves(part)


def text_of(message):
    """The text that a message begins with, where it is plain and nobody doubts how it is to be read."""
    parts = list(leaves(message))
    if not parts or not message["From"] or not message["Subject"] or any(part.defects for part in message.walk()):
        return None
    first = parts[0]
    # Python takes a type that is none for text.
    named = str(first.get("Content-Type", "text/plain")).strip().lower().startswith("text/plain")
    if not named or first.get_content_disposition() == "attachment" or first.get_param("format"):
        return None
    try:
        text = first.get_payload(decode=True).decode(first.get_content_charset() or "ascii")
    except Exception:
        return None
    return text if len(text) < 50000 and not re.search("[\0-\x08\x0b-\x1f\x7f-\x9f]", text) else None


for issue in json.load(sys.stdin):
    originals = [read(path) for path in issue["posts"]]
    message = email.message_from_bytes(read(issue["mime"]))
    page, digest = message.get_payload()
    types = [part.get_content_type() for part in (message, page, digest)]
    if types != ["multipart/mixed", "text/plain", "multipart/digest"]:
        wrong(issue, types)
    for part in (message, page, digest):
        for defect in part.defects:
            wrong(issue, repr(defect))
    found = [part.get_payload(0) for part in digest.get_payload()]
    if len(found) != len(originals):
        wrong(issue, f"{len(found)} posts, not {len(originals)}")
    for at, (post, original) in enumerate(zip(found, originals)):
        said["posts"] += 1
        # In a multipart that is never closed a line end is read as the boundary's.
        if flat(post).split() != flat(email.message_from_bytes(original)).split():
            wrong(issue, f"post {at + 1} ({issue['posts'][at]}) is another one")

    plain = email.message_from_bytes(read(issue["plain"]))
    if plain.get_content_type() != "text/plain" or plain.get_content_charset() != "utf-8" or plain.defects:
        wrong(issue, "plain: no text in UTF-8")
    text = plain.get_payload(decode=True).decode("utf-8").replace("\r\n", "\n")
    preamble, rest = text.split("\n\n" + "-" * 70 + "\n\n", 1)
    *posts, end = rest.split("\n\n" + "-" * 30 + "\n\n")
    if not re.fullmatch(r"End of dev Digest, Vol \d+, Issue \d+\n\*+\n", end):
        wrong(issue, f"plain ends with {end!r}")
    if len(posts) != len(originals):
        wrong(issue, f"plain has {len(posts)} posts, not {len(originals)}")
    for at, (post, original) in enumerate(zip(posts, originals)):
        message = email.message_from_bytes(original)
        where = f"plain: post {at + 1} ({issue['posts'][at]})"
        here = words(post)
        expected = text_of(message)
        if expected is not None:
            said["texts"] += 1
            for line in expected.splitlines():
                if words(line) not in here:
                    wrong(issue, f"{where} lacks {line[:80]!r}")
                    break
        for part in leaves(message):
            name = part.get_filename() if part.get_content_disposition() == "attachment" else None
            if name and re.fullmatch(r"[\w.-]+", name, re.ASCII):
                said["attachments"] += 1
                if name not in here:
                    wrong(issue, f"{where} does not name {name}")

json.dump(said, sys.stdout)
