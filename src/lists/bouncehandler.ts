/**
 * Return paths that MediaWiki's BounceHandler has written: for which list a bounce to one is, and who did
 * not get the mail. A path that is not signed with the secret of the settings is nobody's. Files are
 * read anew for each path. Where one cannot be read that is a Failure to try again later: nothing may be
 * refused for that.
 */
import { resolve } from "node:path";
import { exit, Failure, messageOf } from "../base/errors.ts";
import { pagesOfFile } from "../base/lines.ts";
import { canonical, keyOf } from "../mail/address.ts";
import {
  looksLikeReturnPath,
  readReturnPath,
  type Told,
} from "../mail/bouncehandler.ts";
import { secretIn } from "./secret.ts";
import type { Site } from "./settings.ts";

type Needed = Pick<Site, "home" | "bounces">;

/** Of whom a return path tells. */
export interface ReturnedFrom {
  /** The address of the list that the bounces of this wiki are for, in lower case. */
  readonly list: string;
  /** The user's number in the wiki. */
  readonly user: number;
  /** The user's address, canonical, where the file of users tells it. */
  readonly address?: string;
  /** When the mail was sent, milliseconds since 1970. */
  readonly time: number;
}

/**
 * Verifies an address, and looks the user up. Undefined where it is no return path of a wiki that the
 * settings name. Throws Failure 75.
 */
export async function bounceHandlerAt(
  site: Needed,
  address: string,
): Promise<ReturnedFrom | undefined> {
  const told = verified(site, address);
  if (!told) return undefined;
  const known = await addressOf(site, told);
  const { list, user, time } = told;
  return { list, user, time, ...(known && { address: known }) };
}

/** The list that an address is a return path of, without a look at the users. Throws Failure 75. */
export function bounceHandlerList(
  site: Needed,
  address: string,
): string | undefined {
  return verified(site, address)?.list;
}

function verified({ home, bounces }: Needed, address: string) {
  const settings = bounces.bouncehandler;
  if (!settings || !looksLikeReturnPath(address, settings.prefix))
    return undefined;
  const { lists, secret_file } = settings;
  const agreed = { ...settings, secret: secretOf(home, secret_file) };
  const read = readReturnPath(address, agreed, Object.keys(lists));
  if (read.kind !== "ok") return undefined;
  const list = lists[read.wiki];
  if (list === undefined) return undefined;
  return { ...read, list: keyOf(canonical(list) ?? list) };
}

async function addressOf(
  { home, bounces }: Needed,
  { user, wiki }: Told,
): Promise<string | undefined> {
  const users = bounces.bouncehandler?.users;
  if (users === undefined) return undefined;
  const start = `${user}\t`;
  try {
    for await (const lines of pagesOfFile(resolve(home, users)))
      for (const line of lines) {
        if (!line.startsWith(start)) continue;
        const [, address = "", of = wiki] = line.split("\t");
        if (of.trim() === wiki) return canonical(address);
      }
  } catch (error) {
    throw later(`users cannot be read: ${messageOf(error)}`, error);
  }
  return undefined;
}

/** Throws a Failure where the settings name a secret that is not there. */
export function mustHaveSecret({ home, bounces }: Needed): void {
  const { bouncehandler } = bounces;
  if (bouncehandler) secretOf(home, bouncehandler.secret_file);
}

function secretOf(home: string, path: string): string {
  let secret: string | undefined;
  try {
    secret = secretIn(home, path);
  } catch (error) {
    throw later(`secret_file: ${messageOf(error)}`, error);
  }
  if (secret) return secret;
  throw later(`secret_file: there is no key in ${resolve(home, path)}`);
}

function later(what: string, cause?: unknown): Failure {
  return new Failure(exit.tryLater, `[bounces.bouncehandler] ${what}`, {
    cause,
  });
}
