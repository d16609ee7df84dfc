/**
 * Where the LMTP door listens: a port, or a socket in the home or elsewhere. After a crash a socket
 * file may be left: it is replaced; one that somebody listens on is not.
 */
import { chmodSync, lstatSync, mkdirSync, statSync, unlinkSync } from "node:fs";
import { connect, type Server, type Socket } from "node:net";
import { dirname, resolve, sep } from "node:path";
import { errnoOf, exit, Failure, messageOf } from "../base/errors.ts";

/** Where the door is. */
export type Place =
  | { readonly path: string }
  | { readonly host: string; readonly port: number };

/** @param listen the setting: host:port, or a path, from the home where it is not absolute */
export function placeOf(home: string, listen: string): Place {
  const [, host, port] = /^(.+):(\d{1,5})$/.exec(listen) ?? [];
  if (host === undefined) return { path: resolve(home, listen) };
  return { host: host.replace(/^\[(.*)\]$/, "$1"), port: Number(port) };
}

/** Listens. @param mode of a socket, in octal @returns `127.0.0.1:8024`, or the path of the socket */
export async function listen(
  server: Server,
  place: Place,
  mode: string,
): Promise<string> {
  await new Promise<void>((done, fail) => {
    const failed = (error: Error) => {
      const isTaken = errnoOf(error) === "EADDRINUSE";
      const advice = `${isTaken ? "end what listens there, or " : ""}set another place`;
      fail(
        new Failure(
          exit.config,
          `[lmtp] listen: ${messageOf(error)}; ${advice}`,
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

/** Prepares for a socket: its folder is there, and no stale one in its place. Throws Failure. */
export async function prepare(home: string, path: string): Promise<void> {
  makeFolderOf(home, path);
  await removeStale(path);
}

/** Makes the folder of a socket where it is missing; the system would say "permission denied". */
function makeFolderOf(home: string, path: string): void {
  const folder = dirname(path);
  if (statSync(folder, { throwIfNoEntry: false })) return;
  const refused = (what: string) =>
    new Failure(exit.config, `[lmtp] listen = "${path}": ${what}`);
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
async function removeStale(path: string): Promise<void> {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (!stat) return;
  const refused = (what: string) =>
    new Failure(exit.config, `[lmtp] listen = "${path}": ${what}`);
  if (!stat.isSocket()) throw refused("there is a file that is no socket");
  if (await answers(path))
    throw refused("somebody listens there already, maybe another listmill");
  unlinkSync(path);
}

function answers(path: string): Promise<boolean> {
  return new Promise((done, fail) => {
    const socket: Socket = connect({ path });
    socket.once("connect", () => {
      socket.destroy();
      done(true);
    });
    socket.once("error", (error) => {
      const code = errnoOf(error);
      if (code === "ECONNREFUSED" || code === "ENOENT") done(false);
      else fail(new Failure(exit.config, `[lmtp] listen: ${error.message}`));
    });
  });
}
