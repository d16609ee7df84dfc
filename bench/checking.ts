/**
 * A process of its own that asks a roster for its members, one after the other in no order, and the
 * same of the file without the roster; prints the microseconds of each as JSON:
 * `node bench/checking.ts HOME LIST MEMBERS`, members as the bench writes them.
 */
import SQLite from "better-sqlite3";
import { systemClock } from "../src/base/clock.ts";
import { Roster } from "../src/lists/roster.ts";
import { statePath } from "../src/state/local.ts";
import { openState } from "../src/state/state.ts";
import { median } from "./measure.ts";
import { personOf } from "./people.ts";

const [home = ".", list = "", count = "0"] = process.argv.slice(2);
const members = Number(count);
const CHECKS = 5000;
const ROUNDS = 5;

const state = await openState({ home });
const roster = new Roster(async () => state, systemClock);
const db = new SQLite(statePath(home), { readonly: true });
const plain = db.prepare("SELECT * FROM members WHERE list = ? AND key = ?");

const found: { roster: number[]; plain: number[] } = { roster: [], plain: [] };
for (let round = 0; round < ROUNDS; round += 1) {
  found.roster.push(await each((address) => roster.get(list, address)));
  found.plain.push(await each((address) => plain.get(list, address)));
}
process.stdout.write(
  JSON.stringify({ roster: median(found.roster), plain: median(found.plain) }),
);
db.close();
await state.close();

/** Half of those who are asked for are no members. @returns microseconds for one */
async function each(ask: (address: string) => unknown): Promise<number> {
  let known = 0;
  const from = performance.now();
  for (let n = 0; n < CHECKS; n += 1) {
    const who = personOf((n * 7919) % members) + (n % 2 ? "" : ".none");
    if (await ask(who)) known += 1;
  }
  const microseconds = (performance.now() - from) * 1000;
  if (known !== CHECKS / 2) throw new Error(`${known} of ${CHECKS} are known`);
  return microseconds / CHECKS;
}
