// Lists of ezmlm as ezmlm-make leaves them.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** A list. @param people addresses by folder, "" for the subscribers */
export function ezmlmList(
  dir: string,
  files: Record<string, string> = {},
  people: Record<string, readonly string[]> = {},
): string {
  const all: Record<string, string> = {
    key: "secret",
    outlocal: "talk\n",
    outhost: "lists.example.org\n",
    flags: "-aBDpu\n",
    ...files,
  };
  for (const [name, text] of Object.entries(all)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    writeFileSync(join(dir, name), text);
  }
  for (const [folder, addresses] of Object.entries(people)) {
    const subscribers = join(dir, folder, "subscribers");
    mkdirSync(subscribers, { recursive: true });
    const files = new Map<string, string>();
    for (const [at, address] of addresses.entries()) {
      // Which of the 53 files it is tells ezmlm's hash; for reading it does not count.
      const file = String.fromCharCode(64 + (at % 53));
      files.set(file, `${files.get(file) ?? ""}T${address}\0`);
    }
    for (const [name, text] of files)
      writeFileSync(join(subscribers, name), text);
  }
  return dir;
}
