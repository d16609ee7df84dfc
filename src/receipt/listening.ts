/**
 * Where a door listens: a port, or a socket in the home or elsewhere. After a crash a socket
 * file may be left: it is replaced; one that somebody listens on is not.
 */
import { chmodSync, lstatSync, mkdirSync, statSync, unlinkSync } from "node:fs";
import { connect, type Server, type Socket } from "node:net";
import { dirname, resolve, sep } from "node:path";
import { errnoOf, exit, Failure, messageOf } from "../base/errors.ts";

/** Where a door is. */
export type Place =
  | { readonly path: string }
  | { readonly host: string; readonly port: number };

/** A door that is open. */
export interface OpenDoor {
  /** `127.0.0.1:8024`, or the path of the socket. */
  readonly where: string;
  /** Finishes what is in flight and refuses what is new; then nobody is connected any more. */
  close(): Promise<void>;
}

/** The settings of a door. */
export interface Listening {
  /** Where they stand, for errors: `lmtp`. */
  readonly section: string;
  /** host:port, or a path, from the home where it is not absolute. */
  readonly listen: string;
  /** Permissions of a socket, in octal. */
  readonly mode: string;
}

/** @param listen the setting: host:port, or a path, from the home where it is not absolute */
export function placeOf(home: string, listen: string): Place {
  const [, host, port] = /^(.+):(\d{1,5})$/.exec(listen) ?? [];
  if (host === undefined) return { path: resolve(home, listen) };
  return { host: host.replace(/^\[(.*)\]$/, "$1"), port: Number(port) };
}

/**
 * Prepares for a door, and listens: the folder of a socket is there, and no stale one in its place.
 * @returns `127.0.0.1:8024`, or the path of the socket
 * Throws Failure.
 */
export async function listen(
  server: Server,
  home: string,
  settings: Listening,
): Promise<string> {
  const { section, mode } = settings;
  const place = placeOf(home, settings.listen);
  if ("path" in place) {
    makeFolderOf(section, home, place.path);
    await removeStale(section, place.path);
  }
  await new Promise<void>((done, fail) => {
    const failed = (error: Error) => {
      const isTaken = errnoOf(error) === "EADDRINUSE";
      const advice = `${isTaken ? "end what listens there, or " : ""}set another place`;
      fail(
        new Failure(
          exit.config,
          `[${section}] listen: ${messageOf(error)}; ${advice}`,
        ),
      );
    };
    server.once("error", failed);
    // Nobody may connect before the permissions are as they should be.
    const mask = process.umask(0o177);
    server.listen(place, () => {
      server.removeListener("error", failed);
      done();
    });
    process.umask(mask);
  });
  if ("path" in place) {
    chmodSync(place.path, Number.parseInt(mode, 8));
    return place.path;
  }
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  const { host } = place;
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}

/** Makes the folder of a socket where it is missing; the system would say "permission denied". */
function makeFolderOf(section: string, home: string, path: string): void {
  const folder = dirname(path);
  if (statSync(folder, { throwIfNoEntry: false })) return;
  const refused = (what: string) =>
    new Failure(exit.config, `[${section}] listen = "${path}": ${what}`);
  if (!folder.startsWith(`${resolve(home)}${sep}`))
    throw refused(
      `there is no folder ${folder}; make it, or set another place`,
    );
  try {
    mkdirSync(folder, { recursive: true, mode: 0o750 });
  } catch (error) {
    throw refused(`its folder cannot be made: ${messageOf(error)}`);
  }
}

/** Removes the file of a socket that nobody listens on. */
async function removeStale(section: string, path: string): Promise<void> {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (!stat) return;
  const refused = (what: string) =>
    new Failure(exit.config, `[${section}] listen = "${path}": ${what}`);
  if (!stat.isSocket()) throw refused("there is a file that is no socket");
  if (await answers(section, path))
    throw refused("somebody listens there already, maybe another listmill");
  unlinkSync(path);
}

function answers(section: string, path: string): Promise<boolean> {
  return new Promise((done, fail) => {
    const socket: Socket = connect({ path });
    socket.once("connect", () => {
      socket.destroy();
      done(true);
    });
    socket.once("error", (error) => {
      const code = errnoOf(error);
      if (code === "ECONNREFUSED" || code === "ENOENT") done(false);
      else
        fail(new Failure(exit.config, `[${section}] listen: ${error.message}`));
    });
  });
}
