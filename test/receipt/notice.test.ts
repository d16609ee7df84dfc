// What senders are told, in the language of the list; what machines read stays as it is.
import { simpleParser } from "mailparser";
import t, { type Test } from "tap";
import { Lists } from "../../src/lists/directory.ts";
import { loadSite } from "../../src/lists/settings.ts";
import { openMessage } from "../../src/mail/message.ts";
import { failureReport, rejection } from "../../src/receipt/notice.ts";

async function matterOf(t: Test, language?: string) {
  const home = t.testdir({ lists: {} });
  const site = { ...loadSite(home), hostname: "mill.example.org" };
  const lists = new Lists(home, site);
  const list = language
    ? await lists.create("news@lists.example.org", {
        language,
        description: "Neues aus dem Garten",
      })
    : undefined;
  return {
    site,
    list,
    to: "anna@example.com",
    original: await openMessage([Buffer.from("Subject: x\n\nText.\n")], 1000),
    date: new Date(0),
    id: "id1",
  };
}

t.test("a refused message, in German", async (t) => {
  const notice = rejection(
    await matterOf(t, "de"),
    "news@lists.example.org",
    "Only members.\nBcc: x@example.org",
  );
  const mail = await simpleParser(notice);
  t.equal(
    mail.subject,
    "Ihre Nachricht an news@lists.example.org wurde nicht angenommen",
  );
  t.match(
    mail.text,
    /Der Grund:\n\n {2}Only members\.\n {2}Bcc: x@example\.org/,
  );
  t.equal(
    mail.from?.text,
    '"Neues aus dem Garten" <news-owner@lists.example.org>',
  );
  t.notOk(mail.headers.has("bcc"));
  const text = notice.toString();
  t.match(text, /^Content-Type: text\/plain; charset=utf-8; format=flowed$/m);
  t.match(text, /^Content-Language: de$/m);
  t.match(text, /^Diagnostic-Code: smtp; Only members\. Bcc: x@example\.org$/m);
});

t.test("recipients that were not reached, in Japanese", async (t) => {
  const notice = failureReport(await matterOf(t, "ja"), [
    { address: "gone@example.com", reply: "550 5.1.1 unknown" },
  ]);
  const mail = await simpleParser(notice);
  t.equal(mail.subject, "一部の宛先にメールが届きませんでした");
  t.match(mail.text, /\n {2}gone@example\.com\n {4}550 5\.1\.1 unknown/);
  t.match(notice.toString(), /^Status: 5\.1\.1$/m);
});

t.test("what belongs to no list is told in English", async (t) => {
  const notice = rejection(await matterOf(t), "no@mill.example.org", "None.");
  const mail = await simpleParser(notice);
  t.equal(mail.subject, "Your message to no@mill.example.org was not accepted");
  t.equal(mail.from?.text, "postmaster@mill.example.org");
});
