/**
 * What a second host and NFS cost and bring: posts to ten members and claims, on one and two hosts, on
 * a host's own disk and on NFS. The hosts are virtual machines on this one, all of its processors
 * together are theirs: only the ratios mean anything.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { formatName, freshName } from "../src/spool/name.ts";
import { type Host, hosts, Lab, lacking } from "../test/road/lab.ts";
import { Home } from "../test/road/labHome.ts";
import { atEnd } from "./ending.ts";
import type { Result, Row } from "./table.ts";

const POSTS = 150;
const CLAIMS = 3000;
const TITLE = `hosts: ${POSTS} posts to 10 members, and claims of ${CLAIMS} entries, virtual machines with NFS 4.2`;

export async function bench(): Promise<Result> {
  const skipped = lacking();
  if (skipped !== false) return { title: TITLE, skipped };
  const lab = await Lab.up({ teardown: atEnd });
  const [first, second] = hosts;
  const local = await posts(lab, "local", [first], first);
  const one = await posts(lab, "one", [first]);
  const two = await posts(lab, "two", [first, second]);
  const four = await posts(lab, "four", [first, second, first, second]);
  const claimedLocally = await claims(lab, "claims-local", [first], first);
  const claimed = await claims(lab, "claims-one", [first]);
  const contended = await claims(lab, "claims-two", [first, second]);
  lab.down();
  const ofLocal = (figure: number, reference: number) => ({
    figure,
    references: { "its own disk": reference },
  });
  const rows: Row[] = [
    { name: "1 host, its own disk", unit: "posts/s", figure: local },
    { name: "1 host, NFS", unit: "posts/s", ...ofLocal(one, local) },
    {
      name: "2 hosts, NFS",
      unit: "posts/s",
      figure: two,
      references: { "its own disk": local, "1 host, NFS": one },
    },
    {
      name: "2 hosts, 4 runners, NFS",
      unit: "posts/s",
      figure: four,
      references: { "its own disk": local, "1 host, NFS": one },
    },
    {
      name: "claims, 1 host, its own disk",
      unit: "claims/s",
      figure: claimedLocally.rate,
    },
    {
      name: "claims, 1 host, NFS",
      unit: "claims/s",
      ...ofLocal(claimed.rate, claimedLocally.rate),
    },
    {
      name: "claims, 2 hosts that compete, NFS",
      unit: "claims/s",
      figure: contended.rate,
      references: { "1 host, NFS": claimed.rate },
    },
    {
      name: "claims that another was faster with",
      unit: "%",
      figure: (contended.missed / (CLAIMS + contended.missed)) * 100,
    },
  ];
  return { title: TITLE, rows };
}

/** @returns posts a second, from the first runner's start to an empty spool, less a start */
async function posts(
  lab: Lab,
  name: string,
  on: readonly Host[],
  disk?: Host,
): Promise<number> {
  const home = await Home.make(lab, name, disk);
  const runners = await Promise.all(on.map((host) => home.run(host)));
  const begun = performance.now();
  home.bring(POSTS);
  await home.done(runners, 600);
  const seconds = (performance.now() - begun) / 1000;
  const { lost, doubles } = home.account(POSTS);
  if (lost.length + doubles > 0)
    throw new Error(`${name}: ${lost.length} lost, ${doubles} twice`);
  for (const runner of runners) await runner.stop();
  return POSTS / seconds;
}

interface Claimed {
  /** A second, of all together. */
  readonly rate: number;
  readonly missed: number;
}

async function claims(
  lab: Lab,
  name: string,
  on: readonly Host[],
  disk?: Host,
): Promise<Claimed> {
  const root = disk ? lab.disk(disk, name) : join(lab.folder, name);
  const queue = join(root, "spool/claims");
  for (const folder of ["new", "tmp", "cur"])
    mkdirSync(join(queue, folder), { recursive: true });
  const now = Date.now() - 60_000;
  for (let at = 0; at < CLAIMS; at += 1)
    mkdirSync(join(queue, "new", formatName(freshName(now))));
  const path = `${disk ? "/var/local" : lab.share}/${name}`;
  const program = resolve(import.meta.dirname, "claiming.ts");
  const all = on.map((host) =>
    lab.exec(host, process.execPath, program, path, host),
  );
  writeFileSync(join(root, "go"), "");
  const told = (await Promise.all(all)).map(
    (text) =>
      JSON.parse(text) as { got: number; missed: number; seconds: number },
  );
  const got = told.reduce((sum, it) => sum + it.got, 0);
  if (got !== CLAIMS) throw new Error(`${name}: ${got} claims of ${CLAIMS}`);
  return {
    rate: CLAIMS / Math.max(...told.map(({ seconds }) => seconds)),
    missed: told.reduce((sum, it) => sum + it.missed, 0),
  };
}
