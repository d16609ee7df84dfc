/**
 * Counts the recipients of a section [sql], given as JSON, and prints how many there are and the
 * process's peak of memory in MB.
 */
import { sqlRecipients } from "../../src/lists/sources/sql.ts";
import { contextIn, section } from "../lists/sources/asking.ts";

const [home = "", settings = ""] = process.argv.slice(2);
let count = 0;
const source = sqlRecipients(
  section("sql", JSON.parse(settings)),
  contextIn(home),
);
for await (const some of source) count += some.length;
const peak = Math.round(process.resourceUsage().maxRSS / 1024);
process.stdout.write(`${count} ${peak}\n`);
