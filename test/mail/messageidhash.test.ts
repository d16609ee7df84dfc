import t from "tap";
import { messageIdHash } from "../../src/mail/messageidhash.ts";

t.test("the hash of a Message-ID", async (t) => {
  // As GNU Mailman has it.
  t.equal(
    messageIdHash("<87myycy5eh.fsf@uwakimon.sk.tsukuba.ac.jp>"),
    "JJIGKPKB6CVDX6B2CUG4IHAJRIQIOUTP",
  );
  t.equal(messageIdHash("<a@b>"), "2AZYWIZED4JE6LED7JXVQIMSAA437BO3");
  t.equal(messageIdHash(" <a@b> (comment)"), messageIdHash("<a@b>"));
  t.equal(messageIdHash("a@b"), messageIdHash("<a@b>"));
  t.equal(messageIdHash(undefined), undefined);
  t.equal(messageIdHash("<>"), undefined);
});
