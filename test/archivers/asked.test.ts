import t from "tap";
import { consume, identityOf, type Post } from "../../src/archivers/asked.ts";
import { openMessage } from "../../src/mail/message.ts";
import { asked, text } from "./post.ts";

const message = await openMessage([Buffer.from(text("a"))], 10_000);

t.test("a post with its number reaches the consumer", async (t) => {
  const said: string[] = [];
  let got: Post | undefined;
  const verdict = await consume(
    asked({ message, log: (what) => said.push(what) }),
    { folder: "x" },
    async (post) => {
      got = post;
      return { kind: "done", what: "in x" };
    },
  );
  t.equal(verdict, undefined);
  t.match(got, { number: 7, home: "/nowhere" });
  t.equal(got?.received.toISOString(), "2026-11-26T16:02:59.000Z");
  t.same(said, ["dev@lists.example.org 7 in x"]);
});

t.test("what was decided is what the hook returns", async (t) => {
  for (const outcome of [
    { kind: "later", reason: "busy" },
    { kind: "away", reason: "gone", until: 9 },
    { kind: "refused", reason: "no" },
  ] as const)
    t.same(await consume(asked({ message }), {}, async () => outcome), outcome);
});

t.test(
  "nothing is done without a number, a section, or in a trial",
  async (t) => {
    const act = () => Promise.reject(new Error("it was asked"));
    const received = "2026-11-26T16:02:59Z";
    t.match(
      await consume(asked({ message, envelope: { received } }), {}, act),
      {
        kind: "refused",
      },
    );
    t.match(await consume(asked({ message }), undefined, act), {
      kind: "refused",
    });
    t.equal(await consume(asked({ message, trial: true }), {}, act), undefined);
  },
);

t.test("an entry that another runner has is let alone", async (t) => {
  await t.rejects(
    consume(asked({ message, holds: () => false }), {}, async (post) => {
      post.mustHold();
      return { kind: "done", what: "" };
    }),
    /another runner/,
  );
});

t.test("posts with the same number are told apart", async (t) => {
  const open = (text: string) => openMessage([Buffer.from(text)], 10_000);
  const of = async (text: string) => identityOf(await open(text));
  t.not(await of(text("a")), await of(text("b")));
  t.equal(await of(text("a")), await of(text("a", "other body\n")));
  t.not(await of("Subject: a\n\n"), await of("Subject: b\n\n"));
});
