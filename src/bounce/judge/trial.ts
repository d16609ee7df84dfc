/**
 * Who gets no mail of a list because it came back: a trial now and then, each with a return path of its
 * own; the first that does not come back ends it well, the last one of several that did ends it for good.
 * The member is told each time. Done again for the same entry it comes to the same.
 */
import { DAY, daysOf } from "../../base/units.ts";
import { keyringOf } from "../../lists/keyring.ts";
import { letter, readerOf } from "../../lists/letter.ts";
import { extended } from "../../lists/marks.ts";
import { stamped } from "../../lists/stamps.ts";
import { stateOf } from "../../lists/state.ts";
import { textFor } from "../../lists/texts/texts.ts";
import { keyOf } from "../../mail/address.ts";
import type { Bounce } from "../../state/bounces.ts";
import type { Probe } from "../../state/probes.ts";
import { missedSince } from "./missed.ts";
import type { Occasion } from "./occasion.ts";
import { sentenceFor } from "./sentences.ts";
import { isSilent, remove, silence, unsilence } from "./silence.ts";

/** How long a trial has to come back in, milliseconds: most do within minutes, some after days. */
export const PATIENCE = 3 * DAY;

/** From now on no mail, but trials. @param last the bounce that was one too many */
export async function begin(
  occasion: Occasion,
  { key, address, reason, detail }: Bounce,
): Promise<void> {
  const { site, list, now, id, log } = occasion;
  const { probes } = await stateOf(site.home);
  const probe = {
    ...{ key, address, reason, source: id },
    ...{ since: now, sent: 1, last: now, failed: 0, ended: "" as const },
  };
  if (!(await probes.begin(keyOf(list.address), probe))) return;
  const why = detail === "" ? reason : `${reason}: ${detail}`;
  await silence({ home: site.home, list, address }, why, now);
  await sendProbe(occasion, probe);
  log(`${address} is suspended: ${why}`);
}

/** Writes to somebody who gets no mail, to see whether it comes back. */
async function sendProbe(occasion: Occasion, probe: Probe): Promise<void> {
  const { site, list, now, emit } = occasion;
  const { address } = probe;
  const keyring = await keyringOf(site.home, { now: () => now });
  const stamping = { site, list, keyring };
  const [path] = await stamped(stamping, "probe", now, [address]);
  const reader = await readerOf(occasion, address);
  const { probes: most, probe_every } = list.settings.bounces;
  const posts = await missedSince(site, list, probe.since);
  const content = letter(occasion, reader, "bounce-probe", {
    address,
    reason: reasonFor(occasion, reader.languages, probe.reason),
    number: probe.sent,
    most,
    days: daysOf(probe_every),
    ...(posts.length > 0 ? { posts } : {}),
  });
  const sender = path?.address;
  emit({
    recipient: address,
    content,
    outside: true,
    ...(sender ? { sender } : {}),
  });
}

function reasonFor(
  { site, list }: Occasion,
  languages: readonly string[],
  reason: string,
): string {
  return textFor({ site, list, languages }, sentenceFor(reason), {}).body;
}

/** How a look at somebody on trial ended. */
export type Step = "waits" | "probe" | "restored" | "removed" | "over";

/** What is due for one who is on trial. */
export async function goOn(occasion: Occasion, probe: Probe): Promise<Step> {
  const { site, list, now, id } = occasion;
  const { probes } = await stateOf(site.home);
  const name = keyOf(list.address);
  const mine = probe.source === id;
  if (probe.ended !== "") {
    if (mine) return end(occasion, probe, probe.ended);
    await probes.remove(name, probe.key);
    return "over";
  }
  const whom = { home: site.home, list, address: probe.address };
  // Somebody may have said something about it meanwhile.
  if (!(await isSilent(whom))) {
    await probes.remove(name, probe.key);
    return "over";
  }
  const { action, probe_every, probes: most } = list.settings.bounces;
  const age = now - probe.last;
  if (probe.failed < probe.sent) {
    if (mine) return again(occasion, probe);
    return age < PATIENCE ? "waits" : end(occasion, probe, "restored");
  }
  if (age < probe_every) return "waits";
  if (probe.sent < most)
    return again(occasion, {
      ...probe,
      sent: probe.sent + 1,
      last: now,
      source: id,
    });
  return action === "remove" ? end(occasion, probe, "removed") : "waits";
}

async function again(occasion: Occasion, probe: Probe): Promise<Step> {
  const { probes } = await stateOf(occasion.site.home);
  await probes.put(keyOf(occasion.list.address), probe);
  await sendProbe(occasion, probe);
  return "probe";
}

async function end(
  occasion: Occasion,
  probe: Probe,
  ended: "restored" | "removed",
): Promise<Step> {
  const { site, list, id, emit, log } = occasion;
  const { address, since } = probe;
  const reader = await readerOf(occasion, address);
  const { probes, bounces } = await stateOf(site.home);
  const name = keyOf(list.address);
  await probes.put(name, { ...probe, ended, source: id });
  const whom = { home: site.home, list, address };
  if (ended === "restored") {
    await unsilence(whom);
    await bounces.close(name, probe.key);
  } else await remove(whom);
  const posts = await missedSince(site, list, since);
  const missed = posts.length > 0 ? { posts } : {};
  const content =
    ended === "restored"
      ? letter(occasion, reader, "bounce-restored", { address, ...missed })
      : letter(occasion, reader, "bounce-removed", {
          address,
          reason: reasonFor(occasion, reader.languages, probe.reason),
          join: extended(site, list, "subscribe"),
          ...missed,
        });
  emit({ recipient: address, content, outside: true });
  log(`${address} is ${ended}`);
  return ended;
}
