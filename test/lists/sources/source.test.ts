import { writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { Lists } from "../../../src/lists/directory.ts";
import { rosterOf } from "../../../src/lists/roster.ts";
import { loadSite } from "../../../src/lists/settings.ts";
import { fileRecipients } from "../../../src/lists/sources/file.ts";
import { recipientsFrom } from "../../../src/lists/sources/source.ts";
import { sublistRecipients } from "../../../src/lists/sources/sublists.ts";
import { parseHeader } from "../../../src/mail/header.ts";
import { makeLocal } from "../../../src/state/local.ts";

const at = (name: string) => `${name}@example.org`;

/** A home with lists, and what a hook of one of them is asked with. */
async function asking(home: string, toml: Record<string, string>) {
  makeLocal(home).close();
  writeFileSync(join(home, "listmill.toml"), 'delimiters = "+-"\n');
  const site = loadSite(home);
  const lists = new Lists(home, site);
  for (const [name, text] of Object.entries(toml)) {
    await lists.create(at(name));
    writeFileSync(join(home, "lists", at(name), "list.toml"), text);
  }
  const said: string[] = [];
  return {
    said,
    ask: {
      site,
      lists,
      list: lists.get(at("dev")),
      envelope: { sender: at("anna"), recipient: at("dev") },
      message: { header: parseHeader(Buffer.from("Subject: x\n")).header },
      trial: false,
      now: 0,
      scratch: () => join(home, "scratch"),
      log: (text: string) => said.push(text),
      async *recipientsOf(list: string) {
        yield `all-of-${list}`;
      },
    },
  };
}

async function flat(found: AsyncIterable<string | readonly string[]> = none()) {
  return (await Array.fromAsync(found)).flat();
}

async function* none(): AsyncGenerator<never> {}

t.test(
  "what is no address is named, and counted where it is much",
  async (t) => {
    const home = t.testdir({
      lists: {},
      few: "x\ny\n",
      many: "x\n".repeat(1234),
    });
    const { ask, said } = await asking(home, { dev: '[file]\npath = "few"\n' });
    t.same(await flat(recipientsFrom(ask, "file", fileRecipients)), []);
    t.same(said.splice(0), [
      "skipped, not an address: x",
      "skipped, not an address: y",
    ]);
    writeFileSync(
      join(ask.list?.dir ?? "", "list.toml"),
      '[file]\npath = "many"\n',
    );
    const again = { ...ask, list: ask.lists.get(at("dev")) };
    t.same(await flat(recipientsFrom(again, "file", fileRecipients)), []);
    t.equal(said.length, 21);
    t.equal(said.at(-1), "skipped 1234 in all");
  },
);

t.test("roles are the people of this home's lists", async (t) => {
  const home = t.testdir({
    lists: {},
    people: `%include owners
%include members
%include Ops+OWNER@example.org
%include ops-owner@example.org
%include ${at("ops")}
%include a-owner@example.org
`,
  });
  const { ask } = await asking(home, {
    dev: 'owners = ["boss@x.org"]\n[file]\npath = "people"\n',
    ops: 'owners = ["chief@x.org"]\n',
    "a-owner": "",
    a: 'owners = ["shadowed@x.org"]\n',
  });
  await rosterOf(home).add(at("dev"), "m@x.org");
  await rosterOf(home).add(at("dev"), "d@x.org", { delivery: "digest-mime" });
  t.same(await flat(recipientsFrom(ask, "file", fileRecipients)), [
    "boss@x.org",
    "m@x.org",
    "chief@x.org",
    "chief@x.org",
    `all-of-${at("ops")}`,
    `all-of-${at("a-owner")}`,
  ]);
  for (const role of ["owner", "Owners", at("nobody"), at("none-owner"), "@"]) {
    writeFileSync(join(home, "people"), `%include ${role}\n`);
    await t.rejects(
      flat(recipientsFrom(ask, "file", fileRecipients)),
      { name: "Failure", exitCode: 75, message: /people:1: .*no such list/ },
      role,
    );
  }
});

t.test("a list of lists names the one that fails", async (t) => {
  const { ask } = await asking(t.testdir({ lists: {} }), {
    dev: `[sublists]\nlists = ["${at("OPS")}", "${at("gone")}"]\n`,
    ops: "",
  });
  const found: unknown[] = [];
  await t.rejects(
    (async () => {
      for await (const some of recipientsFrom(
        ask,
        "sublists",
        sublistRecipients,
      ) ?? [])
        found.push(some);
    })(),
    {
      name: "Failure",
      exitCode: 75,
      message: /\[sublists\] gone@example\.org: /,
    },
  );
  t.same(found, [[`all-of-${at("ops")}`]]);
  const list = ask.lists.get(at("ops"));
  t.equal(
    recipientsFrom({ ...ask, list }, "sublists", sublistRecipients),
    undefined,
  );
});
