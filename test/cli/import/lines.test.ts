// Members that were found as lines of CSV: with all columns, and with those that a roster has.
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
];

async function* found() {
  yield* members;
}

t.test("with all columns", async (t) => {
  const lines = new MemberLines([
    "address",
    "delivery",
    "name",
    "language",
    "moderation",
    "own_copy",
    "duplicates",
    "acknowledge",
    "away",
    "suspended",
    "joined",
  ]);
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
      why: "is there already, in other letters",
    },
  ]);
  t.equal(lines.lost.size, 0);
  t.equal(lines.count, 4);
});

t.test(
  "with three columns the rest is counted, and who is suspended gets no mail",
  async (t) => {
    const lines = new MemberLines(["address", "delivery", "name"]);
    const written = await Array.fromAsync(lines.of(found(), 0));
    t.match(written[3], /^gone@x\.org,nomail,$/);
    t.same(Object.fromEntries(lines.lost), {
      language: 1,
      moderation: 1,
      own_copy: 1,
      duplicates: 1,
      acknowledge: 1,
      suspended: 2,
    });
  },
);
