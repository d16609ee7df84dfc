import { writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { Context } from "../../src/cli/context.ts";
import { returnPathOf } from "../../src/mail/bouncehandler.ts";
import { openMessage } from "../../src/mail/message.ts";
import { doorFor } from "../../src/receipt/door.ts";
import { returnedTo } from "../../src/receipt/returned.ts";
import { makeHome, news } from "../cli/atHome.ts";

const settings = `\
[bounces.bouncehandler]
secret_file = "secrets/verp"
[bounces.bouncehandler.lists]
enwiki = "${news}"
frwiki = "gone@lists.example.org"
`;

const agreed = { prefix: "wiki", algorithm: "sha256", secret: "key" } as const;
const time = 1_700_000_000_000;
const path = (wiki: string, secret = "key") =>
  returnPathOf(
    { ...agreed, secret },
    { wiki, user: 5, time },
    "wiki.example.org",
  );

t.test("which address it came back to", async (t) => {
  const home = await makeHome(t, { settings });
  writeFileSync(join(home, "secrets/verp"), "key\n", { mode: 0o600 });
  const { site, lists } = new Context(home, false);
  const told = async (header: string, given?: string) => {
    const bytes = Buffer.from(`${header}Subject: x\n\n`);
    const { header: read } = await openMessage([bytes], 10_000);
    const { recipient, at } = await returnedTo({ site, lists }, read, given);
    return [recipient, at?.list.address ?? "", at?.extension ?? ""].join(" ");
  };
  const verp = "news-bounces+ABC@lists.example.org";
  t.equal(await told(`To: ${verp}\n`), `${verp} ${news} bounces+abc`);
  t.equal(
    await told(`To: a@x.org, ${news}, "B" <${verp}>\n`),
    `${verp} ${news} bounces+abc`,
    "the first that takes bounces",
  );
  t.equal(
    await told(
      `To: ${verp}\nCc: a@x.org\nDelivered-To: news-bounces@lists.example.org\n`,
    ),
    `news-bounces@lists.example.org ${news} bounces`,
    "fields of MTAs first",
  );
  for (const name of ["X-Original-To", "Envelope-To", "X-Envelope-To", "Cc"])
    t.equal(
      await told(`${name}: ${verp}\n`),
      `${verp} ${news} bounces+abc`,
      name,
    );
  t.equal(await told("To: a@x.org\n"), "  ", "nothing says it");
  t.equal(await told("", ` <${verp}> `), `${verp} ${news} bounces+abc`);
  t.equal(await told(`To: ${verp}\n`, "a@x.org"), "a@x.org  ", "said is said");
  t.equal(await told("", news), `${news}  `, "posts come another way");
  t.equal(await told("", "no\naddress"), "no address  ");
  t.equal(
    await told(`To: ${path("enwiki")}\n`),
    `${path("enwiki")} ${news} bounces`,
    "a return path of BounceHandler",
  );
  t.equal(
    await told("", path("enwiki", "guessed")),
    `${path("enwiki", "guessed")}  `,
  );
  t.equal(
    await told("", path("frwiki")),
    `${path("frwiki")}  `,
    "no such list",
  );
  t.equal(await told("", path("dewiki")), `${path("dewiki")}  `);
  const many = Array.from({ length: 150 }, (_, n) => `a${n}@x.org`).join(", ");
  t.equal(await told(`To: ${many}, ${verp}\n`), "  ", "there is an end to it");

  t.match(await doorFor({ site, lists }, path("enwiki")), {
    recipient: path("enwiki"),
    extension: "bounces",
    list: { address: news },
  });
  await t.rejects(doorFor({ site, lists }, path("enwiki", "guessed")), {
    exitCode: 67,
    message: /no such list/,
  });
  await t.rejects(doorFor({ site, lists }, path("frwiki")), {
    exitCode: 67,
    message: /no such list/,
  });
});

t.test("what cannot be told is no refusal", async (t) => {
  const home = await makeHome(t, { settings });
  const { site, lists } = new Context(home, false);
  const { header } = await openMessage([Buffer.from("Subject: x\n\n")], 10_000);
  await t.rejects(returnedTo({ site, lists }, header, path("enwiki")), {
    exitCode: 75,
    message: /^<wiki-enwiki-.*there is no key/,
  });
  await t.rejects(doorFor({ site, lists }, path("enwiki")), {
    exitCode: 75,
    message: /no key/,
  });
  writeFileSync(join(home, "lists", news, "list.toml"), "[broken\n");
  const bounces = "news-bounces@lists.example.org";
  await t.rejects(returnedTo({ site, lists }, header, bounces), {
    exitCode: 75,
    message: /list\.toml/,
  });
});
