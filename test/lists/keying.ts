/**
 * Makes keys, for keyring.slow.test.ts: `keying.ts HOME [rotate]` opens the keyring, or makes a key
 * that signs, and prints the number and the secret of the one that signs then.
 */
import { systemClock } from "../../src/base/clock.ts";
import { firstKey, rotate } from "../../src/lists/keyring.ts";

const [home = "", action] = process.argv.slice(2);
if (action === "rotate") await rotate(home, systemClock);
const { number, secret } = (await firstKey(home, systemClock)).signing();
process.stdout.write(`${number} ${secret.export().toString("hex")}\n`);
