// Members that were found as lines of CSV, in the columns of the roster.
import t from "tap";
import { MemberLines } from "../../../src/cli/import/lines.ts";
import type { FoundMember } from "../../../src/transfer/found.ts";

const members: FoundMember[] = [
  {
    address: " Anna@X.org ",
    delivery: "posts",
    name: 'Anna "A", Ä',
    where: "f:1",
  },
  {
    address: "b@x.org",
    delivery: "digest-plain",
    language: "de",
    moderation: "free",
    ownCopy: false,
    duplicates: true,
    acknowledge: true,
    where: "f:2",
  },
  {
    address: "gone@x.org",
    delivery: "posts",
    suspended: Date.UTC(2024, 0, 2),
    where: "f:3",
  },
  { address: "zero@x.org", delivery: "posts", suspended: 0, where: "f:4" },
  { address: "nobody", delivery: "posts", where: "f:5" },
  { address: "ANNA@x.org", delivery: "posts", where: "f:6" },
  { address: "zero@x.org", delivery: "posts", suspended: 0, where: "f:7" },
];

async function* found() {
  yield* members;
}

t.test("with all columns", async (t) => {
  const lines = new MemberLines();
  t.same(await Array.fromAsync(lines.of(found(), Date.UTC(2026, 0, 1))), [
    "address,delivery,name,language,moderation,own_copy,duplicates,acknowledge,away,suspended,joined",
    'Anna@x.org,posts,"Anna ""A"", Ä",,,,,,,,',
    "b@x.org,digest-plain,,de,free,no,yes,yes,,,",
    "gone@x.org,posts,,,,,,,,2024-01-02T00:00:00.000Z,",
    "zero@x.org,posts,,,,,,,,2026-01-01T00:00:00.000Z,",
  ]);
  t.same(lines.refused, [
    { where: "f:5", address: "nobody", why: "no usable address" },
    {
      where: "f:6",
      address: "ANNA@x.org",
      why: "is there already, with other letters or options",
    },
  ]);
  t.equal(lines.refusals, 2);
  t.equal(lines.count, 4);
});

t.test("who is suspended already stays so since then", async (t) => {
  const lines = new MemberLines(async (address) =>
    address === "zero@x.org" ? Date.UTC(2025, 0, 1) : undefined,
  );
  const written = await Array.fromAsync(
    lines.of(found(), Date.UTC(2026, 0, 1)),
  );
  t.match(written.at(-1), /^zero@x\.org,.*,2025-01-01T00:00:00\.000Z,$/);
});

t.test("of those that cannot be taken a hundred are kept", async (t) => {
  const lines = new MemberLines();
  async function* many(): AsyncGenerator<FoundMember> {
    for (let n = 0; n < 250; n += 1)
      yield { address: "nobody", delivery: "posts", where: `f:${n}` };
  }
  for await (const _ of lines.of(many(), 0));
  t.equal(lines.refusals, 250);
  t.equal(lines.refused.length, 100);
});
