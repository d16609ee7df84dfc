/**
 * Chapter one: a home, four lists, and where their members come from.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hooksRun } from "../../test/hookUser.ts";
import { copyLetters } from "../letters.ts";
import type { Mill } from "../mill.ts";
import { command, heading, say, tree } from "../page.ts";
import type { PostOffice } from "../postoffice.ts";
import { drop, writeHelpers, writeSchool, writeTeachers } from "../sources.ts";
import { expect } from "../told.ts";

const frost = ["owners=frost@school.example", "policy=announce"];

export async function home(mill: Mill, outside: PostOffice): Promise<void> {
  heading("1  A home, and four lists");
  mill.ask(["init"]);
  copyLetters(mill.home);
  command(`export LISTMILL_HOME=${mill.home}`);
  command("listmill init");
  command("cd $LISTMILL_HOME");
  point(mill.home, outside.port);
  command(
    "grep ^smtp listmill.toml",
    `smtp = "smtp://127.0.0.1:${outside.port}"`,
  );
  say("That is a small SMTP server of this demo, in the place of your MTA.");

  say("\nThe roster: members who have joined, one of them reading digests.");
  const play = "play@lists.example.org";
  mill.type([
    "list",
    "create",
    play,
    "subject_prefix=[play]",
    "footer=To all who make the play: {{list}}",
    "custom.archive_url=https://school.example/play",
  ]);
  mill.type(["member", "add", play, "anna@example.org", "zoe@example.net"]);
  mill.type(["member", "add", play, "ben@example.com", "--digest"]);

  say("\nAn LMDB file, such as Postfix's maps are.");
  await writeTeachers(mill.home);
  mill.type([
    "list",
    "create",
    "teachers@lists.example.org",
    ...frost,
    "dbm.path=teachers.lmdb",
  ]);

  say("\nThe school's SQLite database, by a query.");
  writeSchool(mill.home);
  mill.type([
    "list",
    "create",
    "year4@lists.example.org",
    ...frost,
    "footer=Year 4: {{list}}",
    "sql.url=sqlite:school.db",
    "sql.query=SELECT email FROM parents WHERE year = :local",
  ]);

  say("\nA script, dropped into the list's own hooks.d.");
  mill.type([
    "list",
    "create",
    "helpers@lists.example.org",
    "policy=open",
    "custom.helpers=helpers.csv",
  ]);
  const folder = join(mill.home, "lists", "helpers@lists.example.org");
  writeHelpers(folder);
  drop("hooks.d/posts/30-recipients/60-helpers", folder);
  const script =
    "lists/helpers@lists.example.org/hooks.d/posts/30-recipients/60-helpers";
  command(`cat ${script}`, readFileSync(join(mill.home, script), "utf8"));

  say(
    "\nAnd one for all lists, in the hooks.d of the home: it adds a header field.",
  );
  drop("hooks.d/posts/20-edit/60-list-archive", mill.home);
  command("tree hooks.d lists", tree(mill.home, ["hooks.d", "lists"]));

  const hooks = mill.ask([
    "hooks",
    "posts",
    "--list",
    "helpers@lists.example.org",
  ]);
  const rows = hooks
    .trimEnd()
    .split("\n")
    .map((row) => row.replace(/ +\S+$/, ""));
  say(
    "\nWhat a post to helpers@ goes through, and which layer each hook comes from:",
  );
  command(
    "listmill hooks posts --list helpers@lists.example.org | cut -c1-55",
    rows.join("\n"),
  );
  expect("the site's hook runs", /60-list-archive +site +forked/.test(hooks));
  expect("the list's hook runs", /60-helpers +list +forked/.test(hooks));
}

/** Points the home to the demo's server, as an editor would. */
function point(home: string, port: number): void {
  const file = join(home, "listmill.toml");
  const before = readFileSync(file, "utf8");
  const after = before.replace(
    /^#smtp = .*$/m,
    `smtp = "smtp://127.0.0.1:${port}"`,
  );
  expect("listmill.toml has a line for smtp", after !== before);
  writeFileSync(file, hooksRun(after));
}
