"""Served hooks in Python: a program that is started once and asked about message after message.

    #!/usr/bin/env python3
    from listmill import serve

    def check(ask):
        if "!!!" in ask.header("Subject"):
            ask.reject("One exclamation mark is enough.")

    serve(check)

What the function returns is what its verb asks for: nothing (pass), a queue's name (route), the new
message as bytes, text or an email.message object (edit), addresses (recipients, refine), or rows of
address, "sent", "later" or "never", and reply (deliver). The verdicts (reject, hold, later, discard,
skip) end the function where they are called. An exception is "later", and its last line the reason.

By hand, by the contract of a hook that is started for each message:

    PYTHONPATH=/opt/listmill/lib ./60-mine.serve.py --once < message

docs/served-hooks.md describes what goes over the pipe. Needs no other package.
"""
import json
import os
import sys

__all__ = ["serve", "Ask", "Verdict"]

# The exit codes of hooks.
PASS, LATER, REJECT, HOLD, DISCARD, SKIP = 0, 75, 77, 80, 81, 99
# Characters of an answer that go in its line; more goes into a file.
INLINE = 16384
# Bytes of a message in which its header is looked for.
HEADER = 1 << 20
# Characters of a reason.
REASON = 1000


class Verdict(BaseException):
    """A verdict; not an Exception, so that a hook that catches all of these lets it through."""

    def __init__(self, code, reason=""):
        super().__init__(code, reason)
        self.code = code
        self.reason = reason


class Ask:
    """What a hook is asked: a message, its envelope and its list's settings."""

    def __init__(self, question):
        self.verb = question["verb"]
        #: The variables that other hooks have as environment, LISTMILL_…
        self.variables = question["variables"]
        #: The path of the message; for reading only.
        self.path = question["message"]
        self._recipients = question.get("recipients")
        self._emit = question.get("emit")
        self._emitted = 0
        self._header = None
        self._message = None

    def get(self, name, default=""):
        """A variable without its LISTMILL_: ask.get("SENDER")."""
        return self.variables.get("LISTMILL_" + name, default)

    def setting(self, name, default=""):
        """A setting of the list, as text: ask.setting("digest.posts"), ask.setting("custom.words")."""
        return self.get("SETTING_" + name.upper().replace(".", "_"), default)

    @property
    def list(self):
        """The list's address; "" for a message of none."""
        return self.get("LIST")

    @property
    def sender(self):
        """The sender of the envelope; may be ""."""
        return self.get("SENDER")

    @property
    def trial(self):
        """Only tried out: leave nothing behind."""
        return "LISTMILL_TRIAL" in self.variables

    def open(self):
        """The message as a file of bytes."""
        return open(self.path, "rb")

    def headers(self, name):
        """All fields of that name, unfolded and decoded, in their order."""
        if self._header is None:
            self._header = self._fields()
        return [_decoded(value) for value in self._header.get(name.lower(), ())]

    def header(self, name, default=""):
        """The first field of that name."""
        found = self.headers(name)
        return found[0] if found else default

    def _fields(self):
        fields = {}
        last = None
        left = HEADER
        with self.open() as file:
            while left > 0:
                line = file.readline(left)
                left -= len(line)
                line = line.rstrip(b"\r\n")
                if not line:
                    break
                if line[:1] in b" \t":
                    if last:
                        last[-1] += line
                    continue
                name, colon, value = line.partition(b":")
                if colon:
                    last = fields.setdefault(name.strip().decode("latin-1").lower(), [])
                    last.append(value.strip())
        return fields

    @property
    def message(self):
        """The message as an email.message.EmailMessage, all of it in memory."""
        if self._message is None:
            from email import message_from_binary_file, policy

            with self.open() as file:
                self._message = message_from_binary_file(file, policy=policy.default)
        return self._message

    @property
    def text(self):
        """The text that a reader sees: the plain part, or the HTML one as it is; "" without any."""
        part = self.message.get_body(("plain", "html"))
        if part is None:
            return ""
        try:
            return part.get_content()
        except (LookupError, ValueError):  # a charset that there is not
            return part.get_payload(decode=True).decode("utf-8", "replace")

    def recipients(self):
        """Addresses: the list so far, or for deliver those who are to be served."""
        if self._recipients is None:
            return
        with open(self._recipients, encoding="utf-8", errors="surrogateescape") as file:
            for line in file:
                yield line.rstrip("\n")

    def emit(self, recipient, message, due=None):
        """Sends a new message in: bytes, text or an email.message. due: not before, seconds since 1970."""
        if self._emit is None:
            raise RuntimeError(self.verb + " hooks cannot emit: that is for emit, answer and consume")
        if "/" in recipient or recipient in ("", ".", ".."):
            raise ValueError("not an address: " + repr(recipient))
        folder = os.path.join(self._emit, recipient)
        os.makedirs(folder, exist_ok=True)
        self._emitted += 1
        name = str(self._emitted) if due is None else "%010d.%d" % (due, self._emitted)
        with open(os.path.join(folder, name), "wb") as file:
            file.write(_bytes(message))

    def log(self, text):
        """Says something in the log."""
        print(text, file=sys.stderr, flush=True)

    def reject(self, reason):
        raise Verdict(REJECT, reason)

    def hold(self, reason):
        raise Verdict(HOLD, reason)

    def later(self, reason):
        raise Verdict(LATER, reason)

    def discard(self, reason):
        raise Verdict(DISCARD, reason)

    def skip(self):
        """Pass, and skip the rest of this stage."""
        raise Verdict(SKIP)


def serve(answer):
    """Answers until there are no more questions. answer: a function of an Ask."""
    if "--once" in sys.argv[1:]:
        sys.exit(_once(answer))
    if os.isatty(0):
        print("a served hook is started by listmill; by hand: %s --once < message" % sys.argv[0], file=sys.stderr)
        sys.exit(64)
    # What the hook and its children print must not get between the answers, nor may they read.
    questions = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    os.dup2(2, 1)
    sys.stdout.reconfigure(line_buffering=True)
    for line in questions:
        question = json.loads(line)
        reply = _reply(answer, question)
        reply["id"] = question["id"]
        answers.write(json.dumps(reply).encode("ascii") + b"\n")
        answers.flush()


def _reply(answer, question):
    try:
        return _output(question, answer(Ask(question)))
    except Verdict as verdict:
        return {"code": verdict.code, "reason": str(verdict.reason)[:REASON]}
    except SystemExit as end:
        if isinstance(end.code, int):
            return {"code": end.code & 255}
        return {"code": PASS} if end.code is None else {"code": LATER, "reason": str(end.code)[:REASON]}
    except Exception as error:
        import traceback

        traceback.print_exc()
        last = traceback.format_exception_only(type(error), error)[-1]
        return {"code": LATER, "reason": last.strip()[:REASON]}


def _output(question, value):
    """What a hook returned, as an answer: small text goes into its line, the rest into the file."""
    if value is None:
        return {"code": PASS}
    held = []
    size = 0
    pieces = iter(_pieces(question["verb"], value))
    for piece in pieces:
        held.append(piece)
        size += len(piece)
        if size > INLINE:
            break
    start = b"".join(held)
    if size <= INLINE:
        try:
            return {"code": PASS, "stdout": start.decode("utf-8")}
        except UnicodeDecodeError:
            pass
    with open(question["output"], "wb") as file:
        file.write(start)
        file.writelines(pieces)
    return {"code": PASS, "output": True}


def _pieces(verb, value):
    if verb == "edit":
        return (_bytes(value),)
    if verb == "route" and isinstance(value, str):
        return (_line(value),)
    if verb == "answer" and isinstance(value, str):
        return (value.encode("utf-8", "surrogateescape"),)
    if verb in ("recipients", "refine") and not isinstance(value, (str, bytes)):
        return (_line(address) for address in value)
    if verb == "deliver" and not isinstance(value, (str, bytes)):
        return (_line("\t".join(map(str, row))) for row in value)
    raise TypeError("it returned what %s cannot use: %.100r" % (verb, value))


def _line(text):
    return text.replace("\n", " ").encode("utf-8", "surrogateescape") + b"\n"


def _once(answer):
    """One message by the contract of a hook that is a program: stdin, variables, exit code."""
    import shutil
    import tempfile

    variables = {name: value for name, value in os.environ.items() if name.startswith("LISTMILL_")}
    stage = variables.get("LISTMILL_STAGE") or os.path.basename(os.path.dirname(os.path.abspath(sys.argv[0])))
    verb = stage.partition("-")[2] or "approve"
    # It may be read more than once, and stdin may be a pipe.
    copy = tempfile.NamedTemporaryFile()
    given = "LISTMILL_RECIPIENTS" if verb == "refine" else "LISTMILL_MESSAGE"
    if given not in variables:
        shutil.copyfileobj(sys.stdin.buffer, copy)
        copy.flush()
    question = {
        "verb": verb,
        "variables": variables,
        "message": variables.get("LISTMILL_MESSAGE", copy.name if verb != "refine" else os.devnull),
        "recipients": variables.get("LISTMILL_RECIPIENTS", copy.name if verb == "refine" else None),
        "emit": variables.get("LISTMILL_EMIT"),
    }
    with tempfile.NamedTemporaryFile() as output:
        question["output"] = output.name
        reply = _reply(answer, question)
        if reply.get("reason"):
            print(reply["reason"])
        sys.stdout.write(reply.get("stdout", ""))
        sys.stdout.flush()
        if "output" in reply:
            shutil.copyfileobj(output, sys.stdout.buffer)
        elif verb == "refine" and reply["code"] in (PASS, SKIP) and "stdout" not in reply:
            # To print nothing would be an empty list.
            with open(question["recipients"], "rb") as same:
                shutil.copyfileobj(same, sys.stdout.buffer)
    return reply["code"]


def _bytes(value):
    if isinstance(value, bytes):
        return value
    if isinstance(value, str):
        return value.encode("utf-8", "surrogateescape")
    if hasattr(value, "as_bytes"):
        # Lines end in LF on disk, and a header is not to be folded anew without need.
        return value.as_bytes()
    raise TypeError("not a message: %.100r" % (value,))


def _decoded(raw):
    text = raw.decode("utf-8", "replace")
    if "=?" not in text:
        return text
    from email.header import decode_header, make_header

    try:
        return str(make_header(decode_header(text)))
    except (LookupError, ValueError):  # a charset that there is not
        return text
