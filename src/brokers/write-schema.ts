/** Writes docs/consumer-envelope.schema.json from the source: `npm run settings`. */
import { join } from "node:path";
import { replace } from "../spool/durable.ts";
import { schemaPage } from "./envelope.ts";

const docs = join(import.meta.dirname, "../../docs");

await replace(join(docs, "consumer-envelope.schema.json"), schemaPage());
