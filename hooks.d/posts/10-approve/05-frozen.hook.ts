#!/usr/bin/env listmill-hook
// Nothing is posted to a list that is frozen (setting `frozen`).
import type { Ask, Reply } from "../../../src/hook.ts";

export default function frozen({ list, reject }: Ask): Reply {
  if (list?.settings.frozen)
    return reject(`${list.address} takes no posts for now.`);
}
