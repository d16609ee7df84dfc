import t from "tap";
import { Pause } from "../../../src/spool/verify/pause.ts";

/** Work that takes longer than is done in one go. */
function workLong(): void {
  const begun = performance.now();
  while (performance.now() - begun < 15);
}

t.test("other work goes on, and a person may end it", async (t) => {
  const ending = new AbortController();
  const pause = new Pause(ending.signal);
  let ran = false;
  setImmediate(() => {
    ran = true;
  });
  workLong();
  await pause.take();
  t.ok(ran);
  ending.abort();
  workLong();
  await t.rejects(pause.take(), {
    exitCode: 75,
    message: "ended before all was looked at; say it again",
  });
});
