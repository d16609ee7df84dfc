/**
 * The account that hooks run under: never root's by accident. Looks accounts up with id(1), so that
 * those of a directory service are found too.
 */
import { spawnSync } from "node:child_process";
import { exit, Failure } from "../base/errors.ts";

/** A user of this host. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  /** Its primary group. */
  readonly gid: number;
}

/** Whose account hooks get. */
export type Choice =
  | { readonly kind: "own" }
  | { readonly kind: "other"; readonly account: Account }
  | { readonly kind: "none"; readonly reason: string };

/**
 * Decides whose account hooks get.
 * @param wanted the setting hooks.hook_user
 * @param self the runner's user id
 * Throws Failure 78 where the setting cannot hold.
 */
export function chooseAccount(
  wanted: string | undefined,
  self: number | undefined = process.geteuid?.(),
): Choice {
  if (wanted === undefined)
    return self === 0
      ? {
          kind: "none",
          reason:
            "hooks are not run as root: set hooks.hook_user in listmill.toml",
        }
      : { kind: "own" };
  const account = lookUp(wanted);
  if (!account)
    throw new Failure(
      exit.config,
      `listmill.toml: hooks.hook_user: this host has no account "${wanted}"`,
    );
  if (account.uid === self) return { kind: "own" };
  if (self === 0) return { kind: "other", account };
  throw new Failure(
    exit.config,
    `listmill.toml: hooks.hook_user: only a runner of root's can run hooks as ${wanted}; take the setting out, or run listmill as ${wanted}`,
  );
}

const known = new Map<string, Account | undefined>();

/** An account by its name or number; undefined where there is none. */
export function lookUp(name: string): Account | undefined {
  if (!known.has(name)) known.set(name, ask(name));
  return known.get(name);
}

function ask(name: string): Account | undefined {
  const number = (option: string): number | undefined => {
    const { status, stdout } = spawnSync("id", [option, "--", name], {
      encoding: "utf8",
    });
    return status === 0 && /^\d+\s*$/.test(stdout) ? Number(stdout) : undefined;
  };
  const uid = number("-u");
  const gid = number("-g");
  return uid === undefined || gid === undefined
    ? undefined
    : { name, uid, gid };
}
