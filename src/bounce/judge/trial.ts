/**
 * Who gets no mail of a list because it came back: a trial now and then, each with a return path of its
 * own; the first that does not come back ends it well, the last one of several that did ends it for good.
 * The member is told each time. Done again for the same entry it comes to the same.
 */
import { failpoint } from "../../base/failpoint.ts";
import { DAY, daysOf, HOUR } from "../../base/units.ts";
import { keyringOf } from "../../lists/keyring.ts";
import { letter, readerOf } from "../../lists/letter.ts";
import { extended } from "../../lists/marks.ts";
import { hasSource } from "../../lists/refine/shrink.ts";
import { stamped } from "../../lists/stamps.ts";
import { stateOf } from "../../lists/state.ts";
import { textFor } from "../../lists/texts/texts.ts";
import { keyOf } from "../../mail/address.ts";
import { type Bounce, dayOf } from "../../state/bounce.ts";
import type { Probe } from "../../state/probes.ts";
import { causeOf, emitJudged } from "./event.ts";
import { Missed } from "./missed.ts";
import type { Occasion } from "./occasion.ts";
import { isHaltedOn } from "./outage.ts";
import { sentenceFor } from "./sentences.ts";
import { remove, silence, standingOf, unsilence } from "./silence.ts";
import { type Signed, TRIAL } from "./whom.ts";

/** From now on no mail, but trials. @param last the bounce that was one too many */
export async function begin(
  occasion: Occasion,
  { key, address, reason, detail }: Bounce,
): Promise<void> {
  const { site, list, now, id, log } = occasion;
  const state = await stateOf(site.home);
  const { probes } = state;
  const name = keyOf(list.address);
  const cause = causeOf(occasion);
  const whom = { home: site.home, list, address, cause };
  const standing = await standingOf(whom, hasSource(list.settings));
  if (standing === "theirs" || standing === "nobody") return;
  // Somebody may have let the mail go there again by hand.
  const there = await probes.get(name, key);
  if (there && there.source !== id && standing === "open")
    await probes.remove(name, key);
  const why = detail === "" ? reason : `${reason}: ${detail}`;
  await silence(whom, why, now);
  failpoint("trial-silenced");
  const probe = {
    ...{ key, address, reason, source: id },
    ...{ since: now, sent: 1, last: now, failed: 0, back: 0 },
    ended: "" as const,
  };
  if (!(await probes.begin(name, probe))) return;
  failpoint("trial-begun");
  // Others may have found out meanwhile that the day counts for nothing.
  if (await isHaltedOn(state, name, key, dayOf(now))) {
    await unsilence(whom);
    await probes.remove(name, key);
    return;
  }
  await send(occasion, probe, new Missed(site, list));
  emitJudged(occasion, address, "suspended", why);
  log(`${address} is suspended: ${why}`);
}

/** Writes to somebody who gets no mail, to see whether it comes back. */
async function send(
  occasion: Occasion,
  probe: Probe,
  missed: Missed,
): Promise<void> {
  const { site, list, now, emit } = occasion;
  const { address } = probe;
  const keyring = await keyringOf(site.home, { now: () => now });
  const stamping = { site, list, keyring };
  const [path] = await stamped(stamping, "probe", now, [address], true);
  const reader = await readerOf(occasion, address);
  const { probes: most, probe_every } = list.settings.bounces;
  const posts = await missed.since(probe.since);
  const words = {
    address,
    reason: reasonFor(occasion, reader.languages, probe.reason),
    number: probe.sent,
    most,
    days: daysOf(probe_every),
    ...(posts.length > 0 ? { posts } : {}),
  };
  const token = path?.stamp;
  const more = token === undefined ? {} : { token };
  const content = letter(occasion, reader, TRIAL, words, more);
  const sender = path?.address;
  emit({
    recipient: address,
    content,
    outside: true,
    ...(sender ? { sender } : {}),
  });
}

/** Whether what we have signed is the trial that was sent last: times in stamps are hours. */
export function isAbout(
  { key, last }: Probe,
  signed: Signed | undefined,
): boolean {
  if (!signed?.isProbe || keyOf(signed.address) !== key) return false;
  const hourOf = (time: number) => Math.floor(time / HOUR);
  return hourOf(signed.time) >= hourOf(last);
}

/**
 * A trial has come back. On a day that counts for nothing it was none, and is sent again.
 * @returns whether that is news
 */
export async function fail(
  { site, list, now }: Occasion,
  probe: Probe,
): Promise<boolean> {
  if (probe.ended !== "" || probe.failed >= probe.sent) return false;
  const state = await stateOf(site.home);
  const name = keyOf(list.address);
  const to = (await isHaltedOn(state, name, probe.key, dayOf(now)))
    ? unsent(list, probe)
    : { ...probe, failed: probe.sent, back: now };
  return state.probes.move(name, probe, to);
}

/** As if the last trial had not been sent, and it were time for it. */
export function unsent({ settings }: Occasion["list"], probe: Probe): Probe {
  const sent = probe.sent - 1;
  const last = probe.last - settings.bounces.probe_every;
  return { ...probe, sent, failed: sent, last };
}

function reasonFor(
  { site, list }: Occasion,
  languages: readonly string[],
  reason: string,
): string {
  return textFor({ site, list, languages }, sentenceFor(reason), {}).body;
}

/** How a look at somebody on trial ended; `sent` and the two ends wrote a letter. */
export type Step =
  | "waits"
  | "sent"
  | "restored"
  | "undone"
  | "removed"
  | "over";

/** Rows of those whose trial has ended are kept for so long, for the summary. */
export const TOLD = DAY / 2;

/** What is due for one who is on trial. */
export async function goOn(
  occasion: Occasion,
  probe: Probe,
  missed: Missed,
): Promise<Step> {
  const { site, list, now, id } = occasion;
  const state = await stateOf(site.home);
  const { probes } = state;
  const name = keyOf(list.address);
  const mine = probe.source === id;
  if (probe.ended !== "") {
    if (mine) return end(occasion, probe, probe.ended, missed);
    // Those go when they have been told.
    if (probe.ended === "undone" || now - probe.last < TOLD) return "waits";
    await probes.remove(name, probe.key);
    return "over";
  }
  const whom = { home: site.home, list, address: probe.address };
  // Somebody may have said something about it meanwhile.
  if ((await standingOf(whom, false)) !== "ours") {
    await probes.remove(name, probe.key);
    return "over";
  }
  const { action, arrived, probe_every, probes: most } = list.settings.bounces;
  const age = now - probe.last;
  if (probe.failed < probe.sent) {
    if (mine) {
      await send(occasion, probe, missed);
      return "sent";
    }
    return age < arrived ? "waits" : end(occasion, probe, "restored", missed);
  }
  if (age < probe_every) return "waits";
  if (probe.sent < most) {
    const next = { ...probe, sent: probe.sent + 1, last: now, source: id };
    if (!(await probes.move(name, probe, next))) return "waits";
    await send(occasion, next, missed);
    return "sent";
  }
  if (action !== "remove") return "waits";
  return (await isHaltedOn(state, name, probe.key, dayOf(now)))
    ? "waits"
    : end(occasion, probe, "removed", missed);
}

/** Ends it, and tells the member. */
export async function end(
  occasion: Occasion,
  probe: Probe,
  ended: Exclude<Probe["ended"], "">,
  missed: Missed,
): Promise<Step> {
  const { site, list, id, now, emit, log } = occasion;
  const { address, since, reason } = probe;
  const reader = await readerOf(occasion, address);
  const { probes, bounces } = await stateOf(site.home);
  const name = keyOf(list.address);
  const last = probe.ended === "" ? now : probe.last;
  const to = { ...probe, ended, last, source: id };
  if (!(await probes.move(name, probe, to))) return "waits";
  const whom = { home: site.home, list, address, cause: causeOf(occasion) };
  if (ended === "removed") await remove(whom);
  else await unsilence(whom);
  if (ended === "restored") await bounces.close(name, probe.key);
  const posts = await missed.since(since);
  const some = posts.length > 0 ? { posts } : {};
  const content =
    ended !== "removed"
      ? letter(occasion, reader, "bounce-restored", { address, ...some })
      : letter(occasion, reader, "bounce-removed", {
          address,
          reason: reasonFor(occasion, reader.languages, reason),
          join: extended(site, list, "subscribe"),
          ...some,
        });
  emit({ recipient: address, content, outside: true });
  const standing = ended === "removed" ? ended : "restored";
  emitJudged(
    occasion,
    address,
    standing,
    ended === "undone" ? "the day counts for nothing" : reason,
  );
  log(`${address} is ${standing}`);
  return ended;
}
