#!/usr/bin/env listmill-hook
// Nothing is posted to a list that is frozen (setting `frozen`).
import type { Ask, Reply } from "../../../src/hook.ts";

export default function frozen(ask: Ask): Reply {
  if (ask.list?.settings.frozen)
    return ask.reject(ask.text("reason-frozen", {}));
}
