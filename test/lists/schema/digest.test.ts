import t from "tap";
import { listSettings, loadSite } from "../../../src/lists/settings.ts";

const site = loadSite(t.testdir());

/** The section of a list.toml, or what is wrong with it. */
function digest(lines: string, defaults: object = {}) {
  const of = { ...site, list: { digest: defaults } };
  try {
    return listSettings(of, `[digest]\n${lines}\n`, "list.toml").digest;
  } catch (error) {
    return (error as Error).message;
  }
}

const usual = { posts: 20, size: 256 * 1024, age: 24 * 3_600_000 };
const never = { posts: 0, size: 0, age: 0 };

t.test("with fixed times nothing else counts that is not set", async (t) => {
  t.match(digest(""), { ...usual, at: "", volume: "never" });
  t.match(digest('at = "08:00"'), { ...never, at: "08:00" });
  t.match(digest('at = "08:00"\nposts = 50\nage = "7d"'), {
    ...never,
    posts: 50,
    age: 7 * 24 * 3_600_000,
  });
  t.match(digest('at = ""'), usual);
  // The site's defaults are said too.
  t.match(digest("", { at: "08:00" }), { ...never, at: "08:00" });
  t.match(digest("", { at: "08:00", posts: 7 }), { ...never, posts: 7 });
  t.match(digest('at = ""', { at: "08:00" }), usual);
});

t.test("each may be none", async (t) => {
  t.match(digest('posts = 0\nsize = 0\nage = "0s"'), never);
  t.match(digest('size = "0"'), { size: 0 });
});

t.test("what cannot be is told", async (t) => {
  for (const [line, what] of [
    ['at = "8"', /^list.toml:2: digest.at: must be times such as "08:00"/],
    ['at = "0 8 30 2 *"', /digest.at: must be times/],
    ['timezone = "Mars"', /digest.timezone: must be a time zone such as/],
    ['volume = "hourly"', /digest.volume: must be "never" or "yearly"/],
    ["size = -1", /digest.size: must be a size .* or 0/],
    ['age = "0"', /digest.age: must be a duration/],
    ["posts = 10001", /digest.posts: must be a whole number, 0 to 10000/],
  ] as const)
    t.match(digest(line), what);
});
