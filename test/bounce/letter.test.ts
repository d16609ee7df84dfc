import t from "tap";
import { letterOf } from "../../src/bounce/letter.ts";
import { partsOf } from "../../src/bounce/parts.ts";
import { openMessage } from "../../src/mail/message.ts";
import { daemon, letter, type Words } from "./reports.ts";

async function opened(words: Words) {
  const message = await openMessage([Buffer.from(letter(words))], 1e5);
  return letterOf(message.header, await partsOf(message));
}

t.test("the returned message begins where the report says so", async (t) => {
  for (const end of [
    "--- Below this line is a copy of the message.",
    "------ This is a copy of the message, including all the headers. ------",
    "   ----- Original message -----",
    "Original message follows.",
    "-------- Returned Mail --------".replace("Mail", "message"),
    "Received: from a by b",
    "Message headers follow:",
    "A copy of the original message below this line:",
    "Included is a copy of the message header:",
    "Below is a copy of the original message:",
  ]) {
    const { lines, behind } = await opened({
      lines: ["it failed: ann@example.org", end, "bob@example.org"],
    });
    t.same(lines, ["it failed: ann@example.org"], end);
    t.match(behind, "bob@example.org", end);
  }
});

t.test("an end at the very top ends nothing", async (t) => {
  const { lines } = await opened({
    lines: ["----- Original message -----", "x"],
  });
  t.ok(lines.length > 1);
});

t.test("who writes reports", async (t) => {
  const lines = ["nothing"];
  t.ok((await opened({ from: daemon, lines })).isReport);
  t.ok(
    (
      await opened({
        from: "postmaster@example.org",
        subject: "Undeliverable: x",
        lines,
      })
    ).isReport,
  );
  t.notOk(
    (await opened({ from: "postmaster@example.org", subject: "Hello", lines }))
      .isReport,
  );
  t.notOk(
    (
      await opened({
        from: "ann@example.org",
        subject: "Delivery failure",
        lines,
      })
    ).isReport,
  );
});
