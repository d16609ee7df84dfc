import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { Fresh } from "../../src/lists/fresh.ts";

t.test(
  "what cannot be read is an error for as long as it cannot",
  async (t) => {
    const path = join(t.testdir(), "list.toml");
    mkdirSync(path);
    const fresh = new Fresh(path, () => {
      const content = readFileSync(path, "utf8");
      return { content, make: () => content };
    });
    // Beyond the moment from which an unchanged file is trusted.
    for (const end = performance.now() + 1300; performance.now() < end; )
      try {
        t.fail(`it is there: ${fresh.get()}`);
        break;
      } catch (error) {
        if (!String(error).includes("EISDIR")) throw error;
      }
    rmSync(path, { recursive: true });
    t.equal(fresh.get(), undefined, "and is gone when it is gone");
    writeFileSync(path, "here");
    t.equal(fresh.get(), "here");
  },
);
