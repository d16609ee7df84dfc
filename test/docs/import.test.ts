// The program of docs/import.md that asks Mailman's REST API, run against answers as that gives them.
import { execFile, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import t from "tap";
import { mailman3 } from "../../src/transfer/mailman3.ts";
import { config } from "../transfer/mailman/dumps.ts";
import { all } from "../transfer/outcomes.ts";

const program = /```sh\n(#!\/bin\/sh[\s\S]*?)```/.exec(
  readFileSync("docs/import.md", "utf8"),
)?.[1];
const missing = ["curl", "jq"].filter(
  (name) => spawnSync(name, ["--version"]).status !== 0,
);
const skip = missing.length > 0 && `not installed: ${missing.join(", ")}`;
const list = "talk.lists.example.org";

/** 450 members are three pages. */
const people = Array.from({ length: 450 }, (_, n) => ({
  email: `m${n}@x.org`,
  display_name: `"M" ${n} Ä\\`,
  delivery_mode: "regular",
  member_id: `${n}`,
}));

function answer(path: string, count: number, page: number): unknown {
  const collection = (items: readonly object[]) => {
    const entries = items.slice((page - 1) * count, page * count);
    const total_size = items.length;
    return entries.length > 0
      ? { entries, start: 0, total_size }
      : { start: 0, total_size };
  };
  if (path === `lists/${list}`)
    return { fqdn_listname: "talk@lists.example.org" };
  if (path === `lists/${list}/config`) return config;
  if (path === `lists/${list}/roster/member`) return collection(people);
  if (path === `lists/${list}/roster/owner`)
    return collection([{ email: "boss@x.org" }]);
  if (path === `lists/${list}/bans`)
    return collection([{ email: "bad@x.org" }]);
  if (path === "members/7/preferences")
    return { delivery_status: "by_user", http_etag: "x" };
  return /^members\/\d+\/preferences$/.test(path) ||
    path.startsWith(`lists/${list}/`)
    ? collection([])
    : undefined;
}

t.test("a list is fetched whole, or not at all", { skip }, async (t) => {
  t.ok(program);
  const server = createServer((asked, reply) => {
    const url = new URL(asked.url ?? "", "http://localhost");
    const number = (name: string) => Number(url.searchParams.get(name) ?? 1);
    const found = answer(
      url.pathname.slice(1),
      number("count"),
      number("page"),
    );
    reply.statusCode = found === undefined ? 404 : 200;
    reply.end(JSON.stringify(found ?? {}));
  }).listen(0, "127.0.0.1");
  await new Promise((done) => server.once("listening", done));
  t.teardown(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const dir = t.testdir({ "mailman3-list": String(program) });
  const run = (name: string) =>
    promisify(execFile)("sh", [join(dir, "mailman3-list"), name], {
      env: { PATH: "/usr/bin:/bin", MAILMAN_API: `http://127.0.0.1:${port}` },
      maxBuffer: 2 ** 26,
    });
  const { stdout } = await run(list);
  writeFileSync(join(dir, "list.json"), stdout);
  const found = await mailman3(join(dir, "list.json"), {});
  const members = await all(found.members);
  t.equal(members.length, people.length);
  t.match(members[7], {
    address: "m7@x.org",
    name: '"M" 7 Ä\\',
    delivery: "nomail",
  });
  t.match(found, {
    address: "talk@lists.example.org",
    roles: [{ address: "boss@x.org", role: "owner" }],
    suppressed: [{ address: "bad@x.org" }],
  });
  await t.rejects(run("other.lists.example.org"));
});
