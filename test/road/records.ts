/**
 * What `listmill bounces` tells of a home, as the lines that a journey looks at.
 */
import type { PostHome } from "./postHome.ts";

/** Those of a list whose mail comes back: score and state by address. */
export async function standings(
  home: PostHome,
  list: string,
): Promise<Record<string, string>> {
  const said = await home.tell("bounces", list, "--json");
  const rows: { address: string; score: number; state: string }[] =
    JSON.parse(said);
  return Object.fromEntries(
    rows.map(({ address, score, state }) => [
      address,
      `${score} ${state}`.trim(),
    ]),
  );
}

interface Told {
  readonly list: string;
  readonly trial: { readonly sent: number; readonly failed: number } | null;
  readonly bounces: readonly Readonly<
    Record<"kind" | "trust" | "reason" | "status" | "report", string>
  >[];
}

/** What came back from an address, by list: a line a bounce; those that `show` has nothing of have none. */
export async function records(
  home: PostHome,
  address: string,
): Promise<Record<string, string[]>> {
  let said: string;
  try {
    said = await home.tell("bounces", "show", address, "--json");
  } catch (error) {
    if (/: 67 .*nothing came back/.test(String(error))) return {};
    throw error;
  }
  const told: Told[] = JSON.parse(said);
  return Object.fromEntries(
    told.map(({ list, bounces }) => [
      list,
      bounces.map(({ kind, trust, reason, status }) =>
        [kind, trust, reason, status].join(" ").trim(),
      ),
    ]),
  );
}
