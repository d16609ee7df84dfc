/**
 * Runs several test files in one process, which loads once what they have in common. The first is
 * its argument, by which tap names folders; LISTMILL_TEST_BATCH has the others, separated by spaces.
 */
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const others = process.env.LISTMILL_TEST_BATCH?.split(" ") ?? [];
for (const file of [process.argv[2] ?? "", ...others])
  await import(pathToFileURL(resolve(file)).href);
