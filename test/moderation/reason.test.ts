// What a moderator writes is told to the author, and nothing of the letter that he answers.
import fc from "fast-check";
import t from "tap";
import { openMessage } from "../../src/mail/message.ts";
import { reasonIn, reasonOf } from "../../src/moderation/reason.ts";
import { anyString } from "../anyString.ts";

const said = "Please write in English.\nThank you.";
const address =
  "tea-approve+abcdefghijklmnopqrstuvwxyz234567@lists.example.org";
const letter = `This message waits for your decision.\n  From: eve@example.net\n  ${address}`;
const quoted = letter.replace(/^/gm, "> ");

const answers: Readonly<Record<string, string>> = {
  alone: said,
  "with a signature": `\n${said}\n\n-- \nMaria`,
  quoted: `${said}\n\nOn Monday the list wrote:\n${quoted}`,
  "quoted below two lines": `${said}\n\nOn Mon, Aug 3, 2026 at 10:00 AM tea <tea-owner@lists.example.org>\nwrote:\n\n${quoted}`,
  "quoted below three lines": `${said}\n\nAm 03.08.26 um 10:00 schrieb tea\n<tea-owner@lists.example.org> mit dem\nBetreff Bitte:\n${quoted}`,
  "below a rule": `${said}\n\n-----Original Message-----\nFrom: tea\n${letter}`,
  "below a line": `${said}\n________________________________\nVon: tea\n${letter}`,
  "below a header": `${said}\n\nFrom: tea <tea-owner@lists.example.org>\nSent: Monday, August 3, 2026 10:00 AM\nTo: maria@example.org\nSubject: Please decide\n\n${letter}`,
  "in front of the addresses": `${said}\n${address}\nMore of it.`,
};
for (const [how, answer] of Object.entries(answers))
  t.equal(reasonOf(answer), said, how);

t.equal(
  reasonOf(`See our rules:\nno advertisements, no attachments\n\n${quoted}`),
  "See our rules:\nno advertisements, no attachments",
);
t.equal(reasonOf("From: me to you\nNo.\n"), "From: me to you\nNo.");
t.equal(reasonOf(quoted), "");
t.equal(reasonOf("x\n".repeat(10_000)).length, 39, "20 lines");

t.test("of HTML alone", async (t) => {
  const html = `Content-Type: text/html\n\n<div>Please write in English.<br>Thank you.</div><div>Am Mo., 3. Aug. 2026 um 10:00 Uhr schrieb tea &lt;<a href="mailto:tea-owner@lists.example.org">tea-owner@lists.example.org</a>&gt;:<br></div><blockquote>${letter.replaceAll("\n", "<br>")}</blockquote>`;
  t.equal(
    await reasonIn(await openMessage([Buffer.from(html)], 100_000)),
    said,
  );
});

t.test("it is bounded, whatever is written", (t) => {
  fc.assert(
    fc.property(anyString({ maxLength: 5000 }), (text) => {
      const lines = reasonOf(text).split("\n");
      return lines.length <= 20 && lines.every((line) => line.length <= 501);
    }),
  );
  t.end();
});
