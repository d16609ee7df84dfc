/**
 * What must hold of the sections of sources beyond each value: placeholders that exist, and settings that
 * fit together. So people are told by `listmill check`, not when a post waits. Pure.
 */
import type { z } from "zod";
import { allPlaceholders, named, namesIn } from "../sources/placeholders.ts";
import {
  mysql,
  postgres,
  sqlite,
  translated,
} from "../sources/sql/statement.ts";

/** Text with placeholders. @param more names that it may have besides */
export function template(schema: z.ZodString, ...more: readonly string[]) {
  return schema.superRefine((value, context) => {
    for (const name of namesIn(value))
      if (!named(name) && !more.includes(name))
        context.addIssue({
          code: "custom",
          message: `there is no %{${name}}; there are ${[...more.map((one) => `%{${one}}`), allPlaceholders].join(", ")}`,
        });
  });
}

/** What is wrong with a section as a whole: the setting, and what to do. */
export type Wrong = readonly [
  setting: string | readonly string[],
  what: string,
];

/** A section of which settings must fit together. */
export function fitting<T extends z.ZodObject>(
  schema: T,
  wrong: (section: z.output<T>) => Iterable<Wrong>,
): T {
  return schema.superRefine(told(wrong));
}

/** The check of a section, for superRefine. */
export function told<S>(
  wrong: (section: S) => Iterable<Wrong>,
): (section: S, context: z.RefinementCtx) => void {
  return (section, context) => {
    for (const [setting, message] of wrong(section))
      context.addIssue({ code: "custom", path: [setting].flat(), message });
  };
}

interface Ldap {
  readonly url: string;
  readonly starttls: boolean;
  readonly ca_file?: string | undefined;
  readonly bind_dn?: string | undefined;
  readonly password_file?: string | undefined;
}

interface Sql {
  readonly url: string;
  readonly tls: boolean;
  readonly ca_file?: string | undefined;
  readonly query: string;
  readonly sender_query?: string | undefined;
  readonly exists_query?: string | undefined;
}

interface State {
  readonly url?: string | undefined;
  readonly password_file?: string | undefined;
  readonly tls: boolean;
  readonly ca_file?: string | undefined;
}

interface Text {
  readonly format: string;
  readonly key?: string | undefined;
  readonly column?: string | number | undefined;
}

export function* wrongInLdap(section: Ldap): Iterable<Wrong> {
  const { url, starttls, ca_file, bind_dn, password_file } = section;
  if (ca_file !== undefined && !starttls && !url.includes("ldaps:"))
    yield ["ca_file", "needs starttls = true, or an ldaps:// URL"];
  if (bind_dn !== undefined && password_file === undefined)
    yield ["bind_dn", "needs a password_file"];
}

export function* wrongInState(section: State): Iterable<Wrong> {
  const { url, password_file, tls, ca_file } = section;
  if (url === undefined && password_file !== undefined)
    yield ["password_file", "needs a url"];
  if (url === undefined && tls) yield ["tls", "needs a url"];
  if (ca_file !== undefined && !tls) yield ["ca_file", "needs tls = true"];
}

export function* wrongInSql(section: Sql): Iterable<Wrong> {
  const { url, tls, ca_file } = section;
  if (ca_file !== undefined && !tls) yield ["ca_file", "needs tls = true"];
  for (const setting of ["query", "sender_query", "exists_query"] as const)
    for (const name of unknownIn(section[setting] ?? "", url))
      yield [
        setting,
        `there is no :${name}; there are :list, :local, :domain, :sender, :recipient, :from, :subject and :header_name`,
      ];
}

/** Names in a query that stand for nothing. */
function unknownIn(query: string, url: string): string[] {
  const isMysql = /^m/.test(url);
  // What a backslash means there, only the server knows.
  if (isMysql && query.includes("\\")) return [];
  const isSqlite = url.startsWith("sqlite:");
  const other = isMysql ? mysql("") : postgres;
  const dialect = isSqlite ? sqlite : other;
  const { names } = translated(query, dialect, () => "");
  return names.filter((name) => !named(name));
}

export function* wrongInText(section: Text): Iterable<Wrong> {
  const { format, key, column } = section;
  if (key !== undefined && format !== "aliases")
    yield ["key", 'is for format = "aliases": set that, or leave this out'];
  if (column !== undefined && format !== "csv")
    yield ["column", 'is for format = "csv": set that, or leave this out'];
}
