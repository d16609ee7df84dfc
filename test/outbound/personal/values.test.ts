import t from "tap";
import { firstKey } from "../../../src/lists/keyring.ts";
import { readToken, stampOf } from "../../../src/lists/stamps.ts";
import {
  mailto,
  valuesOf,
  wordsOf,
} from "../../../src/outbound/personal/values.ts";
import { makeLocal } from "../../../src/state/local.ts";
import { news, personalList, values } from "./lists.ts";

const now = Date.UTC(2026, 6, 30);
const anna = "anna@example.org";

t.test(
  "a token of its own for each recipient, for links and for mail",
  async (t) => {
    const home = t.testdir();
    makeLocal(home).close();
    const keyring = await firstKey(home, { now: () => now });
    const site = { home, delimiters: "-+" };
    const list = { address: news, local: "news", domain: "lists.example.org" };
    const long = "somebody.with.a.long.name@department.example.org";
    const all = await valuesOf({ site, list, keyring }, now, [anna, long]);
    for (const [at, own] of all.entries()) {
      const address = [anna, long][at];
      t.equal(own.mailbox, `news-unsubscribe+${own.token}@lists.example.org`);
      const one = { site, list, keyring };
      t.match(await readToken(one, "unsubscribe", own.token), {
        kind: "ok",
        address,
      });
      t.match(await stampOf(one, `unsubscribe+${own.token}`), {
        reading: { address },
      });
    }
  },
);

t.test("the link has list and token in it", async (t) => {
  const words = (personal: string, list = news) =>
    wordsOf(list, personalList(personal).settings.personal)(anna, values);
  const url = 'unsubscribe_url = "https://x.org/{{list}}?t={{token}}"';
  t.equal(
    words(url).unsubscribe,
    `https://x.org/news%40lists.example.org?t=${values.token}`,
  );
  t.equal(
    words(url, "$&ü@x.org").unsubscribe,
    `https://x.org/%24%26%C3%BC%40x.org?t=${values.token}`,
  );
  t.same(words(""), {
    address: anna,
    list: news,
    token: values.token,
    unsubscribe: `mailto:${values.mailbox}`,
  });
});

t.test("a mailto can be read by who follows RFC 6068", async (t) => {
  t.equal(mailto("a+b=c-d@x.org"), "mailto:a+b=c-d@x.org");
  for (const address of [
    "a&b?c@x.org",
    "a%b@x.org",
    "jürgen@x.org",
    '"a, b"@x.org',
  ])
    t.equal(decodeURIComponent(new URL(mailto(address)).pathname), address);
});
