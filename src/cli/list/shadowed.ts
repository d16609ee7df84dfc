/**
 * Addresses that would be mistaken for each other: `dev-owner@` as a list beside `dev@`.
 */
import { exit, Failure } from "../../base/errors.ts";
import { shadow } from "../../receipt/door.ts";
import type { Context } from "../context.ts";

/** Throws a Failure where a new list would get another one's mail. */
export function mustNotShadow({ lists, site }: Context, address: string): void {
  const names = [...lists.names(), ...lists.moved().keys()].filter(
    (name) => name !== address,
  );
  const other = shadow(names, site.delimiters, address);
  if (other)
    throw new Failure(
      exit.usage,
      `${address}: it would be mistaken for an address of the list ${other}, or that for one of it`,
    );
}

/** Throws a Failure where the address leads to another list. */
export function mustNotHaveMoved({ lists }: Context, address: string): void {
  const to = lists.moved().get(address);
  if (to !== undefined)
    throw new Failure(
      exit.cannotCreate,
      `${address} has moved to ${to}; end that first: listmill list remove ${address}`,
    );
}
