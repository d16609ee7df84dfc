// Reports that somebody made to hurt: sizes, depths, and lines on which a careless pattern never ends.
// Times are those of a busy machine; what is bad takes hours.
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t from "tap";
import { readReport } from "../../src/bounce/read.ts";
import { openMessage } from "../../src/mail/message.ts";
import { daemon, letter, read, report } from "./reports.ts";

const LONG = 20_000;

async function within(t: Tap, message: string) {
  const start = performance.now();
  const found = await read(message);
  const took = performance.now() - start;
  if (took > LONG) t.fail(`${Math.round(took)} ms`);
  return found;
}

interface Tap {
  fail(message: string): unknown;
}

function count(found: Awaited<ReturnType<typeof read>>): number {
  return found.kind === "bounce" ? found.failures.length : -1;
}

t.test(
  "ten thousand recipients are all read, by fields and by words",
  async (t) => {
    const groups = Array.from({ length: 10_000 }, (_, n) => [
      `Final-Recipient: rfc822; user${n}@example.org`,
      "Action: failed",
      "Status: 5.1.1",
      `Diagnostic-Code: smtp; 550 5.1.1 <user${n}@example.org>: user unknown`,
    ]);
    t.equal(count(await within(t, report([], groups))), 10_000);
    const lines = groups.map(
      (_, n) => `<user${n}@example.org>: unknown user\n`,
    );
    t.equal(count(await within(t, letter({ lines }))), 10_000);
  },
);

t.test("no more than twenty thousand are", async (t) => {
  const groups = Array.from({ length: 30_000 }, (_, n) => [
    `Final-Recipient: rfc822; u${n}@a.example`,
    "Action: failed",
  ]);
  t.equal(count(await within(t, report([], groups))), 20_000);
});

t.test("fifty megabytes stay on the disk", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "listmill-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "report");
  const start = report(
    [],
    [["Final-Recipient: rfc822; ann@example.org", "Action: failed"]],
  ).replace(/--cut--\n$/, "");
  writeFileSync(path, start);
  const size = 50 * 1024 * 1024;
  truncateSync(path, size);
  const before = process.memoryUsage().rss;
  const found = await readReport(
    await openMessage([{ path, start: 0, end: size }], 1e5),
  );
  t.equal(count(found), 1);
  t.ok(process.memoryUsage().rss - before < 200 * 1024 * 1024);
});

t.test("reports in reports, a thousand deep", async (t) => {
  for (const type of ["multipart/mixed", "multipart/report"]) {
    let nested = "ann@example.org";
    for (let depth = 0; depth < 1000; depth++)
      nested = `Content-Type: ${type}; boundary=b${depth}\n\n--b${depth}\n${nested}\n--b${depth}--\n`;
    await within(t, `From: ${daemon}\n${nested}`);
    const wrapped = nested.replaceAll(
      /^(--b\d+)$/gm,
      "$1\nContent-Type: message/rfc822\n",
    );
    await within(t, `From: ${daemon}\n${wrapped}`);
  }
  t.pass();
});

t.test("boundaries without an end, parts without number", async (t) => {
  const head = `From: ${daemon}\nContent-Type: multipart/mixed; boundary=b\n\n`;
  await within(t, head + "--b".repeat(1_000_000));
  await within(t, head + "--b\n\nx\n".repeat(200_000));
  await within(
    t,
    `From: ${daemon}\nContent-Type: text/html\n\n${"<style <br ".repeat(90_000)}`,
  );
  t.pass();
});

t.test("a million times the same", async (t) => {
  const units = [
    " ",
    "@",
    "a",
    "<",
    "(",
    "-",
    "=",
    ".",
    "a@",
    "to ",
    "user ",
    "not ",
    "5.1.1 ",
    "550-",
    "quota ",
    "over ",
    "\ufffd",
    "\r",
  ];
  for (const unit of units) {
    const long = unit.repeat(Math.ceil(1e6 / unit.length));
    const lines = `${unit.repeat(Math.ceil(450 / unit.length))}\n`.repeat(2000);
    await within(t, letter({ lines: [long] }));
    await within(t, letter({ lines: [lines] }));
    await within(
      t,
      report(
        [],
        [
          [
            "Final-Recipient: rfc822; ann@example.org",
            "Action: failed",
            `Diagnostic-Code: smtp; ${long}`,
          ],
        ],
      ),
    );
    const short = long.slice(0, 30_000).replaceAll("\r", "x");
    const fields = [
      "Return-Path",
      "To",
      "X-Failed-Recipients",
      "Auto-Submitted",
      "Content-Type",
      "Received",
    ].map((name) => `${name}: ${short}`);
    await within(
      t,
      letter({ from: short, subject: short, fields, lines: fields }),
    );
  }
  t.pass();
});
