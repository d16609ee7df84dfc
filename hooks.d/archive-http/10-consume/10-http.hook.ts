#!/usr/bin/env listmill-hook
// Sends the post to a web server: [archive.http].
import { consume } from "../../../src/archivers/asked.ts";
import { toHttp } from "../../../src/archivers/http.ts";
import type { Ask, Reply } from "../../../src/hook.ts";

export default function take(ask: Ask): Promise<Reply> {
  return consume(ask, ask.site.archive.http, toHttp);
}
