/** The index of a list's archive, brought up to it with a word on how far that is. */
import { join } from "node:path";
import { type Catalogue, withCatalogue } from "../../archive/catalogue.ts";
import type { Order } from "../archive.ts";
import { Meter } from "../meter.ts";

/** HOME/archive/LIST */
export function archiveDirOf({
  context,
  list,
}: Pick<Order, "context" | "list">): string {
  return join(context.site.home, "archive", list.address);
}

/** Work with an index that is up to the archive. */
export function withIndex<T>(
  { context, list }: Pick<Order, "context" | "list">,
  work: (catalogue: Catalogue) => Promise<T> | T,
): Promise<T> {
  return withCatalogue(context.site.home, list.address, async (catalogue) => {
    const { behind } = catalogue;
    const meter = new Meter(context.clock, "post", "posts", behind);
    try {
      await catalogue.catchUp({ onMore: (posts) => meter.add(posts) });
    } finally {
      meter.wipe();
    }
    return work(catalogue);
  });
}
