import t, { type Test } from "tap";
import { Context } from "../../src/cli/context.ts";
import { mayBeAsked, mayBeWritten, sourceOf } from "../../src/lists/limits.ts";
import { stateOf } from "../../src/lists/state.ts";
import { Header } from "../../src/mail/header.ts";
import { makeHome, news } from "../cli/atHome.ts";

const DAY = 86_400_000;

async function homeOf(t: Test) {
  const settings =
    "[answers]\na_day = 2\nrequests = 2\nrequests_sender = 3\nrequests_list = 4\n";
  const home = await makeHome(t, { settings });
  const { site, lists } = new Context(home, false);
  const list = lists.get(news);
  if (!list) throw new Error("no list");
  const said: string[] = [];
  const occasion = (id: string, now = DAY, trial = false) => ({
    site,
    list,
    id,
    now,
    trial,
    log: (text: string) => said.push(text),
  });
  return { home, occasion, said };
}

t.test(
  "so many letters a day, each once however often it is tried",
  async (t) => {
    const { occasion, said } = await homeOf(t);
    const write = (id: string, which: string, now?: number) =>
      mayBeWritten(occasion(id, now), "Anna@example.com", which);
    t.ok(await write("1", "help"));
    t.ok(await write("1", "help"), "the same again");
    t.ok(await write("1", "who"));
    t.notOk(await write("2", "help"));
    t.ok(await write("1", "who"), "what was counted is not in its own way");
    t.match(said, [
      "Anna@example.com gets no letter: it has had 2 today (answers.a_day)",
    ]);
    t.ok(await write("3", "help", 2 * DAY + 1));
  },
);

t.test("a trial counts nothing", async (t) => {
  const { occasion } = await homeOf(t);
  for (let at = 0; at < 5; at += 1)
    t.ok(await mayBeWritten(occasion(`${at}`, DAY, true), "a@b.org", "x"));
});

t.test("who is suppressed gets neither letters nor questions", async (t) => {
  const { home, occasion } = await homeOf(t);
  const { suppressed } = await stateOf(home);
  const one = { reason: "", since: 0 };
  await suppressed.add([
    { ...one, list: "", key: "anna@example.com", address: "anna@example.com" },
    { ...one, list: news, key: "@bad.example", address: "@bad.example" },
  ]);
  for (const address of ["Anna@example.com", "x@bad.example"]) {
    t.notOk(await mayBeWritten(occasion("1"), address, "x"));
    t.notOk(await mayBeAsked(occasion("1"), address, "1.2.3.4", "x"));
  }
  t.ok(await mayBeWritten(occasion("1"), "ben@example.com", "x"));
});

t.test(
  "questions: what one limit refuses counts against no other",
  async (t) => {
    const { occasion, said } = await homeOf(t);
    let id = 0;
    const ask = (address: string, from: string) => {
      id += 1;
      return mayBeAsked(occasion(`${id}`), address, from, "subscribe");
    };
    t.ok(await ask("anna@example.com", "1.1.1.1"));
    t.ok(await ask("anna@example.com", "1.1.1.1"));
    t.notOk(await ask("anna@example.com", "1.1.1.1"), "requests");
    t.ok(
      await ask("ben@example.com", "1.1.1.1"),
      "a refusal was not counted for the sender",
    );
    t.notOk(await ask("carl@example.com", "1.1.1.1"), "requests_sender");
    t.ok(await ask("carl@example.com", "2.2.2.2"));
    t.notOk(await ask("dora@example.com", "3.3.3.3"), "requests_list");
    t.notOk(await ask("postmaster@example.com", "4.4.4.4"), "a role");
    t.match(said.join("\n"), /asked anna@example\.com has reached 2/);
  },
);

t.test("where a message comes from is what our MTA saw", (t) => {
  const from = (received: string) =>
    sourceOf(new Header().add("Received", received), "a@author.example");
  t.equal(
    from("from x (unknown [9.9.9.9]) by mx.example.org (Postfix)"),
    "9.9.9.9",
  );
  t.equal(
    from("from [10.0.0.7] (unknown [9.9.9.9]) by mx.example.org"),
    "9.9.9.9",
    "not what the client calls itself",
  );
  t.equal(
    from(
      "from x ([IPv6:2001:db8:1:2:3:4:5:6]) by mx.example.org (mx [8.8.8.8])",
    ),
    "2001:db8:1:2::/64",
  );
  t.equal(
    from("from host ([203.0.113.9] helo=[9.9.9.9]) by mx.example.org (Exim)"),
    "203.0.113.9",
    "Exim has the client's word last",
  );
  t.equal(
    from("from unknown (HELO [9.9.9.9]) (203.0.113.9) by mx.example.org"),
    "203.0.113.9",
  );
  for (const address of ["2001:db8::1", "2001:0db8:0::2", "2001:db8::a:0:0:3"])
    t.equal(
      from(`from x ([IPv6:${address}]) by mx.example.org`),
      "2001:db8:0:0::/64",
    );
  t.equal(from("by mx.example.org id 1"), "author.example");
  t.equal(sourceOf(new Header(), "a@author.example"), "author.example");
  t.end();
});
