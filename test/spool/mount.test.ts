import t from "tap";
import {
  isNfs,
  mountAt,
  mountOf,
  parseMounts,
  troubles,
} from "../../src/spool/mount.ts";

const mounts = parseMounts(
  [
    "22 1 254:0 / / rw,relatime - ext4 /dev/vda rw",
    "23 22 0:5 / /tmp rw shared:1 - tmpfs tmpfs rw",
    "24 23 7:0 / /tmp/with\\040space rw - ext4 /dev/loop0 rw",
    "25 22 8:1 / /data rw - xfs /dev/sda1 rw",
    "26 22 8:2 / /data rw - btrfs /dev/sda2 rw",
    "27 22 0:40 / /srv/lists rw,relatime - nfs4 nas:/lists rw,vers=4.2,hard,acregmax=600",
    "",
    "what is this",
  ].join("\n"),
);
const at = (path: string) => mountAt(path, mounts);

t.test("the innermost mount counts", async (t) => {
  t.match(at("/home/x"), { type: "ext4", device: "254:0" });
  t.match(at("/tmp/with space/home"), { type: "ext4", device: "7:0" });
  t.equal(at("/tmp/with")?.type, "tmpfs");
  t.equal(at("/tmpfiles")?.device, "254:0", "a longer name is none within");
  t.equal(at("/data/x")?.type, "btrfs", "of two at one place the later");
  t.equal(mountOf("/proc")?.type, "proc");
  t.equal(mountOf("/nowhere/at/all"), undefined);
});

t.test("options that break what the spool relies on are told", async (t) => {
  const what = (type: string, options: string) =>
    troubles({ point: "/srv", device: "", type, options: options.split(",") });
  t.same(what("ext4", "soft"), [], "that is for NFS alone");
  for (const cache of ["positive", "pos", "none"])
    t.same(what("nfs4", `rw,vers=4.2,hard,lookupcache=${cache}`), []);
  for (const soft of ["soft", "softerr"])
    t.match(what("nfs", `${soft},lookupcache=none`), [
      {
        level: "error",
        what: /^\/srv: mounted with soft.*; mount it with hard$/,
      },
    ]);
  t.same(what("nfs4", "hard,softreval,lookupcache=positive"), []);
  t.match(what("nfs4", "vers=4.2,hard"), [
    { level: "warning", what: /lookupcache=positive/ },
  ]);
  t.match(what("nfs", "vers=2,hard,lookupcache=none"), [
    { level: "error", what: /vers=4.2 or vers=3/ },
  ]);
  t.match(what("nfs4", "hard,nocto,lookupcache=positive"), [
    { level: "error", what: /mounted with nocto/ },
  ]);
  const lists = at("/srv/lists/spool");
  t.ok(lists && isNfs(lists));
  t.match(lists && troubles(lists), [
    { what: /acregmax=600.*actimeo=1/ },
    { what: /lookupcache/ },
  ]);
});
