/**
 * Which recipients get a return path of their own: how a list's setting `verp` is written. Pure.
 */
import { textLike } from "../../base/settings.ts";

export type Verp =
  | { readonly kind: "never" }
  | { readonly kind: "always" }
  /** All recipients of every so-many-th post. */
  | { readonly kind: "every"; readonly posts: number }
  /** So many in a hundred of the recipients of each post, others each time. */
  | { readonly kind: "share"; readonly percent: number };

/** Reads the setting; undefined where it is none. */
export function verpOf(text: string): Verp | undefined {
  if (text === "never" || text === "always") return { kind: text };
  const [, every, share] =
    /^(?:every ([1-9]\d{0,5})|([1-9]\d?|100) ?%)$/.exec(text) ?? [];
  if (every !== undefined) return { kind: "every", posts: Number(every) };
  if (share !== undefined) return { kind: "share", percent: Number(share) };
  return undefined;
}

export const verp = () =>
  textLike(
    '"never", "always", "every 5" or "10%"',
    (value) => verpOf(value) !== undefined,
  );
