import fc from "fast-check";
import t from "tap";
import { firstKey } from "../../src/lists/keyring.ts";
import {
  readToken,
  type Stamping,
  stamped,
  stampOf,
} from "../../src/lists/stamps.ts";
import { domainOf, localOf } from "../../src/mail/address.ts";
import type { Purpose } from "../../src/mail/stamp.ts";
import { makeLocal } from "../../src/state/local.ts";

const now = Date.UTC(2026, 6, 30, 12);
const short = "anna@example.org";
const long = "somebody.with.a.long.name@mail.department.example.org";

async function stamping(home: string, address = "news@lists.example.org") {
  makeLocal(home).close();
  const list = { address, local: localOf(address), domain: domainOf(address) };
  const keyring = await firstKey(home, { now: () => now });
  return { site: { home, delimiters: "-+" }, list, keyring };
}

/** What followed the list's name in an address of it. */
const extension = ({ list }: Stamping, address: string) =>
  localOf(address).slice(list.local.length + 1);

function read(one: Stamping, address: string) {
  return stampOf(one, extension(one, address));
}

t.test(
  "an address stands in its stamp where it fits, else its number",
  async (t) => {
    const news = await stamping(t.testdir());
    const given = [long, short, "x@y.org", long];
    const found = await stamped(news, "bounce", now, given);
    t.same(
      await Promise.all(
        found.map(async ({ address }) => {
          const { purpose, reading } = (await read(news, address)) ?? {};
          return { purpose, ...reading };
        }),
      ),
      given.map((address) => ({
        purpose: "bounce",
        kind: "ok",
        list: news.list.address,
        address,
        time: now,
        key: 1,
        ...(address === long && { number: 1 }),
      })),
    );
    t.equal(found[0]?.address, found[3]?.address);
    t.match(
      found[0]?.address,
      /^news-bounces\+[a-z2-7]{24}@lists\.example\.org$/,
    );
  },
);

t.test(
  "no local part is longer than 64 octets, whatever list and recipient",
  async (t) => {
    const news = await stamping(t.testdir());
    const text = (most: number) =>
      fc.stringMatching(new RegExp(`^[a-zä-ü0-9.]{1,${most}}$`));
    await fc.assert(
      fc.asyncProperty(
        text(60),
        text(60),
        text(200),
        async (local, who, domain) => {
          const list = {
            ...news.list,
            local,
            address: `${local}@lists.example.org`,
          };
          const one = { ...news, list };
          const [found] = await stamped(one, "bounce", now, [
            `${who}@${domain}`,
          ]);
          const address = found?.address ?? "";
          if (Buffer.byteLength(localOf(address)) > 64)
            return address === `${local}-bounces@lists.example.org`;
          const said = (await read(one, address))?.reading;
          return said === undefined
            ? Buffer.byteLength(local) > 27
            : said.kind === "ok" && said.address === `${who}@${domain}`;
        },
      ),
    );
  },
);

t.test(
  "a name that leaves no room gives everybody's address, and a token for links",
  async (t) => {
    const name = "a-list-with-quite-a-long-name-indeed-of-45-oc";
    const one = await stamping(t.testdir(), `${name}@lists.example.org`);
    const [path] = await stamped(one, "bounce", now, [short]);
    t.same(path, {
      stamp: undefined,
      address: `${name}-bounces@lists.example.org`,
    });
    const [link] = await stamped(one, "unsubscribe", now, [short], true);
    t.equal(link?.address, `${name}-unsubscribe@lists.example.org`);
    t.match(await readToken(one, "unsubscribe", link?.stamp ?? ""), {
      kind: "ok",
      address: short,
      number: 1,
    });
  },
);

t.test("a stamp is good for its list and its purpose only", async (t) => {
  const news = await stamping(t.testdir());
  const other = { ...news, list: { ...news.list, address: "other@x.org" } };
  for (const who of [short, long])
    for (const purpose of ["bounce", "unsubscribe"] satisfies Purpose[]) {
      const [found] = await stamped(news, purpose, now, [who]);
      const stamp = found?.stamp ?? "";
      const wrong = purpose === "bounce" ? "unsubscribe" : "bounce";
      t.equal((await readToken(news, purpose, stamp)).kind, "ok");
      t.equal((await readToken(news, wrong, stamp)).kind, "forged");
      t.equal((await readToken(other, purpose, stamp)).kind, "forged");
    }
});

t.test(
  "another host's number is never taken for somebody else's",
  async (t) => {
    const home = t.testdir({ here: {}, there: {} });
    const here = await stamping(`${home}/here`);
    const there = await stamping(`${home}/there`);
    const elsewhere = { ...there, keyring: here.keyring };
    const [path] = await stamped(here, "bounce", now, [long]);
    const address = path?.address ?? "";
    t.same((await read(elsewhere, address))?.reading, {
      kind: "unknownNumber",
      number: 1,
    });
    await stamped(elsewhere, "bounce", now, [`not.${long}`]);
    t.same((await read(elsewhere, address))?.reading, { kind: "forged" });
  },
);

t.test("what is no address gets everybody's return path", async (t) => {
  const news = await stamping(t.testdir());
  const found = await stamped(news, "bounce", now, ["a\ud800@x.org", short]);
  t.equal(found[0]?.address, "news-bounces@lists.example.org");
  t.match(await read(news, found[1]?.address ?? ""), {
    reading: { address: short },
  });
  t.equal(await stampOf(news, "bounces"), undefined);
  t.equal(await stampOf(news, "owner+abc"), undefined);
});
