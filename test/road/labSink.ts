/**
 * The counting sink as a process, for hosts of the lab: its URL on the first line, then a line of JSON a
 * transaction. Ends with its stdin.
 */
import { countingSink } from "./countingsink.ts";

const [host = "127.0.0.1"] = process.argv.slice(2);
const sink = await countingSink({
  host,
  told: ({ message, recipients, at, from }) =>
    console.log(JSON.stringify({ message, recipients, at, from })),
});
console.log(sink.url);
process.stdin.resume().on("end", () => process.exit());
