/**
 * `make demo`: a school puts on a play, and its mail goes through a mill. Real files, a real
 * runner, a real SMTP server; no root and no network. Exits 0 when everything was as told.
 */
import { digest } from "./chapters/digest.ts";
import { distribution } from "./chapters/distribution.ts";
import { end } from "./chapters/end.ts";
import { home } from "./chapters/home.ts";
import { joining } from "./chapters/joining.ts";
import { refusal } from "./chapters/refusal.ts";
import { waiting } from "./chapters/waiting.ts";
import { freshHome } from "./home.ts";
import { lastWords, Mill } from "./mill.ts";
import { say } from "./page.ts";
import { openPostOffice } from "./postoffice.ts";
import { Untold } from "./told.ts";

const mill = new Mill(freshHome());
const outside = await openPostOffice(`${mill.home}/mail`);
try {
  await Promise.race([story(), mill.broken]);
} catch (error) {
  await mill.stop();
  lastWords(mill);
  say(`\n${error instanceof Untold ? error.message : String(error)}`);
  say(`The home of this demo is kept: ${mill.home}`);
  process.exitCode = 1;
}
await outside.close();
// A story that broke off may still be waiting for something.
process.exit();

async function story(): Promise<void> {
  say("A school puts on a play, and its mail goes through a mill.");
  await home(mill, outside);
  waiting(mill);
  await distribution(mill, outside);
  await refusal(mill, outside);
  await digest(mill, outside);
  await joining(mill, outside);
  await end(mill);
}
