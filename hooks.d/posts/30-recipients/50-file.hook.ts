#!/usr/bin/env listmill-hook
// Recipients out of text files: section [file] of list.toml.
import type { Ask, Reply } from "../../../src/hook.ts";
import { fileRecipients } from "../../../src/lists/sources/file.ts";
import { recipientsFrom } from "../../../src/lists/sources/source.ts";

export default function file(ask: Ask): Reply {
  return recipientsFrom(ask, "file", fileRecipients);
}
