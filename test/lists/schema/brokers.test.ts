import { writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { consumersOf, isSetUp } from "../../../src/lists/consumers.ts";
import { loadSite } from "../../../src/lists/settings.ts";

const home = t.testdir();

function site(content: string) {
  writeFileSync(join(home, "listmill.toml"), content);
  return loadSite(home);
}

function wrong(content: string): string {
  try {
    site(content);
    return "";
  } catch (error) {
    return (error as Error).message;
  }
}

t.test("what holds without more than an address", async (t) => {
  const { archive } = site(`
[archive.amqp]
url = "amqps://h:5671"
[archive.redis]
url = "redis://h"
[archive.zeromq]
endpoint = "ipc:///run/x"
`);
  t.match(archive, {
    amqp: { vhost: "/", exchange: "listmill", mandatory: "posts" },
    redis: { database: 0, stream: "listmill", keep: 1_000_000, replicas: 0 },
    zeromq: { inline: 2 ** 20, timeout: 30_000 },
  });
});

t.test("what cannot work is told with its line", async (t) => {
  const amqp = '[archive.amqp]\nurl = "amqp://h"\n';
  const bad: [string, RegExp][] = [
    ["[archive.amqp]\n", /:1: archive.amqp.url: is missing; it must be amqp:/],
    ['[archive.amqp]\nurl = "redis://h"', /:2: .* must be amqp:\/\/host:port/],
    ['[archive.redis]\nurl = "redis://u:secret@h"', /without a name and passw/],
    [`${amqp}user = "u"`, /password_file: is missing: a user has a password/],
    [`${amqp}password_file = "f"`, /user: is missing: whose password/],
    [`${amqp}inline = "11MB"`, /:3: archive.amqp.inline: must be at most/],
    [`${amqp}timeout = "2m"`, /:3: .*timeout: must be .* up to "50s"/],
    [`${amqp}lists = ["Dev@x.org"]`, /lists\[1\]: must be a list's address/],
    ['[archive.zeromq]\nendpoint = "tcp://h"', /must be "tcp:\/\/host:port"/],
    ['[archive.zeromq]\nendpoint = "tcp://h:99999"', /must be "tcp:\/\/host/],
  ];
  for (const [content, what] of bad) t.match(wrong(content), what, content);
  t.notMatch(wrong('[archive.redis]\nurl = "redis://u:secret@h"'), "secret");
});

t.test("each list goes where its section says", async (t) => {
  const { archive } = site(
    '[archive.amqp]\nurl = "amqp://h"\nlists = ["a@x.org", "@y.org"]\n',
  );
  const queues = ["archive-amqp", "archive-redis", "archive-own"];
  const ask = { site: { archive }, streams: () => queues };
  const both = ["archive-amqp", "archive-own"];
  t.same(consumersOf(ask, "archive", "a@x.org"), both);
  t.same(consumersOf(ask, "archive", "any@y.org"), both);
  t.same(consumersOf(ask, "archive", "b@x.org"), ["archive-own"]);
  t.ok(isSetUp({ archive }, "events-amqp"));
  t.notOk(isSetUp({ archive }, "archive-redis"));
});
