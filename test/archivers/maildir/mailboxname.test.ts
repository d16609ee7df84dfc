import t from "tap";
import { mailboxName } from "../../../src/archivers/maildir/mailboxname.ts";

const of = (template: string, address: string) => {
  const [local = "", domain = ""] = address.split("@");
  return mailboxName(template, { address, local, domain });
};

t.test("levels are separated by dots, and no word has any", async (t) => {
  t.equal(of("{{domain}}/{{local}}", "dev@x.org"), ".x_org.dev");
  t.equal(of("lists/{{local}}", "dev.team@x.org"), ".lists.dev_team");
  t.equal(of("{{list}}", "dev@x.org"), ".dev@x_org");
});

t.test("no two lists share a folder", async (t) => {
  const names = [
    "a.b@x.org",
    "a_b@x.org",
    "a%5Fb@x.org",
    "a__b@x.org",
    "a._b@x.org",
  ];
  t.equal(
    new Set(names.map((name) => of("{{local}}", name))).size,
    names.length,
  );
});

t.test("what is not ASCII is written as IMAP does", async (t) => {
  t.equal(of("{{local}}", "grüße@x.org"), ".gr&APwA3w-e");
  t.equal(of("{{local}}", "r&d@x.org"), ".r&-d");
  t.equal(of("{{local}}", "台北@x.org"), ".&U,BTFw-");
});

t.test("no word leads to another folder", async (t) => {
  t.equal(of("{{local}}", "../../etc@x.org"), ".__%2F__%2Fetc");
  t.equal(of("{{local}}", "@x.org"), "");
});
