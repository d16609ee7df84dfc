/**
 * Who may bring bounces by HTTP: by the network that a connection comes from, and by the token that a
 * request shows. Both are read when the door opens. What a client says of itself in X-Forwarded-For and
 * the like is never looked at.
 */
import { createHash, timingSafeEqual } from "node:crypto";
import { resolve } from "node:path";
import { exit, Failure } from "../base/errors.ts";
import { Networks } from "../base/network.ts";
import { secretIn } from "../lists/secret.ts";
import type { Site } from "../lists/settings.ts";
import { placeOf } from "./listening.ts";

export interface Gate {
  /** @param address of the connection; a socket of the file system has none */
  mayConnect(address: string): boolean;
  /** Why a request may not, for the log; undefined where it may. @param authorization its header */
  whyNot(authorization: string | undefined): string | undefined;
}

/** Throws Failure where there is no token, or others can read it. */
export function gateOf({ home, http }: Site): Gate {
  const isSocket = "path" in placeOf(home, http.listen);
  const networks = new Networks(http.networks);
  const token = secretIn(home, http.token_file)?.trim() ?? "";
  const file = resolve(home, http.token_file);
  if (token === "" && !isSocket)
    throw new Failure(
      exit.config,
      `[http] token_file: there is no token in ${file}; make one with: (umask 077; openssl rand -hex 32 > ${file})`,
    );
  const wanted = digestOf(token);
  return {
    mayConnect: (address) => isSocket || networks.has(address),
    whyNot(authorization) {
      if (token === "") return undefined;
      const shown = /^Bearer +(\S+) *$/i.exec(authorization ?? "")?.[1];
      if (shown === undefined) return "it shows no token";
      return timingSafeEqual(digestOf(shown), wanted)
        ? undefined
        : "it shows a wrong token";
    },
  };
}

function digestOf(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}
