/**
 * The account of an import: every setting of the other manager is written down as kept, lost or
 * moot, and what it comes to is collected. Lines of rules are put in the order in which they must
 * be asked, whatever the order in which they were found. Pure.
 */
import { exit, Failure } from "../base/errors.ts";
import { oneLine } from "../base/log.ts";
import { tomlValue } from "../base/settings.ts";
import type { PersonRole } from "../lists/people.ts";
import type { Deed } from "../lists/schema/people.ts";
import { canonical, keyOf } from "../mail/address.ts";
import type {
  Found,
  FoundMember,
  FoundText,
  Kept,
  Lost,
  Moot,
} from "./found.ts";

/** When a line about posts is asked: what nobody gets past, who is sent away, what waits, who may. */
export const order = [
  "first",
  "filter",
  "refuse",
  "check",
  "hold",
  "accept",
  "last",
] as const;
export type When = (typeof order)[number];

/** Most lines of a kind: each is read for every post. */
const LINES = 1000;

export class Account {
  readonly #settings: Record<string, unknown> = Object.create(null);
  readonly #rules = new Map<Deed, [When, string][]>();
  readonly #roles = new Map<string, { address: string; role: PersonRole }>();
  readonly #suppressed = new Map<string, { address: string; why: string }>();
  readonly #texts: FoundText[] = [];
  readonly kept: Kept[] = [];
  readonly lost: Lost[] = [];
  readonly moot: Moot[] = [];

  /** Sets a setting; the other manager's one is kept by it. */
  set(setting: string, value: unknown, key: string, to: unknown): void {
    this.put(key, to);
    this.keep(setting, value, `${key} = ${oneLine(tomlValue(to), 120)}`, key);
  }

  /** Sets a setting, and writes nothing down. */
  put(key: string, to: unknown): void {
    this.#settings[key] = to;
  }

  has(key: string): boolean {
    return Object.hasOwn(this.#settings, key);
  }

  /** @param key of the setting that says it, where one does */
  keep(setting: string, value: unknown, becomes: string, key?: string): void {
    const row = { setting, value: shown(value), becomes };
    this.kept.push(key === undefined ? row : { ...row, key });
  }

  lose(setting: string, value: unknown, why: string, instead = ""): void {
    this.lost.push({ setting, value: shown(value), why, instead });
  }

  needless(setting: string, value: unknown, why: string): void {
    this.moot.push({ setting, value: shown(value), why });
  }

  /**
   * Adds lines of [rules].
   * @returns false, and nothing is added, where one cannot be written or they are too many
   */
  rules(
    deed: Deed,
    lines: readonly (string | undefined)[],
    when: When = "check",
  ): boolean {
    const there = this.#rules.get(deed) ?? [];
    if (there.length + lines.length > LINES) return false;
    if (lines.some((line) => line === undefined)) return false;
    for (const line of lines)
      if (!there.some(([at, old]) => at === when && old === line))
        there.push([when, line ?? ""]);
    this.#rules.set(deed, there);
    return true;
  }

  /** The same for a setting: kept by them, or lost where they cannot be. */
  ruled(
    setting: string,
    value: unknown,
    deed: Deed,
    lines: readonly (string | undefined)[],
    when: When = "check",
  ): void {
    if (this.rules(deed, lines, when))
      this.keep(
        setting,
        value,
        `rules.${deed}: ${oneLine(lines.join("; "), 160)}`,
        `rules.${deed}`,
      );
    else
      this.lose(
        setting,
        value,
        `lines of [rules] are ${LINES} at most, of 500 characters and without quotes`,
        `write what matters of it into rules.${deed}`,
      );
  }

  /** @returns false where the address cannot be used: the setting's part is lost */
  role(setting: string, address: string, role: PersonRole): boolean {
    const usable = canonical(address.trim());
    if (usable === undefined) {
      this.lose(
        setting,
        address,
        "no usable address",
        `listmill list set LIST ${role}s=...`,
      );
      return false;
    }
    this.#roles.set(`${role} ${keyOf(usable)}`, { address: usable, role });
    return true;
  }

  suppress(address: string, why: string): void {
    this.#suppressed.set(keyOf(address), { address, why });
  }

  /** A text of the list's own, whole. @param name that of ours */
  text(setting: string, name: string, language: string, text: string): void {
    this.#texts.push({ setting, name, language, text, how: "instead" });
  }

  /** What stands before the body of a text of ours. */
  before(setting: string, name: string, language: string, body: string): void {
    const text = `${body.trim()}\n`;
    this.#texts.push({ setting, name, language, text, how: "before" });
  }

  /** The sum. */
  found(
    address: string,
    members: AsyncIterable<FoundMember>,
    archive?: string,
  ): Found {
    for (const [deed, lines] of this.#rules)
      if (lines.length > 0)
        this.#settings[`rules.${deed}`] = order.flatMap((when) =>
          lines.filter(([at]) => at === when).map(([, line]) => line),
        );
    return {
      address: keyOf(address),
      settings: this.#settings,
      members,
      roles: [...this.#roles.values()],
      suppressed: [...this.#suppressed.values()],
      texts: this.#texts,
      ...(archive === undefined ? {} : { archive }),
      kept: this.kept,
      lost: this.lost,
      moot: this.moot,
    };
  }
}

/** The address of the list. Throws a Failure where the source tells none that can be used. */
export function addressOf(
  source: string,
  told: string | undefined,
  wanted: string | undefined,
): string {
  const address = canonical(wanted ?? told ?? "");
  if (address !== undefined) return address;
  const what = wanted ?? told;
  throw new Failure(
    exit.dataError,
    `${source}: ${what ? `${oneLine(what, 80)} is no address that a list can have` : "the list's address is not told"}; give it with --list ADDRESS`,
  );
}

/** A value as one line. */
export function shown(value: unknown): string {
  if (value instanceof Map) return oneLine(`${value.size} entries`, 200);
  if (typeof value === "string") return oneLine(value, 200);
  if (typeof value === "bigint") return String(value);
  return oneLine(JSON.stringify(value) ?? "", 200);
}
