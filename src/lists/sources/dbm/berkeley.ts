/**
 * Reads a Berkeley DB file, hash or btree, without the library: what Postfix and Exim make. Every
 * bucket and every branch is followed and must be there: the library takes a page that was lost, or
 * a file that was cut at a page, for a shorter database. No lock is taken; a file that is written to
 * meanwhile throws.
 * After db_page.h of Berkeley DB: HMETA33, BTMETA33, HKEYDATA, BKEYDATA, BINTERNAL.
 */
import { plural } from "../../../base/log.ts";
import {
  BerkeleyPages,
  berkeleyKind,
  branchPage,
  hashPages,
  leafPage,
  type Page,
} from "./berkeleyPages.ts";
import type { DbmEntry } from "./bytes.ts";

/** How many entries Postfix lets the library expect; it counts on from there. */
const EXPECTED = 4096;
/** More levels than the largest file has. */
const DEEPEST = 32;

/** All entries. Throws where not all are there, or the file is of a kind that is not read. */
export function* berkeleyEntries(path: string): Generator<DbmEntry> {
  const pages = new BerkeleyPages(path);
  try {
    if (berkeleyKind(pages.meta) === "btree")
      yield* below(pages, pages.long(pages.meta, 88), 0);
    else yield* buckets(pages);
    pages.end();
  } finally {
    pages.close();
  }
}

/** Bucket b lies on page b and as many behind as were put in before its power of two. */
function* buckets(pages: BerkeleyPages): Generator<DbmEntry> {
  const most = pages.long(pages.meta, 72);
  if (most > pages.last) throw pages.damaged(`${most} buckets`);
  let count = 0;
  let blank = 0;
  for (let bucket = 0; bucket <= most; bucket += 1) {
    const power = Math.ceil(Math.log2(bucket + 1));
    let number = bucket + pages.long(pages.meta, 96 + 4 * power);
    if (pages.isBlank(number)) {
      blank += 1;
      continue;
    }
    do {
      const page = pages.page(number, hashPages);
      for (let i = 0; i + 1 < page.items; i += 2) {
        yield {
          key: hashItem(pages, page, i),
          value: hashItem(pages, page, i + 1),
        };
        count += 1;
      }
      number = page.next;
    } while (number !== 0);
  }
  const counted = pages.long(pages.meta, 88);
  if (blank > 0 && ![count, count + EXPECTED].includes(counted))
    throw pages.damaged(`it lacks ${plural(blank, "page", "pages")}`);
}

function* below(
  pages: BerkeleyPages,
  number: number,
  depth: number,
): Generator<DbmEntry> {
  if (depth > DEEPEST) throw pages.damaged("its tree has no end");
  const page = pages.page(number, [branchPage, leafPage]);
  if (page.type === branchPage) {
    for (let i = 0; i < page.items; i += 1)
      yield* below(
        pages,
        pages.long(page.bytes, pages.offset(page, i) + 4),
        depth + 1,
      );
    return;
  }
  for (let i = 0; i + 1 < page.items; i += 2) {
    const key = treeItem(pages, page, i);
    const value = treeItem(pages, page, i + 1);
    if (key && value) yield { key, value };
  }
}

/** An item of a hash page reaches to the one before it. */
function hashItem(pages: BerkeleyPages, page: Page, index: number): Buffer {
  const at = pages.offset(page, index);
  const end = index === 0 ? pages.pageSize : pages.offset(page, index - 1);
  const type = page.bytes[at];
  if (at >= end) throw pages.damaged(`page ${page.number}`);
  if (type === 1) return page.bytes.subarray(at + 1, end);
  if (type === 3) return pages.overflow(page, at);
  throw new Error("a database with several values a key is not supported");
}

/** undefined where it was deleted. */
function treeItem(
  pages: BerkeleyPages,
  page: Page,
  index: number,
): Buffer | undefined {
  const at = pages.offset(page, index);
  const type = page.bytes[at + 2] ?? 0;
  if (type & 0x80) return undefined;
  if (type === 3) return pages.overflow(page, at);
  if (type !== 1)
    throw new Error("a database with several values a key is not supported");
  const end = at + 3 + pages.short(page.bytes, at);
  if (end > pages.pageSize) throw pages.damaged(`page ${page.number}`);
  return page.bytes.subarray(at + 3, end);
}
