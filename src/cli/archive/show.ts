/** `archive show`: a post as it went out. */
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { findPost, tombstoneOf } from "../../archive/tombstones.ts";
import { exit, Failure } from "../../base/errors.ts";
import { oneLine } from "../../base/log.ts";
import { idIn } from "../../mail/messageidhash.ts";
import type { Order } from "../archive.ts";
import { noMore } from "../context.ts";
import { archiveDirOf, withIndex } from "./catalogue.ts";

export async function show(order: Order): Promise<number> {
  const { list, rest } = order;
  const [typed] = rest;
  if (typed === undefined)
    throw new Failure(
      exit.usage,
      "archive show: which post? Give its number, Message-ID or hash",
    );
  noMore(rest, 1);
  const dir = archiveDirOf(order);
  const number = await numberOf(order, typed);
  const stone = number === undefined ? undefined : tombstoneOf(dir, number);
  if (stone)
    throw new Failure(
      exit.noInput,
      `${list.address}: post ${number} was taken out on ${stone.at.slice(0, 10)} by ${stone.by}: ${stone.reason}`,
    );
  const found = number === undefined ? undefined : findPost(dir, number);
  if (found === undefined)
    throw new Failure(
      exit.noInput,
      `${list.address}: there is no post ${oneLine(typed, 80)} in the archive`,
    );
  await pipeline(createReadStream(found.path), process.stdout, { end: false });
  return exit.ok;
}

async function numberOf(
  order: Order,
  typed: string,
): Promise<number | undefined> {
  if (/^\d{1,15}$/.test(typed)) return Number(typed);
  return withIndex(order, ({ index }) =>
    /^[A-Za-z2-7]{32}$/.test(typed)
      ? index.byHash(typed.toUpperCase())?.number
      : index.byId(idIn(typed) ?? "\n")?.number,
  );
}
