// A process that notes 100 things in a window: node noting.ts HOME NAME. Each line is how many others
// it saw.
import { openState } from "../../src/state/state.ts";

const [home = "", name = ""] = process.argv.slice(2);
const state = await openState({ home });
for (let n = 0; n < 100; n += 1) {
  const id = `${name}${n}`;
  console.log(await state.windows.note("post", "a@x", id, 1000 + n, 3_600_000));
}
await state.close();
