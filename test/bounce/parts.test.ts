import t from "tap";
import { partsOf } from "../../src/bounce/parts.ts";
import { openMessage } from "../../src/mail/message.ts";

async function parts(...lines: string[]) {
  const source = [Buffer.from(lines.join("\n"), "latin1")];
  return (await partsOf(await openMessage(source, 1e5))).map(
    ({ type, text }) => `${type} ${text.trim()}`,
  );
}

t.test("the parts that have none themselves, decoded", async (t) => {
  const found = await parts(
    "Content-Type: multipart/report; boundary=a",
    "",
    "preamble",
    "--a",
    "Content-Type: multipart/alternative; boundary=b",
    "",
    "--b",
    "Content-Type: text/plain; charset=iso-8859-1",
    "Content-Transfer-Encoding: quoted-printable",
    "",
    "unzustellbar: =FCnbekannt",
    "--b",
    "Content-Type: text/html",
    "",
    "<p>a<br>b &lt;c&gt; &#39;",
    "--b--",
    "--a",
    "Content-Type: message/delivery-status",
    "Content-Transfer-Encoding: base64",
    "",
    Buffer.from("Action: failed").toString("base64"),
    "--a",
    "Content-Type: message/rfc822",
    "",
    "Content-Type: multipart/mixed; boundary=c",
    "",
    "--c",
    "",
    "--a",
    "Content-Type: image/png",
    "",
    "x",
    "--a--",
    "after",
  );
  t.same(found, [
    "text/plain unzustellbar: ünbekannt",
    "text/html a\nb <c> '",
    "message/delivery-status Action: failed",
    "message/rfc822 Content-Type: multipart/mixed; boundary=c\n\n--c",
    "image/png ",
  ]);
});

t.test("a multipart whose boundary never comes is a text", async (t) => {
  t.same(
    await parts("Content-Type: multipart/mixed; boundary=x", "", "words"),
    ["text/plain words"],
  );
});

t.test("8-bit text that does not say what it is", async (t) => {
  t.same(await parts("Subject: x", "", "K\xfcche"), ["text/plain Küche"]);
  t.same(await parts("Subject: x", "", "K\xc3\xbcche"), ["text/plain Küche"]);
});
