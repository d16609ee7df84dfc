/**
 * The settings of a list of Mailman 2, with the values that numbers stand for. Pure.
 */
import { domainOf, localOf } from "../../mail/address.ts";
import type { Counterpart } from "../counterparts.ts";
import type { Fate, Posting } from "../posting.ts";
import type { PythonValue } from "../python/literal.ts";

export type Two = Counterpart<PythonValue, Source2>;

/** Bits of a member's options. */
export const bits = {
  noMail: 1,
  notOwn: 2,
  acknowledge: 4,
  plain: 8,
  hidden: 16,
  noReminder: 32,
  otherTopics: 64,
  moderated: 128,
  noDuplicates: 256,
} as const;

/** Days, hours and the like come as floats. */
export class Source2 {
  readonly values: ReadonlyMap<string, PythonValue>;
  readonly address: string;

  constructor(values: ReadonlyMap<string, PythonValue>, address: string) {
    this.values = values;
    this.address = address;
  }

  flag(name: string, without = false): boolean {
    return this.number(name, without ? 1 : 0) !== 0;
  }

  number(name: string, without = 0): number {
    return numberOf(this.values.get(name)) ?? without;
  }

  text(name: string): string {
    return textOf(this.values.get(name));
  }

  /** Texts of a list; of a text, its lines. */
  several(name: string): string[] {
    return severalOf(this.values.get(name));
  }

  map(name: string): ReadonlyMap<PythonValue, PythonValue> {
    const value = this.values.get(name);
    return value instanceof Map ? value : new Map();
  }

  get posting(): Posting {
    const fates: readonly Fate[] = ["hold", "reject", "discard"];
    const action = fates[this.number("member_moderation_action")] ?? "hold";
    const moderated = this.flag("default_member_moderation");
    const others: readonly Fate[] = ["accept", ...fates];
    return {
      members: moderated ? action : "accept",
      others: others[this.number("generic_nonmember_action", 1)] ?? "hold",
      membersTold: this.text("member_moderation_notice"),
      othersTold: this.notice("nonmember_rejection_notice"),
    };
  }

  /** A text that is said to an author. */
  notice(name: string): string {
    const { address } = this;
    const owner = `${localOf(address)}-owner@${domainOf(address)}`;
    return this.text(name).replaceAll("%(listowner)s", owner);
  }
}

export function textOf(value: PythonValue | undefined): string {
  return typeof value === "string" ? value : "";
}

export function numberOf(value: PythonValue | undefined): number | undefined {
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value === "number" && Number.isFinite(value)) return value;
  return typeof value === "string" && /^\d{1,9}$/.test(value)
    ? Number(value)
    : undefined;
}

export function severalOf(value: PythonValue | undefined): string[] {
  if (typeof value === "string") return value.split("\n").filter(Boolean);
  return Array.isArray(value)
    ? value.filter((one) => typeof one === "string")
    : [];
}
