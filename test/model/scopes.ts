/**
 * What the model looks at. Each way that an entry may go is looked at in each trouble; those of the
 * fast test take seconds, those of the slow one minutes, and with LISTMILL_MODEL=deep a quarter of an hour.
 */
import type { Hooks, Verdict } from "./programs.ts";
import { delivered, entry, type Part, type Scenario } from "./scenario.ts";

type Way = Pick<Scenario, "entries" | "lineage" | "hooks">;
type Trouble = Pick<Scenario, "nodes" | "budget" | "deaf" | "fine" | "errors">;
type Scope = Readonly<Record<string, Scenario>>;

const split: Verdict = {
  kind: "split",
  children: [{ queue: "alpha", text: "c" }, { queue: "beta" }],
};
const single: Verdict = {
  kind: "split",
  children: [{ queue: "alpha", text: "c" }],
};
const nothing: Verdict = { kind: "split", children: [] };
const pass: Verdict = { kind: "pass", queue: "alpha" };

function always(verdict: Verdict) {
  return () => verdict;
}

/** One says this, the next that, as hooks do that ask what changes. */
function each(a: Verdict, b: Verdict, others: Verdict): Hooks {
  const posts = (who: string) =>
    who.startsWith("a") ? a : who.startsWith("b") ? b : others;
  return { posts };
}

const anyOf = {
  "p@posts": [["p@posts.done"], ["c@alpha", "p@beta"], ["p@alpha"]],
  "p@posts.done": [[]],
};

/** What may become of an entry. */
const ways: Readonly<Record<string, Way>> = {
  split: {
    lineage: { "p@posts": [["c@alpha", "p@beta"]] },
    hooks: { posts: always(split) },
  },
  single: {
    lineage: { "p@posts": [["c@alpha"]] },
    hooks: { posts: always(single) },
  },
  "passed on": {
    lineage: { "p@posts": [["p@alpha"]] },
    hooks: { posts: always(pass) },
  },
  "carried on": {
    lineage: { "p@posts": [["p@alpha"]], "p@alpha": [["c@beta"]] },
    hooks: {
      posts: always({ kind: "carry", queue: "alpha" }),
      alpha: always({
        kind: "split",
        children: [{ queue: "beta", text: "c" }],
      }),
    },
  },
  "given back": {
    lineage: { "p@posts": [["c@alpha"]] },
    hooks: {
      posts: (_, attempt) =>
        attempt === 0 ? { kind: "later", noted: true } : single,
    },
  },
  "put back": {
    lineage: { "p@posts": [["c@alpha"]] },
    hooks: each({ kind: "later", noted: false }, single, single),
  },
  rested: {
    lineage: { "p@posts": [["p@failed"]] },
    hooks: { posts: always({ kind: "rest" }) },
  },
  ended: {
    lineage: { "p@posts": [["p@posts.done"]], "p@posts.done": [[]] },
    hooks: { posts: always(nothing) },
  },
  "split, then passed on": {
    lineage: anyOf,
    hooks: each(split, pass, nothing),
  },
  "passed on, then ended": {
    lineage: anyOf,
    hooks: each(pass, nothing, split),
  },
  "ended, then split": { lineage: anyOf, hooks: each(nothing, split, pass) },
};

/** A reply that is lost makes them meet a folder that is there: then they try again later. */
const lost = /^Error: EEXIST: mkdir/;
/** The folder of its claims goes when a node is taken for dead. */
const homeless = /^Error: ENOENT: rename '\/spool\/\w+\/(new|cur\/a)/;
const either = new RegExp(`${lost.source}|${homeless.source}`);

const first: Part = { name: "a", knows: entry("p"), leavesWork: true };
const rival: Part = { ...first, name: "b" };
const heir: Part = { name: "b", after: "a", takesOver: true, sweeps: true };

const quickTroubles: Readonly<Record<string, Trouble>> = {
  "two compete, and one dies": {
    nodes: [
      { ...first, mayDie: true },
      { ...rival, mayDie: true },
    ],
    budget: { crashes: 1 },
  },
  "one dies, and the next goes on; a reply is lost": {
    nodes: [{ ...first, mayDie: true }, heir],
    budget: { crashes: 1, losses: 1 },
    errors: lost,
  },
  "both die, one after the other": {
    nodes: [
      { ...first, mayDie: true },
      { ...heir, mayDie: true },
    ],
    budget: { crashes: 2 },
  },
  "one is taken for dead, and never learns of it": {
    nodes: [{ ...first, maySeemDead: true }, heir],
    budget: { suspicions: 1 },
    deaf: true,
    errors: homeless,
  },
};

const awake: Readonly<Record<string, Trouble>> = {
  "one is taken for dead, and wakes up": {
    nodes: [{ ...first, maySeemDead: true }, heir],
    budget: { suspicions: 1 },
    errors: homeless,
  },
};

const power: Readonly<Record<string, Trouble>> = {
  "the power fails": { nodes: [first], budget: { powerFailures: 1 } },
};

const deepTroubles: Readonly<Record<string, Trouble>> = {
  "two compete, and one dies; a reply is lost": {
    nodes: [
      { ...first, mayDie: true },
      { ...rival, mayDie: true },
    ],
    budget: { crashes: 1, losses: 1 },
    errors: lost,
  },
  "one dies in the middle of what concerns only itself": {
    nodes: [
      { ...first, mayDie: true },
      { ...rival, mayDie: true },
    ],
    budget: { crashes: 1 },
    fine: true,
  },
};

/** Minutes for the ways that are long. */
const deepestTroubles: Readonly<Record<string, Trouble>> = {
  "both die; two replies are lost": {
    nodes: [
      { ...first, mayDie: true },
      { ...heir, mayDie: true },
    ],
    budget: { crashes: 2, losses: 2 },
    errors: lost,
  },
  "one is taken for dead, and never learns of it; a reply is lost": {
    nodes: [{ ...first, maySeemDead: true }, heir],
    budget: { suspicions: 1, losses: 1 },
    deaf: true,
    errors: either,
  },
};

const taker: Part = { name: "b", after: "a", takesOver: true, queues: [] };

/** Three nodes: only for ways that are short, and the heirs leave what they find to the janitor. */
const threesomes: Readonly<Record<string, Trouble>> = {
  "two take over from one that never learns of it": {
    nodes: [{ ...first, maySeemDead: true }, taker, { ...taker, name: "c" }],
    budget: { suspicions: 1 },
    deaf: true,
    errors: homeless,
  },
  "three compete, and two die": {
    nodes: [
      { ...first, mayDie: true },
      { ...rival, mayDie: true },
      { ...rival, name: "c" },
    ],
    budget: { crashes: 2 },
  },
};

const chain: Way = {
  entries: ["p@posts"],
  lineage: {
    "p@posts": [["c@alpha", "d@alpha"]],
    "c@alpha": [["c@beta"]],
    "d@alpha": [["d@beta"]],
  },
  hooks: {
    posts: always({
      kind: "split",
      children: [
        { queue: "alpha", text: "c" },
        { queue: "alpha", text: "d" },
      ],
    }),
    alpha: always({ kind: "pass", queue: "beta" }),
  },
};
const splitter: Part = { name: "a", queues: ["posts"], knows: entry("p") };
const consumer: Part = { name: "c", queues: ["alpha"], whenWaiting: "alpha" };

const door = {
  delivered: ["p"],
  lineage: { "p@incoming": [["p@alpha"]] },
  hooks: {
    incoming: always({ kind: "split", children: [{ queue: "alpha" }] }),
  },
} as const;
const porter: Part = { name: "a", knows: delivered("p") };

const bringing: Way = {
  lineage: {
    "p@posts": [["c@alpha"]],
    "p@posts.draft": [[], ["p@posts"]],
  },
  hooks: { posts: always(single) },
};

const byHand = {
  entries: ["p@posts"],
  hooks: { posts: always(single) },
  lineage: {
    "p@posts": [["c@alpha"], ["p@posts.dropped"], ["p@held"]],
    "p@posts.dropped": [[]],
  },
  budget: { crashes: 1, losses: 1 },
  errors:
    /^Error: EEXIST: mkdir|^Failure: .* was taken just now|nothing to release$/,
} as const;

function personDoes(does: "drop" | "hold" | "retry"): Scenario {
  const person: Part = { name: "h", knows: entry("p"), does, mayDie: true };
  const runner: Part = { name: "a", knows: entry("p"), mayDie: true };
  return { ...byHand, nodes: [person, runner] };
}

const others: Scope = {
  "children are taken while others are still being published": {
    ...chain,
    nodes: [splitter, consumer],
    budget: { losses: 1 },
    errors: lost,
  },
  "a node puts back itself what it lost sight of": {
    ...chain,
    nodes: [{ name: "a", queues: ["posts"], takesOver: true }, consumer],
    budget: { losses: 1 },
    errors: lost,
  },
  "two runners turn two entries": {
    ...(ways.split as Way),
    entries: ["p@posts", "q@posts"],
    lineage: {
      "p@posts": [["c@alpha", "p@beta"]],
      "q@posts": [["c@alpha", "q@beta"]],
    },
    nodes: [{ name: "a" }, { name: "b" }],
    budget: {},
  },
  "an MTA's file, two compete, and one dies": {
    ...door,
    nodes: [
      { ...porter, mayDie: true },
      { ...porter, name: "b", mayDie: true },
    ],
    budget: { crashes: 1, losses: 1 },
    // One that was not the first removes the folder that it had made ready.
    errors: new RegExp(`${lost.source}|^Error: ENOENT: rmdir`),
  },
  "an MTA's file, one is taken for dead and never learns of it": {
    ...door,
    nodes: [{ ...porter, maySeemDead: true }, heir],
    budget: { suspicions: 1 },
    deaf: true,
    errors: /^Error: ENOENT: (mkdir|rename|rmdir) '\/spool\/incoming/,
  },
  "a message is brought, and taken at once": {
    ...bringing,
    nodes: [
      { name: "m", brings: "p@posts", mayDie: true },
      { name: "a", whenWaiting: "posts", mayDie: true },
    ],
    budget: { crashes: 1, losses: 1 },
    errors: new RegExp(
      `${lost.source}|^refused: Error: (EEXIST|.* removed while)`,
    ),
  },
  "a message is brought, and the power fails": {
    ...bringing,
    nodes: [
      { name: "m", brings: "p@posts" },
      { name: "a", whenWaiting: "posts" },
    ],
    budget: { powerFailures: 1 },
  },
  "a person drops it": personDoes("drop"),
  "a person holds it": personDoes("hold"),
  "a person makes it due": personDoes("retry"),
  "two persons release it": {
    ...byHand,
    entries: ["p@held"],
    lineage: { "p@held": [["p@posts"]], "p@posts": [["c@alpha"]] },
    nodes: ["h", "i"].map((name) => ({
      name,
      knows: entry("p", "held"),
      does: "release",
      mayDie: true,
    })),
  },
};

function product(
  troubles: Readonly<Record<string, Trouble>>,
  only = Object.keys(ways),
): Scope {
  const entries = ["p@posts"];
  const found: Record<string, Scenario> = {};
  for (const [trouble, given] of Object.entries(troubles))
    for (const way of only)
      found[`${way}: ${trouble}`] = {
        entries,
        ...(ways[way] as Way),
        ...given,
      };
  return found;
}

/** Ways that show most in little time. */
const short = ["split", "passed on", "given back", "rested", "ended"];
const long = Object.keys(ways).filter((way) => !short.includes(way));

const quick: Scope = {
  ...product(quickTroubles, short),
  ...product(awake, ["given back"]),
  ...product(power),
  ...others,
};

/** Those that take longer than all others. */
const lengthy = new Set([
  "split: one dies, and the next goes on; a reply is lost",
  "split: both die, one after the other",
  "split: one is taken for dead, and never learns of it",
  "an MTA's file, two compete, and one dies",
  "an MTA's file, one is taken for dead and never learns of it",
  "a person holds it",
  "a person makes it due",
  "a message is brought, and taken at once",
  "two persons release it",
  "two runners turn two entries",
  "ended: one is taken for dead, and never learns of it",
  "given back: one is taken for dead, and never learns of it",
  "given back: one dies, and the next goes on; a reply is lost",
  "split: the power fails",
  "a message is brought, and the power fails",
  "a person drops it",
]);

/** For each change. */
const brief: Scope = without(quick, (name) => lengthy.has(name));

const deep: Scope = {
  ...without(quick, (name) => !lengthy.has(name)),
  ...product(quickTroubles, long),
  ...product(awake),
  ...product(deepTroubles),
  ...product(deepestTroubles, ["passed on", "rested", "ended"]),
  ...product(threesomes, ["passed on"]),
  "children are taken while others are published, and the one who publishes dies":
    {
      ...chain,
      nodes: [{ ...splitter, mayDie: true }, consumer],
      budget: { crashes: 1, losses: 1 },
      errors: lost,
    },
};

/** All of it. */
const deepest: Scope = {
  ...deep,
  ...product(deepestTroubles),
  ...product(threesomes, ["passed on", "ended"]),
};

function without(scope: Scope, isOut: (name: string) => boolean): Scope {
  return Object.fromEntries(
    Object.entries(scope).filter(([name]) => !isOut(name)),
  );
}

export const scopes = { quick, brief, deep, deepest } as const;
