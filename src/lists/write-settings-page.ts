/** Writes docs/settings.md, docs/event.schema.json and the table in docs/templates.md from the source: `npm run settings`. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { replace } from "../spool/durable.ts";
import { settingsPage } from "./manual.ts";
import { eventPage } from "./schema/event.ts";
import { withTable } from "./texts/manual.ts";

const docs = join(import.meta.dirname, "../../docs");
const texts = join(docs, "templates.md");

await replace(join(docs, "settings.md"), settingsPage());
await replace(join(docs, "event.schema.json"), eventPage());
await replace(texts, withTable(readFileSync(texts, "utf8")));
