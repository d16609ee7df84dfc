import t from "tap";
import { systemClock } from "../../src/base/clock.ts";
import { firstKey } from "../../src/lists/keyring.ts";
import { answerIn, returnOf } from "../../src/lists/tokens.ts";

const now = Date.UTC(2026, 6, 30);

async function stamping(t: { testdir(): string }, local = "news") {
  const home = t.testdir();
  const keyring = await firstKey(home, systemClock);
  const domain = "lists.example.org";
  const list = { address: `${local}@${domain}`, local, domain };
  return { site: { home, delimiters: "-+" }, list, keyring };
}

const tokenOf = (address: string) => /\+([a-z2-7]+)@/.exec(address)?.[1] ?? "";

t.test(
  "a short address stands in the token, and anybody may answer for it",
  async (t) => {
    const given = await stamping(t);
    const said = { action: "subscribe", more: "", address: "a@b.org" } as const;
    const back = returnOf(given, "confirm", said, now);
    t.notOk(back.inSubject);
    t.equal(tokenOf(back.address), back.token);
    t.match(answerIn(given, back.token, ["x@y.z"]), { kind: "ok", ...said });
  },
);

t.test(
  "a long one goes by the sender of the answer, in any case",
  async (t) => {
    const given = await stamping(t);
    const address = "Somebody.With.A.Long.Name@department.company.example.com";
    const said = { action: "set", more: "nomail", address } as const;
    const back = returnOf(given, "confirm", said, now);
    t.ok(back.inSubject);
    const [local = ""] = back.address.split("@");
    t.ok(local.length <= 64, `${local.length}`);
    const token = tokenOf(back.address);
    t.match(answerIn(given, token, [address.toUpperCase()]), {
      kind: "ok",
      address: address.toUpperCase(),
      more: "nomail",
    });
    t.match(answerIn(given, token, ["x@y.z", ""]), { kind: "forged" });
    t.match(answerIn(given, back.token, []), { kind: "ok", address });
  },
);

t.test("where a list's name leaves no room the address has none", async (t) => {
  const given = await stamping(
    t,
    "a-list-with-a-name-of-no-less-than-fifty-characters",
  );
  const said = { action: "unsubscribe", more: "", address: "a@b.org" } as const;
  const back = returnOf(given, "confirm", said, now);
  t.match(back.address, /-confirm@lists\.example\.org$/);
  t.ok(back.inSubject);
  t.match(answerIn(given, back.token, []), { kind: "ok", address: "a@b.org" });
});
