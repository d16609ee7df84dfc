// Members of the list `news`, added by the verb.
import type { Test } from "tap";
import command from "../../src/cli/member.ts";
import { news, verb } from "./atHome.ts";

export async function member(
  t: Test,
  home: string,
  ...addresses: readonly string[]
): Promise<void> {
  const { code, err } = await verb(t, home, command, [
    "add",
    news,
    ...addresses,
  ]);
  if (code !== 0) throw new Error(err);
}
