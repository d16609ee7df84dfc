// Mail comes back, and listmill says of whom and why: a real Postfix carries posts to a real Postfix and a
// real Exim that refuse much of them, and brings back what comes of it by each of the ways in; and the
// mill's own delivery is refused by both.
import { chmodSync, chownSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { bouncePipe, bouncesOf } from "./bouncePipe.ts";
import { until } from "./mill.ts";
import { fieldsOf, PostHome } from "./postHome.ts";
import { records, standings } from "./records.ts";
import { type Host, rejectingExim, rejectingPostfix } from "./rejecting.ts";
import { account, freePort, needServers, Servers } from "./servers.ts";
import { Village } from "./village.ts";

t.setTimeout(230_000);

const author = "anna@box.test";
const [piped, pushed, fetched] = [
  "news@pipe.test",
  "news@lmtp.test",
  "news@http.test",
] as const;

/** Bounces are judged at once. */
const strict = [
  ...["bounces.threshold=1", "bounces.days=1", "bounces.posts=1"],
  ...["bounces.log_only=0s", "digest.enabled=false"],
];

/** What is noted of mail to whom, but for how far it is believed; mail to others arrives. */
const noted: Readonly<Record<string, readonly [string, string]>> = {
  gone: ["hard", "no-such-user 5.1.1"],
  // Exim's own words, without a status.
  void: ["hard", "no-such-user 5.0.0"],
  full: ["soft", "mailbox-full 5.2.2"],
  brim: ["soft", "mailbox-full 4.2.2"],
  later: ["soft", "system 4.3.0"],
  policy: ["message", "policy 5.7.1"],
};
const names = ["well", "grey", ...Object.keys(noted)];
const membersAt = ({ domain }: Host) =>
  names
    .filter((name) => name !== "void" || domain === "exim.test")
    .map((name) => `${name}@${domain}`);
const nameOf = (address: string) => address.split("@", 1)[0] ?? "";
const kindOf = (address: string) => noted[nameOf(address)]?.[0];

const trialsOf = (members: readonly string[]) =>
  members.filter((address) => kindOf(address) === "hard").length;

/** How those stand of whom something has come back, once or more. */
function expected(members: readonly string[]): Record<string, string> {
  const found: Record<string, string> = {};
  for (const address of members) {
    const kind = kindOf(address);
    if (kind === "hard") found[address] = "1 suspended, trial 1 came back";
    if (kind === "soft") found[address] = "0.5";
  }
  return found;
}

/** What came back from somebody who was sent some posts. */
function lines(address: string, trust: string, posts: number): string[] {
  const [kind, why] = noted[nameOf(address)] ?? [];
  if (kind === "hard") return [`hard ${trust} ${why}`, `probe signed ${why}`];
  return kind ? Array(posts).fill(`${kind} ${trust} ${why}`) : [];
}

function post(from: string, list: string, subject: string): string {
  return `From: <${from}>\nTo: <${list}>\nSubject: ${subject}\nMessage-ID: <${subject}.${list}>\n\nThe text of ${subject}.\n`;
}

/** The subjects of a list's posts that somebody has got. */
function subjects(host: Host, name: string, list: string): string {
  return host
    .mails(name)
    .filter((mail) => fieldsOf(mail, "To").includes(`<${list}>`))
    .flatMap((mail) => fieldsOf(mail, "Subject"))
    .sort()
    .join();
}

t.test("mail that comes back", { timeout: 220_000 }, async (t) => {
  if (!needServers(t, "postfix", "exim", "curl")) return;
  const servers = new Servers(t);
  const hosts = [
    await rejectingPostfix(servers, "postfix.test"),
    await rejectingExim(servers, "exim.test"),
  ];
  // Each has much to wait for.
  t.jobs = 2;
  await Promise.all([
    t.test("carried by a Postfix", (t) => carried(t, hosts, servers)),
    t.test("from our own delivery", (t) => own(t, hosts, servers)),
  ]);
});

async function carried(
  t: Test,
  hosts: readonly Host[],
  servers: Servers,
): Promise<void> {
  const [door, http] = [await freePort(), await freePort()];
  const to = hosts.map(
    ({ domain, port }) => `${domain}=smtp:[127.0.0.1]:${port}`,
  );
  const village = await Village.open(t, {
    people: ["anna"],
    lists: {
      [piped]: [...strict, "verp=never"],
      [pushed]: [...strict, "verp=always"],
      [fetched]: [...strict, "verp=always"],
    },
    site: `[lmtp]\nlisten = "127.0.0.1:${door}"\n[http]\nlisten = "127.0.0.1:${http}"\n`,
    way: "2. The pipe",
    transports: `${bouncesOf("http.test")} inline:{ lmtp.test=lmtp:inet:127.0.0.1:${door}, ${to.join(", ")} }`,
    // Where it knows nothing of RFC 3461, nobody can tell it not to write about delays.
    main: `\
listmill-bounce_destination_recipient_limit = 1
smtpd_discard_ehlo_keywords = dsn
delay_warning_time = 1s
minimal_backoff_time = 1h
maximal_backoff_time = 1h`,
    master: (dir) => bouncePipe(dir, account(servers, "vmail"), http, "token"),
  });
  const { home } = village;
  await home.run(t, ["lmtp"], /lmtp: listens on/);
  const all = hosts.flatMap(membersAt);
  const some = ["gone@postfix.test", "policy@exim.test"];
  for (const list of [piped, pushed])
    await home.tell("member", "add", list, author, ...all);
  await home.tell("member", "add", fetched, author, ...some);

  const write = (list: string, subject: string) =>
    village.submit(author, list, post(author, list, subject));
  /** Waits until these are the posts that those have got to whom mail goes. */
  const arrived = (posts: string) =>
    until(
      () =>
        hosts.every((host) =>
          ["well", "grey"].every((name) =>
            [piped, pushed].every(
              (list) => subjects(host, name, list) === posts,
            ),
          ),
        ),
      () => `${posts} to arrive\n${village.state}`,
    );

  await t.test("brought by HTTP", async (t) => {
    const { uid, gid } = statSync(home.dir);
    const token = join(home.dir, "secrets", "http-token");
    writeFileSync(token, "token\n", { mode: 0o600 });
    chownSync(token, uid, gid);
    write(fetched, "first");
    await village.pause();
    const tries = () => village.log.match(/relay=listmill-bounce.*/g) ?? [];
    t.equal(tries().length, some.length);
    t.notOk(
      tries().find((line) => !line.includes("status=deferred")),
      "nobody listens",
    );
    const place = join(home.dir, "spool", "bounces", "tmp");
    chmodSync(place, 0o500);
    await home.run(t, ["http"], /http: listens on/);
    village.flush();
    await until(
      () => tries().length === 2 * some.length,
      () => `tries\n${village.state}`,
    );
    t.equal(
      tries().filter((line) => / status=deferred .* 503/.test(line)).length,
      some.length,
      "it is not on disk",
    );
    t.same(await standings(home, fetched), {});
    chmodSync(place, 0o750);
    village.flush();
    await village.rest();
    t.same(await standings(home, fetched), expected(some));
  });

  await t.test("a post, refused and put off", async (t) => {
    for (const list of [piped, pushed]) write(list, "first");
    await village.pause();
    t.match(village.log, "sender delay notification");
    t.match(home.log, "no bounce: it is still being tried");
    village.flush();
    await arrived("first");
    await village.pause();
    // From now on Postfix gives up at once. It may have begun a try when it hears so.
    village.settle("maximal_queue_lifetime = 0");
    await village.drain();
    const trials = village.log.matchAll(
      /from=<(news-probe\+\w+@\S+)>, .*nrcpt=1/g,
    );
    t.equal(
      new Set([...trials].map(([, path]) => path)).size,
      trialsOf(some) + 2 * trialsOf(all),
      "a trial for each who is suspended, with a return path of its own",
    );
    for (const list of [piped, pushed])
      t.same(await standings(home, list), expected(all), list);
  });

  await t.test("a second post", async (t) => {
    const before = village.log.length;
    for (const list of [piped, pushed]) write(list, "second");
    await village.rest();
    await arrived("first,second");
    for (const address of all)
      t.equal(
        village.log.slice(before).includes(` to=<${address}>`),
        kindOf(address) !== "hard",
        `${address} gets no mail only where it is suspended`,
      );
    t.notMatch(village.log.slice(before), /from=<news-probe/);
    await Promise.all(
      hosts.map(async (host) => {
        for (const address of membersAt(host))
          t.same(
            await records(home, address),
            kindOf(address)
              ? {
                  [piped]: lines(address, "unsigned", 2),
                  [pushed]: lines(address, "signed", 2),
                  ...(some.includes(address)
                    ? { [fetched]: lines(address, "signed", 1) }
                    : {}),
                }
              : {},
            address,
          );
      }),
    );
  });
  t.notMatch(home.log, /failed:|waits /);
}

async function own(
  t: Test,
  hosts: readonly Host[],
  servers: Servers,
): Promise<void> {
  const list = "news@lists.test";
  await Promise.all(
    hosts.map(async (host, number) => {
      const home = await PostHome.make(
        join(servers.dir, `home${number}`),
        account(servers, "listpipe"),
        `[retry]\nfirst = "1s"\nmost = "1s"\ngive_up = "3s"\n[outbound]\nsmtp = "smtp://127.0.0.1:${host.port}"\nrate = 0\n`,
      );
      const verp = number === 0 ? "never" : "always";
      await home.tell("list", "create", list, ...strict, `verp=${verp}`);
      const members = membersAt(host);
      await home.tell("member", "add", list, ...members);
      await home.run(t);
      const from = `well@${host.domain}`;
      await home.give(
        post(from, list, "own"),
        ...["receive", "--sender", from, "--", list],
      );
      for (const address of members) {
        const kind = kindOf(address);
        if (kind) await home.logged(new RegExp(`${address}: ${kind} `));
        if (kind === "hard")
          await home.logged(new RegExp(`${address}: the trial came back`));
      }
      await home.idle();
      t.same(await standings(home, list), expected(members), host.domain);
      for (const name of ["gone", "later", "policy", "grey"]) {
        const address = `${name}@${host.domain}`;
        t.same(
          await records(home, address),
          kindOf(address) ? { [list]: lines(address, "ours", 1) } : {},
          address,
        );
      }
      for (const name of ["well", "grey"])
        t.equal(subjects(host, name, list), "own", name);
    }),
  );
}
