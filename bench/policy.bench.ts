/**
 * What it costs to decide about a post: for a member of a roster of 100,000, by the ready-made lines
 * and by forty of the list's own before them. The reference is the one question to the roster that
 * no policy can do without.
 */
import { join } from "node:path";
import { Lists } from "../src/lists/directory.ts";
import { decide } from "../src/lists/policy/decide.ts";
import { type About, factsOf } from "../src/lists/policy/facts.ts";
import { rosterOf } from "../src/lists/roster.ts";
import { loadSite } from "../src/lists/settings.ts";
import { openMessage } from "../src/mail/message.ts";
import { Home, LIST } from "./home.ts";
import { medians } from "./measure.ts";
import type { Result } from "./table.ts";

const ROUNDS = 5;
const TIMES = 2000;
const MEMBERS = 100_000;

/** Lines that look at everything that is cheap, and fit nobody. */
const own = [
  "hold if size > 40MB",
  "hold if from *@*.elsewhere.example",
  'discard if subject "*out of office*"',
  "hold if header X-Spam-Flag yes",
  "hold if recipients > 20",
  'hold if not time "mon-sun 00:00-24:00"',
  "hold if auth dmarc=fail",
  "reject if sender *@bad.example and not member",
];

export async function bench(): Promise<Result> {
  const home = await Home.make({ members: MEMBERS });
  try {
    const title = `policy: a post to ${MEMBERS.toLocaleString("en")} members is decided`;
    await home.set("policy=members");
    const ready = await asking(home);
    await ready.lists.set(LIST, ["rules.post", Array(5).fill(own).flat()]);
    const long = await asking(home);
    const [get = 0, member = 0, stranger = 0, byOwn = 0] = await medians(
      ROUNDS,
      [
        () => each((n) => ready.roster.get(LIST, memberOf(n))),
        () => each((n) => ready.decides(memberOf(n), "accept")),
        () => each((n) => ready.decides(`stranger${n}@host.example`, "reject")),
        () => each((n) => long.decides(memberOf(n), "accept")),
      ],
    );
    const unit = "µs";
    const references = { "Roster.get": get };
    return {
      title,
      rows: [
        { name: "Roster.get", figure: get, unit },
        { name: "a member", figure: member, unit, references },
        { name: "a stranger", figure: stranger, unit, references },
        { name: "a member, 40 lines before", figure: byOwn, unit, references },
      ],
    };
  } finally {
    home.remove();
  }
}

/** Those that `Home` makes, in no order. */
function memberOf(n: number): string {
  const number = (n * 7919) % MEMBERS;
  return `member${number}@host${number % 97}.example`;
}

/** @returns microseconds of one */
async function each(work: (n: number) => Promise<unknown>): Promise<number> {
  const from = performance.now();
  for (let n = 0; n < TIMES; n += 1) await work(n);
  return ((performance.now() - from) / TIMES) * 1000;
}

/** The list as a runner has it. */
async function asking({ dir }: Home) {
  const site = loadSite(dir);
  const lists = new Lists(dir, site);
  const list = lists.get(LIST);
  if (!list) throw new Error(`${LIST} is not there`);
  const roster = rosterOf(dir);
  const body = Buffer.from(`\n${"x".repeat(69)}\n`.repeat(50));
  const about = (message: About["message"]): About => ({
    site,
    lists,
    list,
    message,
    id: "bench",
    now: Date.now(),
    trial: true,
    envelope: { sender: "author@bench.example", recipient: LIST },
    log: () => {},
    scratch: () => join(dir, "scratch"),
    async *recipientsOf() {},
  });
  return {
    lists,
    roster,
    /** Opens a message, finds the facts, and decides. Throws where that is not what is expected. */
    async decides(from: string, expected: string): Promise<void> {
      const header = Buffer.from(
        `Received: by bench\nFrom: ${from}\nTo: ${LIST}\nSubject: Hello\n`,
      );
      const message = await openMessage([header, body], 1 << 20);
      const facts = factsOf(about(message));
      const { action } = await decide("post", list.settings, facts);
      if (action !== expected) throw new Error(`${from}: ${action}`);
    },
  };
}
