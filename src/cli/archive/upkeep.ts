/** `archive reindex` and `archive verify`: whether index and archive are whole. */
import { join } from "node:path";
import { withCatalogue } from "../../archive/catalogue.ts";
import { lookOverArchive } from "../../archive/verify.ts";
import { exit } from "../../base/errors.ts";
import { plural } from "../../base/log.ts";
import { Report } from "../../spool/verify/report.ts";
import type { Order } from "../archive.ts";
import { untilEnded } from "../asnode.ts";
import { noMore } from "../context.ts";
import { asJson, asLine } from "../findings.ts";
import { Meter } from "../meter.ts";
import { write } from "../output.ts";
import { withIndex } from "./catalogue.ts";

export async function reindex(order: Order): Promise<number> {
  const { context, list, rest } = order;
  noMore(rest, 0);
  const { home } = context.site;
  await withCatalogue(home, list.address, ({ index }) => index.clear());
  const count = await withIndex(order, ({ index }) => index.count);
  context.say(
    context.json
      ? JSON.stringify({ list: list.address, posts: count })
      : `${list.address}: ${plural(count, "post", "posts")} indexed`,
  );
  return exit.ok;
}

export async function verify(order: Order): Promise<number> {
  const { context, list, rest } = order;
  noMore(rest, 0);
  const { home } = context.site;
  const { json } = context;
  return untilEnded((signal) =>
    withIndex(order, async (catalogue) => {
      const { count } = catalogue.index;
      const meter = new Meter(context.clock, "post", "posts", count);
      const report = new Report(home, json ? asJson(meter) : asLine(meter));
      if (json) await write('{"findings":[');
      await lookOverArchive(join(home, "archive"), report, signal, {
        only: list.address,
      });
      await catalogue.compare(report, signal, () => meter.add(1));
      meter.wipe();
      const { broken, notes } = report;
      if (json)
        await write(
          `\n],"posts":${count},"broken":${broken},"notes":${notes}}\n`,
        );
      else
        context.say(
          `${plural(count, "post", "posts")}: ${broken > 0 ? `${broken} not whole` : "all whole"}`,
        );
      return broken > 0 ? exit.dataError : exit.ok;
    }),
  );
}
