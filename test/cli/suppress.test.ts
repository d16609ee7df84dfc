// listmill suppress: what it says and what it keeps.
import { Readable } from "node:stream";
import t from "tap";
import suppress from "../../src/cli/suppress.ts";
import { makeHome, news, verb } from "./atHome.ts";

t.test("add, list and remove", async (t) => {
  const home = await makeHome(t);
  const run = (args: string, json = false) =>
    verb(t, home, suppress, args.split(" "), json);
  t.same(await run("add Ann@X.org @spam.example"), {
    code: 0,
    out: "Ann@x.org: added\n@spam.example: added\n",
    err: "",
  });
  t.same(await run("add ann@x.org nobody"), {
    code: 65,
    out: "ann@x.org: present\n",
    err: "listmill: nobody: neither an address nor @DOMAIN\n",
  });
  await run(`add --list ${news} --reason left bob@x.org`);
  const date = "\\d{4}-\\d\\d-\\d\\d";
  const { out } = await run("list");
  t.match(out, new RegExp(`^@spam.example {2}all lists {2}${date}$`, "m"));
  t.match(out, new RegExp(`^bob@x.org {2}${news} {2}${date} {2}left$`, "m"));
  t.match(JSON.parse((await run(`list --list ${news}`, true)).out), [
    { address: "bob@x.org", list: news, reason: "left" },
  ]);
  t.match(await run("remove bob@x.org"), {
    code: 67,
    err: "listmill: bob@x.org: not suppressed for the whole site\n",
  });
  t.match(await run(`remove --list ${news} BOB@x.org`), {
    code: 0,
    out: "BOB@x.org: removed\n",
  });
  t.equal((await run(`list --list ${news}`, true)).out, "[]\n");
  t.match(await run("list bob@x.org"), {
    code: 64,
    err: '"bob@x.org" is an argument too many',
  });
});

t.test("addresses from stdin", async (t) => {
  const home = await makeHome(t);
  const given = Readable.from([
    Buffer.from("# those who left\na@x.org\r\nb@x.org # in May\n\noops\n"),
    Buffer.from("A@x.org"),
  ]);
  const real = Object.getOwnPropertyDescriptor(process, "stdin");
  Object.defineProperty(process, "stdin", { value: given, configurable: true });
  t.teardown(() => real && Object.defineProperty(process, "stdin", real));
  t.same(await verb(t, home, suppress, ["add"]), {
    code: 65,
    out: "2 added, 0 changed, 1 there already, 1 refused\n",
    err: "listmill: oops: neither an address nor @DOMAIN\n",
  });
});

t.test("what cannot be done is told", async (t) => {
  const home = await makeHome(t);
  const says = async (args: string, message: RegExp, code = 64) =>
    t.match(await verb(t, home, suppress, args.split(" ")), {
      code,
      err: message,
    });
  await says("forget a@x.org", /takes add, remove or list/);
  await says("remove", /which addresses/);
  await says("list --reason x", /takes no --reason/);
  await says("add --list none@x.org a@x.org", /no list none@x.org/, 67);
});
