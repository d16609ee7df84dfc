#!/usr/bin/env listmill-hook
// Tells events to a server of one's own, signed as standardwebhooks.com says: webhook-id is the event's
// id, so that it can tell what it has had. [custom] in list.toml, or [list.custom] of the site: webhook_url, and
// webhook_secret, a file with "whsec_" and the key in base64, from the home, which nobody else may read. The URL
// may be a secret too: only its host is told.
import { createHmac } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
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
  if (!URL.canParse(url)) return ask.later("webhook_url is no URL");
  const { host } = new URL(url);
  const message = await readFile(await ask.file(), "utf8");
  const body = message.slice(message.indexOf("\n\n") + 2);
  const { id } = JSON.parse(body);
  const path = resolve(ask.site.home, file);
  if (((await stat(path)).mode & 0o077) !== 0)
    return ask.later(
      `${path}: others can read or change it: chmod 600 ${path}`,
    );
  const secret = (await readFile(path, "utf8")).trim();
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
    // The message of the error itself may have the URL.
    const { cause, name } = error as Error;
    return ask.away(`${host}: ${cause ?? name}`, ask.now + PAUSE);
  }
  if (answer.ok) return;
  if (answer.status === 410)
    return ask.reject(`${host}: it wants no more of these (410)`);
  return ask.later(`${host}: it answers ${answer.status}`);
}
