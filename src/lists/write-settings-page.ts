/** Writes docs/settings.md from the schemas: `npm run settings`. */
import { join } from "node:path";
import { replace } from "../spool/durable.ts";
import { settingsPage } from "./manual.ts";

await replace(
  join(import.meta.dirname, "../../docs/settings.md"),
  settingsPage(),
);
