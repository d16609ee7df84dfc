import t, { type Test } from "tap";
import { Meter } from "../../src/cli/meter.ts";

/** What a meter writes while a clock goes on by 150 ms with each step. */
function told(t: Test, isTTY: boolean, steps: number, total?: number): string {
  t.intercept(process.stderr, "isTTY", { value: isTTY });
  const written = t.capture(process.stderr, "write", () => true);
  let now = 0;
  const meter = new Meter({ now: () => now }, "recipient", "recipients", total);
  for (let step = 0; step < steps; step += 1) {
    now += 150;
    meter.add(1);
  }
  meter.wipe();
  return written()
    .map(({ args: [text] }) => String(text))
    .join("");
}

t.test("on a terminal it says how far it is, now and then", (t) => {
  t.equal(told(t, true, 4), "\r2 recipients\r4 recipients\r\u001b[K");
  t.end();
});

t.test("what is short is not worth a word", (t) => {
  t.equal(told(t, true, 1), "\r\u001b[K");
  t.end();
});

t.test("into a file nothing is written", (t) => {
  t.equal(told(t, false, 4), "");
  t.end();
});

t.test("where the end is known it is a bar", (t) => {
  const [, half, whole] = told(t, true, 4, 4).split("\r");
  t.equal(half, `[${"#".repeat(20)}${".".repeat(20)}]  50 %`);
  t.equal(whole, `[${"#".repeat(40)}] 100 %`);
  t.match(told(t, true, 4, 3), /#\] 100 %/, "what grows meanwhile");
  t.end();
});
