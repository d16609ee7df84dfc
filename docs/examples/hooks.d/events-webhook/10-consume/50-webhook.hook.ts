#!/usr/bin/env listmill-hook
// Tells events to a server of one's own, signed as standardwebhooks.com says: webhook-id is the event's
// id, so that it can tell what it has had. [custom] in list.toml, or [list.custom] of the site: webhook_url, and
// webhook_secret, a file with "whsec_" and the key in base64, from the home.
import { createHmac } from "node:crypto";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Ask, Reply } from "../../../../../src/hook.ts";

const TIMEOUT = 20_000;
/** Milliseconds for which nothing is sent to a server that is away. */
const PAUSE = 60_000;

export default async function webhook(ask: Ask): Promise<Reply> {
  const custom = (ask.list?.settings.custom ?? ask.site.list.custom ?? {}) as {
    readonly webhook_url?: string;
    readonly webhook_secret?: string;
  };
  const { webhook_url: url, webhook_secret: file } = custom;
  if (!url || !file) return;
  const message = await readFile(await ask.file(), "utf8");
  const body = message.slice(message.indexOf("\n\n") + 2);
  const { id } = JSON.parse(body);
  const secret = (await readFile(resolve(ask.site.home, file), "utf8")).trim();
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const timestamp = String(Math.floor(ask.now / 1000));
  const signature = createHmac("sha256", key)
    .update(`${id}.${timestamp}.${body}`)
    .digest("base64");
  let answer: Response;
  try {
    answer = await fetch(url, {
      method: "POST",
      body,
      redirect: "manual",
      headers: {
        "content-type": "application/json",
        "webhook-id": id,
        "webhook-timestamp": timestamp,
        "webhook-signature": `v1,${signature}`,
      },
      signal: AbortSignal.any([ask.signal, AbortSignal.timeout(TIMEOUT)]),
    });
    await answer.body?.cancel();
  } catch (error) {
    const { cause = error } = error as { cause?: unknown };
    return ask.away(`${url}: ${cause}`, ask.now + PAUSE);
  }
  if (answer.ok) return;
  if (answer.status === 410)
    return ask.reject(`${url}: it wants no more of these (410)`);
  return ask.later(`${url}: it answers ${answer.status}`);
}
