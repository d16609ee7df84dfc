#!/usr/bin/env listmill-hook
// Recipients from a web server: section [web] of list.toml.
import type { Ask, Reply } from "../../../src/hook.ts";
import { recipientsFrom } from "../../../src/lists/sources/source.ts";
import { webRecipients } from "../../../src/lists/sources/web.ts";

export default function web(ask: Ask): Reply {
  return recipientsFrom(ask, "web", webRecipients);
}
