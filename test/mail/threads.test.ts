import fc from "fast-check";
import t from "tap";
import { flat, type Thread, threads } from "../../src/mail/threads.ts";

interface Given {
  id?: string;
  to?: string[];
  subject?: string;
}

/** The trees as text: a post is its id, a missing one is `-`. */
function shown(posts: Given[]): string {
  const found = threads(
    posts.map(({ id, to = [], subject = "" }, index) => ({
      key: id ?? `#${index}`,
      id,
      references: to,
      subject,
    })),
  );
  const show = ({ key = "-", children }: Thread<string>): string =>
    children.length > 0 ? `${key}(${children.map(show).join(" ")})` : key;
  return found.map(show).join(" ");
}

t.test("answers go below what they answer", async (t) => {
  t.equal(
    shown([
      { id: "a" },
      { id: "b", to: ["a"] },
      { id: "c", to: ["a", "b"] },
      { id: "d", to: ["a"] },
      { id: "e" },
    ]),
    "a(b(c) d) e",
  );
});

t.test("in whatever order they come", async (t) => {
  t.equal(
    shown([{ id: "c", to: ["a", "b"] }, { id: "b", to: ["a"] }, { id: "a" }]),
    "a(b(c))",
  );
});

t.test("a missing post holds its answers together", async (t) => {
  t.equal(
    shown([
      { id: "b", to: ["x"] },
      { id: "c", to: ["x"] },
    ]),
    "-(b c)",
  );
  t.equal(shown([{ id: "b", to: ["x"] }]), "b");
  t.equal(shown([{ id: "a" }, { id: "c", to: ["a", "x"] }]), "a(c)");
});

t.test("circles and contradictions", async (t) => {
  t.equal(
    shown([
      { id: "a", to: ["b"] },
      { id: "b", to: ["a"] },
    ]),
    "b(a)",
  );
  t.equal(shown([{ id: "a", to: ["a"] }]), "a");
  // What a post says itself counts more than what another has guessed.
  t.equal(
    shown([
      { id: "c", to: ["a", "b"] },
      { id: "b", to: ["z"] },
      { id: "a" },
      { id: "z" },
    ]),
    "a z(b(c))",
  );
});

t.test("two posts with one id are two posts", async (t) => {
  t.equal(shown([{ id: "a" }, { id: "a" }, { id: "b", to: ["a"] }]), "a(b) a");
  t.equal(shown([{}, {}]), "#0 #1");
});

t.test("answers that name no id go by their subject", async (t) => {
  t.equal(
    shown([
      { id: "a", subject: "[x] Trip" },
      { id: "b", subject: "Re: [x] Trip" },
      { id: "c", subject: "AW: trip" },
      { id: "d", subject: "Trip" },
    ]),
    "a(b c) d",
  );
  t.equal(
    shown([
      { id: "b", subject: "Re: Trip" },
      { id: "a", subject: "Trip" },
    ]),
    "a(b)",
  );
  t.equal(shown([{ id: "a" }, { id: "b", subject: "Re: " }]), "a b");
});

t.test("every post is there once, whatever it says", async (t) => {
  const id = fc.constantFrom("a", "b", "c", "d", "e", "f");
  const post = fc.record({
    id: fc.option(id, { nil: undefined }),
    references: fc.array(id, { maxLength: 4 }),
    subject: fc.constantFrom("", "x", "Re: x", "y", "Re: y"),
  });
  fc.assert(
    fc.property(fc.array(post, { maxLength: 12 }), (posts) => {
      const keyed = posts.map((each, key) => ({ ...each, key }));
      const keys = [...flat(threads(keyed))].flatMap(({ key }) => key ?? []);
      t.same(
        keys.sort((a, b) => a - b),
        [...posts.keys()],
      );
    }),
    { numRuns: 300 },
  );
});

t.test("a deep thread takes its time and no more", async (t) => {
  const posts = Array.from({ length: 20_000 }, (_, n) => ({
    key: n,
    id: String(n),
    references: n > 0 ? [String(n - 1)] : [],
    subject: "x",
  }));
  t.equal([...flat(threads(posts))].at(-1)?.depth, 19_999);
});
