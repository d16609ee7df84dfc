#!/usr/bin/env listmill-hook
// Stores the post as archive/LIST/YYYY/MM/NUMBER.eml, and gives a copy to each consumer: the queues
// archive-NAME that have hooks, those that come with listmill where [archive.NAME] is set.
import { join } from "node:path";
import { store } from "../../../src/archive/store.ts";
import type { Ask, Reply } from "../../../src/hook.ts";
import { consumersOf } from "../../../src/lists/consumers.ts";

export default async function keep(ask: Ask): Promise<Reply> {
  const { envelope, id, list, message, site, log } = ask;
  if (!list) return ask.reject("the archive takes posts of lists only");
  const { number } = await store({
    archiveDir: join(site.home, "archive", list.address),
    id,
    content: message.pieces(),
    date: new Date(envelope.received),
  });
  log(`${list.address} ${number}`);
  const { recipient } = envelope;
  for (const queue of consumersOf(ask, "archive", list.address))
    ask.emit({ queue, recipient, number });
}
