// A subscriber with a mailbox behind a real Postfix: joins, reads, chooses, looks around and leaves, all
// by mail.
import t from "tap";
import { until } from "./mill.ts";
import { fieldsOf } from "./postHome.ts";
import { needServers } from "./servers.ts";
import { Village } from "./village.ts";

t.setTimeout(300_000);

const list = "news@lists.test";
const at = (extension: string) => list.replace("@", `-${extension}@`);
const [anna, ben, carol, dora, olga, eve] = [
  "anna@box.test",
  "ben@box.test",
  "carol@box.test",
  "dora@box.test",
  "olga@box.test",
  "eve@box.test",
] as const;

/** A post. */
function post(from: string, subject: string): string {
  return `From: <${from}>\nTo: <${list}>\nSubject: ${subject}\nMessage-ID: <${subject}@box.test>\n\nThe text of ${subject}.\n`;
}

t.test("a subscriber's whole way", { timeout: 280_000 }, async (t) => {
  if (!needServers(t, "postfix", "swaks")) return;
  const village = await Village.open(t, {
    people: ["anna", "ben", "carol", "dora", "olga", "eve"],
    lists: {
      [list]: [
        `owners=${olga}`,
        "digest.posts=1",
        "personal.unsubscribe_url=https://lists.test/u/{{token}}",
      ],
    },
  });
  const { home } = village;
  await home.tell("member", "add", list, ben, carol, dora);
  const members = async () =>
    (await home.tell("member", "export", list, "--addresses"))
      .split("\n")
      .filter(Boolean)
      .sort();

  await t.test("joining", async (t) => {
    village.write(anna, at("subscribe"));
    const question = await village.letter(anna);
    t.match(question.replyTo, /^news-confirm\+[a-z2-7]+@lists\.test$/);
    t.equal(question.sender, at("bounces"));
    t.same(await members(), [ben, carol, dora]);
    village.reply(question, "Yes, please!");
    const welcome = await village.letter(anna);
    t.match(welcome.subject, "Welcome");
    t.match(welcome.text, at("unsubscribe"));
    t.same(await members(), [anna, ben, carol, dora]);
    await village.rest();
    t.same(await village.unread(anna), []);
    t.same(await village.unread(olga), [], "owners are told where they want");
  });

  await t.test("posts come, with one click to leave", async (t) => {
    village.submit(ben, list, post(ben, "first"));
    const first = await village.letter(anna);
    t.match(first.text, "The text of first.");
    const [unsubscribe = ""] = fieldsOf(first.source, "List-Unsubscribe");
    const [, token = "", mail = ""] =
      /^<https:\/\/lists\.test\/u\/(\w+)>, <mailto:(.*)>$/.exec(unsubscribe) ??
      [];
    t.equal(mail, at(`unsubscribe+${token}`));
    t.same(fieldsOf(first.source, "List-Unsubscribe-Post"), [
      "List-Unsubscribe=One-Click",
    ]);
    const read = JSON.parse(await home.tell("--json", "keys", "read", mail));
    t.match(read, { address: anna, purpose: "unsubscribe" });
  });

  await t.test("digests instead", async (t) => {
    village.write(anna, at("request"), "set digest");
    const question = await village.letter(anna);
    village.reply(question, "Yes");
    t.match((await village.letter(anna)).text, "digest");
    village.submit(ben, list, post(ben, "second"));
    const digest = await village.letter(anna);
    t.match(digest.source, /^Content-Type: multipart\/digest/m);
    t.match(digest.source, "The text of second.");
    await village.rest();
    t.same(await village.unread(anna), []);
  });

  await t.test("no mail", async (t) => {
    village.write(anna, at("set+nomail"));
    village.reply(await village.letter(anna), "");
    t.match((await village.letter(anna)).text, "nomail");
    village.submit(ben, list, post(ben, "third"));
    await until(
      () => village.all(carol).some((mail) => /^Subject: third$/m.test(mail)),
      () => `the third post\n${village.state}`,
    );
    await village.rest();
    t.same(await village.unread(anna), []);
  });

  await t.test("the members are for the owners", async (t) => {
    village.write(olga, at("who"));
    const told = (await village.letter(olga)).text;
    for (const member of [anna, ben, carol, dora]) t.match(told, member);
    village.write(eve, at("request"), "who");
    const refused = await village.letter(eve);
    for (const member of [anna, ben, carol, dora])
      t.notMatch(refused.source, member);
  });

  await t.test("the archive is for the members", async (t) => {
    village.write(anna, at("get-1"));
    const found = await village.letter(anna);
    t.match(found.source, /message\/rfc822[\s\S]*The text of first\./);
    t.notMatch(found.source, "The text of second.");
    village.write(eve, at("get-1"));
    t.notMatch((await village.letter(eve)).source, "The text of");
  });

  await t.test("leaving by one click", async (t) => {
    const last = (await village.unread(carol)).at(-1);
    const [unsubscribe = ""] = fieldsOf(last?.source ?? "", "List-Unsubscribe");
    const [, click = ""] = /<mailto:([^>]+)>/.exec(unsubscribe) ?? [];
    village.write(carol, click);
    t.match((await village.letter(carol)).subject, list, "no question");
    t.same(await members(), [anna, ben, dora]);
  });

  await t.test("leaving by an answer to the question", async (t) => {
    village.write(anna, at("unsubscribe"));
    const question = await village.letter(anna);
    t.same(await members(), [anna, ben, dora]);
    village.reply(question, "Yes, and thank you.");
    t.match((await village.letter(anna)).text, at("subscribe"));
    t.same(await members(), [ben, dora]);
  });

  await t.test("leaving in words of HTML alone", async (t) => {
    await village.unread(dora);
    const html = [
      "MIME-Version: 1.0",
      "Content-Type: text/html; charset=utf-8",
    ];
    village.write(
      dora,
      at("request"),
      "",
      "<html><body><div>Unsubscribe</div><br><div>-- <br>Dora<br>help</div></body></html>",
      html,
    );
    const question = await village.letter(dora);
    t.same(await members(), [ben, dora]);
    village.write(
      dora,
      question.replyTo,
      `AW: ${question.subject}`,
      `<p>ok</p><blockquote>${question.text}</blockquote>`,
      html,
    );
    t.match((await village.letter(dora)).text, at("subscribe"));
    t.same(await members(), [ben]);
  });

  await village.rest();
  for (const person of [anna, carol, dora, olga, eve])
    t.same(await village.unread(person), [], `nothing more for ${person}`);
  t.notMatch(village.state, /status=(deferred|bounced)|failed:/);
});
