import t from "tap";
import { wantsNoArchive } from "../../src/archive/wish.ts";
import { Header } from "../../src/mail/header.ts";

const wishes: [name: string, value: string, isWish: boolean][] = [
  ["X-No-Archive", "yes", true],
  ["x-no-archive", " Yes ", true],
  ["X-No-Archive", "", true],
  ["X-No-Archive", "no", false],
  ["Archive", "no", true],
  ["Archive", "no; filename=a", true],
  ["Archive", "yes", false],
  ["Archive", "nothing", false],
  ["Subject", "X-No-Archive: yes", false],
];

t.test("the author's wish", async (t) => {
  for (const [name, value, isWish] of wishes)
    t.equal(
      wantsNoArchive(new Header().add(name, value)),
      isWish,
      `${name}: ${value}`,
    );
});
