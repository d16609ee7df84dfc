// Appends posts to a mailbox, as a program that can be killed: HOME FIRST LAST BYTES.
import { toMbox } from "../../src/archivers/mbox.ts";
import { postOf, text } from "./post.ts";

const [, , home = "", first, last, size] = process.argv;
for (let number = Number(first); number <= Number(last); number += 1) {
  const body = `From ${number}\n`.repeat(Number(size) / 8);
  await toMbox(await postOf(home, number, text(`p${number}`, body)), {
    folder: "mbox",
  });
}
