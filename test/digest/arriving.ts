// A list with a digest whose hook is asked as the mill asks it, for tests.
import { join } from "node:path";
import type { Test } from "tap";
import {
  type Arrival,
  collectOrIssue,
  type Following,
} from "../../src/digest/stream.ts";
import { Lists } from "../../src/lists/directory.ts";
import { loadSite } from "../../src/lists/settings.ts";
import { makeState } from "../../src/state/state.ts";

export const HOUR = 3_600_000;
export const noon = Date.parse("2026-03-01T12:00:00Z");
export const address = "dev@x.org";

/** @param settings of [digest] */
export async function digest(t: Test, settings: object) {
  const home = t.testdir({ lists: {} });
  await (await makeState({ home })).close();
  const site = loadSite(home);
  const lists = new Lists(home, site);
  let list = await lists.create(address, { digest: { ...settings } });
  let scratches = 0;
  const arrive = (id: string, more: Partial<Arrival> = {}) =>
    collectOrIssue({
      site,
      list,
      id,
      received: new Date(more.now ?? noon),
      now: noon,
      extension: "",
      byHand: false,
      content: [Buffer.from(`Subject: ${id}\n\nHello\n`)],
      address: (extension) => `dev-${extension}@x.org`,
      scratch: () => {
        scratches += 1;
        return join(home, `scratch.${scratches}`);
      },
      log: () => {},
      ...more,
    });
  /** Has the alarm that one of them is. */
  const ring = (
    id: string,
    { recipient, due = 0 }: Following,
    now = due * 1000,
  ) => {
    const extension = /digest-(issue[^@]*)/.exec(recipient)?.[1] ?? "";
    return arrive(id, { extension, now });
  };
  const set = (changed: object) => {
    const { settings } = list;
    const digest = { ...settings.digest, ...changed };
    list = { ...list, settings: { ...settings, digest } };
  };
  const digestDir = join(home, "archive", address, "digest");
  return { home, site, list, arrive, ring, set, digestDir };
}
