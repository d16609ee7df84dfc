/**
 * Recipients from a web server: a text in one of the formats that files have. The answer is written
 * to a file, whole, before any of it is used; what has not changed since is not sent again.
 */
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exit, Failure } from "../../base/errors.ts";
import { replace } from "../../spool/durable.ts";
import type { SourceSettings } from "../schema/sources.ts";
import { type SourceContext, sourceFailure } from "./context.ts";
import { keptFile } from "./kept.ts";
import { addressesIn } from "./text/formats.ts";
import { certificatesOf, certificatesOfTheSystem, secretOf } from "./trust.ts";
import { type Copy, copyOf, openCopy } from "./web/copy.ts";
import { ask } from "./web/request.ts";

type WebSettings = SourceSettings<"web">;

/** All addresses. Throws a Failure (try later) where the answer could not be had whole. */
export async function* webRecipients(
  settings: WebSettings,
  context: SourceContext,
): AsyncGenerator<string[]> {
  const url = new URL(settings.url);
  // Behind the ? there may be a secret.
  const name = `${url.origin}${url.pathname}`;
  const { path, remove } = placeOf(settings, context);
  let copy: Copy | undefined;
  try {
    copy = await upToDate(url, settings, context, path);
    const { include: _, ...alone } = context;
    yield* addressesIn([[name, copy.bytes()]], settings, alone);
  } catch (error) {
    throw sourceFailure(`[web] ${name}`, error);
  } finally {
    await copy?.close();
    remove();
  }
}

/** The copy at a path, once the server has said that it is the newest or sent a newer one. */
async function upToDate(
  url: URL,
  settings: WebSettings,
  context: SourceContext,
  path: string,
): Promise<Copy> {
  const last = await openCopy(path);
  try {
    const answer = await ask(url, {
      token: tokenOf(settings, context),
      ca:
        certificatesOf(settings.ca_file, placeIn(context)) ??
        (url.protocol === "https:" ? certificatesOfTheSystem() : []),
      timeout: settings.timeout,
      known: last?.validators,
    });
    if (answer.kind === "unchanged" && last) return last;
    if (answer.kind === "body")
      await replace(path, copyOf(answer.validators, answer.body));
  } catch (error) {
    await last?.close();
    throw error;
  }
  await last?.close();
  const copy = await openCopy(path);
  if (copy) return copy;
  throw new Error(`${path}: this copy is gone again`);
}

/** Where the answer lies; while it is only tried out, in a folder that goes with it. */
function placeOf(
  { url }: WebSettings,
  { trial, home, list }: SourceContext,
): { path: string; remove: () => void } {
  if (trial) {
    const folder = mkdtempSync(join(tmpdir(), "listmill-web-"));
    return {
      path: join(folder, "copy"),
      remove: () => rmSync(folder, { recursive: true, force: true }),
    };
  }
  const hash = createHash("sha256").update(url).digest("hex").slice(0, 32);
  const path = keptFile(home, list.address, `web.${hash}.copy`);
  return { path, remove: () => {} };
}

function placeIn({ home }: SourceContext) {
  return { home, section: "web" };
}

function tokenOf({ token_file }: WebSettings, context: SourceContext) {
  if (token_file === undefined) return undefined;
  const token = secretOf("token_file", token_file, placeIn(context));
  // RFC 6750, 2.1. What is wrong with it is not told: it is a secret.
  if (/^[A-Za-z0-9._~+/-]+=*$/.test(token)) return token;
  throw new Failure(
    exit.tryLater,
    `[web] token_file ${token_file} holds no bearer token on its first line`,
  );
}
