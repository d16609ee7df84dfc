// What must hold of windows, in SQLite as in PostgreSQL.
import type { Test } from "tap";
import type { State } from "../../src/state/state.ts";
import type { Holds } from "./tables.ts";

export const windowTests: Record<string, Holds> = {
  "a thing is noted once by its id": once,
  "a window is open at its beginning and closed at its end": edges,
  "those who note at once see each other": atOnce,
  "what was last, and nothing any more": latest,
  "what is out of all windows is swept": swept,
  "of several that happen at once one is the first": first,
};

const HOUR = 3_600_000;
const NOW = 1_700_000_000_000;

async function once(t: Test, { windows }: State) {
  const note = (key: string, id: string, now = NOW, kind = "post") =>
    windows.note(kind, key, id, now, HOUR);
  t.equal(await note("a@x", "1"), 0);
  t.equal(await note("a@x", "1"), 0, "again");
  t.equal(await note("a@x", "2"), 1);
  t.equal(await note("a@x", "1", NOW + 5), 1);
  t.equal(await note("b@x", "1"), 0, "another key");
  t.equal(await note("a@x", "1", NOW, "join"), 0, "another kind");
  t.equal(await windows.count("post", "a@x", NOW - 1), 2);
  t.equal(await windows.count("post", "a@x", NOW), 0, "it stays where it was");
}

async function edges(t: Test, { windows }: State) {
  await windows.note("post", "a", "1", NOW, HOUR);
  const others = (id: string, now: number) =>
    windows.note("post", "a", id, now, HOUR);
  t.equal(await others("2", NOW + HOUR - 1), 1);
  t.equal(await others("3", NOW + HOUR), 1, "the first is out");
  t.equal(await others("4", NOW - 1), 0, "what comes later is not in it");
  t.equal(await others("5", NOW), 2, "what comes now is");
  t.equal(await windows.count("post", "a", NOW + HOUR - 1), 1);
}

async function atOnce(t: Test, state: State, open: () => Promise<State>) {
  const states = [state, await open(), await open()];
  const seen = await Promise.all(
    Array.from({ length: 30 }, (_, n) =>
      states[n % 3]?.windows.note("post", "a", `${n}`, NOW, HOUR),
    ),
  );
  t.same(
    seen.toSorted((a = 0, b = 0) => a - b),
    Array.from({ length: 30 }, (_, n) => n),
    "each has seen another number: of a limit none gets past",
  );
  const same = await Promise.all(
    states.map(({ windows }) => windows.note("post", "b", "1", NOW, HOUR)),
  );
  t.same(same, [0, 0, 0]);
}

async function latest(t: Test, { windows }: State) {
  t.equal(await windows.latest("post", "a"), undefined);
  await windows.note("post", "a", "x", NOW, HOUR);
  await windows.note("post", "a", "w", NOW + 2, HOUR);
  await windows.note("post", "a", "z", NOW + 1, HOUR);
  await windows.note("post", "b", "v", NOW + 9, HOUR);
  t.same(await windows.latest("post", "a"), { at: NOW + 2, id: "w" });
  await windows.forget("post", "a");
  t.equal(await windows.latest("post", "a"), undefined);
  t.equal(await windows.count("post", "b", 0), 1);
}

async function swept(t: Test, { windows }: State) {
  const DAY = 24 * HOUR;
  const count = (kind = "post") => windows.count(kind, "a", 0);
  await windows.note("post", "a", "short", NOW, HOUR);
  await windows.note("post", "a", "long", NOW, 10 * DAY);
  await windows.note("post", "a", "both", NOW, HOUR);
  await windows.note("post", "a", "both", NOW, 9 * DAY);
  await windows.note("post", "a", "both", NOW, HOUR);
  await windows.note("join", "a", "other", NOW, HOUR);
  await windows.note("post", "a", "2", NOW + DAY - 1, HOUR);
  t.equal(await count(), 4, "a day at least");
  await windows.note("post", "a", "3", NOW + DAY + HOUR, HOUR);
  t.equal(await count(), 4, "the short one is gone, without a call");
  t.equal(await count("join"), 1, "its own kind only");
  await windows.note("post", "a", "4", NOW + 9 * DAY, HOUR);
  t.equal(await count(), 2, "the long one is left");
}

async function first(t: Test, { windows }: State) {
  const ids = ["1", "2", "3", "4"];
  const told = await Promise.all(
    ids.map((id, at) => windows.first("flood", "a@x", id, NOW - at, HOUR)),
  );
  const [winner = ""] = told;
  t.same(told, [winner, winner, winner, winner]);
  for (const id of ids)
    t.equal(await windows.first("flood", "a@x", id, NOW + 5, HOUR), winner);
  t.equal(await windows.count("flood", "a@x", 0), 1);
  t.equal(await windows.first("flood", "b@x", "9", NOW, HOUR), "9");
  await windows.forget("flood", "a@x");
  t.equal(await windows.first("flood", "a@x", "9", NOW, HOUR), "9");
}
