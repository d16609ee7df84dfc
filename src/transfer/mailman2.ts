/**
 * Reads a list of Mailman 2: what `bin/dumpdb lists/NAME/config.pck` prints, all of it, or what
 * `bin/config_list -o` writes, its settings alone.
 */
import { exit, Failure } from "../base/errors.ts";
import { keyOf } from "../mail/address.ts";
import { Account, addressOf } from "./account.ts";
import { weigh } from "./counterparts.ts";
import { wholeFile } from "./files.ts";
import type { Found, FoundMember, Wanted } from "./found.ts";
import { each } from "./mailman/both.ts";
import { members2 } from "./mailman/members2.ts";
import { counterparts2, membersTold } from "./mailman/settings2.ts";
import { Source2, textOf } from "./mailman/source2.ts";
import { posting } from "./posting.ts";
import { assignmentsIn } from "./python/assignments.ts";
import { type PythonValue, pythonLiteral } from "./python/literal.ts";
import { decoded } from "./texts.ts";

export async function mailman2(path: string, wanted: Wanted): Promise<Found> {
  const bytes = await wholeFile(path);
  if (/^(\x80|\}q|\(dp?\d)/.test(bytes.toString("latin1", 0, 8)))
    throw new Failure(
      exit.dataError,
      `${path}: this is the pickle itself, which only Python reads; print it with Mailman's bin/dumpdb ${path} > FILE, and import FILE`,
    );
  const text = textIn(bytes);
  const { values, whole } = valuesIn(text, path);
  const name = textOf(values.get("real_name")).trim();
  const host = textOf(values.get("host_name")).trim();
  if (values.size < 10)
    throw new Failure(
      exit.dataError,
      `${path}: these are not the settings of a list of Mailman 2; make the file with: bin/dumpdb lists/NAME/config.pck > FILE`,
    );
  const told = name && host ? `${name}@${host}` : undefined;
  const address = keyOf(addressOf(path, told, wanted.address));
  const source = new Source2(values, address);
  const account = new Account();
  posting(account, source.posting);
  weigh(counterparts2, values, account, source);
  const members: FoundMember[] = members2(source, path);
  if (whole) membersTold(account, source, members.length);
  else
    account.lose(
      "members",
      "",
      "config_list does not tell them",
      "--members FILE with what list_members -r -f prints, --digest-members FILE for list_members -d -f",
    );
  return account.found(address, each(members));
}

/** @returns whole: with members and all that Mailman keeps */
function valuesIn(text: string, path: string) {
  const frame =
    /^(?:\[-{5} start \S+ file -{5}\]|\[-{5} end \S+ file -{5}\]|<-{5} start object \d+ -{5}>|<-{5} end object \d+ -{5}>)[ \t]*$/gm;
  const objects = text.match(/^<-{5} start object \d+ -{5}>/gm) ?? [];
  if (objects.length > 1)
    throw new Failure(
      exit.dataError,
      `${path}: more than one object; a config.pck has one`,
    );
  // Lines stay where they are, for errors.
  const inside = text.replace(frame, "");
  if (!/^\s*\{/.test(inside))
    return { values: assignmentsIn(text, path), whole: false };
  const found = pythonLiteral(inside, path);
  const values = new Map<string, PythonValue>();
  if (found instanceof Map)
    for (const [key, value] of found) values.set(String(key), value);
  return { values, whole: values.has("members") };
}

/** The text, in the charset that its first lines name (PEP 263). */
function textIn(bytes: Buffer): string {
  const head = bytes.toString("latin1", 0, 400).split("\n", 3).join("\n");
  const coding = /^#.*?coding[:=][ \t]*([-\w.]+)/m.exec(head)?.[1];
  if (coding === undefined || /^(us-)?ascii$/i.test(coding))
    return decoded(bytes);
  try {
    return new TextDecoder(coding, { fatal: true }).decode(bytes);
  } catch {
    return decoded(bytes);
  }
}
