import t from "tap";
import { nameOf } from "../../bench/filesystem.ts";

const mounts = [
  "22 1 254:0 / / rw,relatime - ext4 /dev/vda rw",
  "23 22 0:5 / /tmp rw shared:1 - tmpfs tmpfs rw",
  "24 23 7:0 / /tmp/with\\040space rw - ext4 /dev/loop0 rw",
  "25 22 8:1 / /data rw - xfs /dev/sda1 rw",
  "26 22 8:2 / /data rw - btrfs /dev/sda2 rw",
  "",
].join("\n");
const name = (folder: string) =>
  nameOf(folder, mounts, (device) => device === "7:0");

t.test("the innermost mount counts", async (t) => {
  t.equal(name("/home/x"), "ext4 without a journal");
  t.equal(name("/tmp/with space/home"), "ext4 with a journal");
  t.equal(name("/tmp/with"), "tmpfs");
  t.equal(name("/"), "ext4 without a journal");
});

t.test("a longer name is no folder within", async (t) => {
  t.equal(name("/tmpfiles"), "ext4 without a journal");
  t.equal(name("/tmp"), "tmpfs");
});

t.test("of two mounts at one place the later is seen", async (t) => {
  t.equal(name("/data/x"), "btrfs");
});
