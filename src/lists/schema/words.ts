/**
 * The words that the schemas of settings are written in: kinds of values, and the note of what a
 * setting means. Pure, but for the host's name.
 */
import { hostname } from "node:os";
import { z } from "zod";
import { several, type Table, textLike } from "../../base/settings.ts";
import { canonical, canonicalDomain } from "../../mail/address.ts";

interface Note {
  readonly about: string;
  /** What holds without the setting, where the schema cannot say it. */
  readonly without?: string;
  /** Not for the variables of hooks. */
  readonly secret?: boolean;
  /** Of sections that have any name: one of them. */
  readonly example?: readonly [name: string, values: Table];
}

export const notes = z.registry<Note>();

/** Adds what a setting means; the last call on a schema. */
export function note<T extends z.ZodType>(
  schema: T,
  about: string,
  more: Omit<Note, "about"> = {},
): T {
  notes.add(schema, { about, ...more });
  return schema;
}

const hasControl = (value: string) => /\p{Cc}/u.test(value);

export const line = () =>
  textLike(
    "text on one line, up to 500 characters",
    (value) => !hasControl(value) && value.length <= 500,
  );

export const path = () =>
  textLike(
    "a path, absolute or from the home",
    (value) => value !== "" && !hasControl(value),
  );

export const address = () =>
  textLike(
    'an address such as "anna@example.org"',
    (value) => canonical(value) !== undefined,
  );

/** Whose posts a consumer gets. @param gets what it gets, such as "posts" */
export const lists = (gets: string) =>
  note(
    several(
      textLike(
        'a list\'s address, or "@example.org" for all of a domain, in lower case',
        (value) =>
          value.startsWith("@")
            ? canonicalDomain(value.slice(1)) === value.slice(1)
            : canonical(value)?.toLowerCase() === value,
      ),
    ).optional(),
    `The lists whose ${gets} it gets.`,
    { without: "all lists" },
  );

export const hostName = () =>
  textLike('a host name such as "lists.example.org"', (value) =>
    /^(?!.{254})[a-z0-9]([a-z0-9-]{0,62})(\.[a-z0-9][a-z0-9-]{0,62})*$/i.test(
      value,
    ),
  );

export const domainName = () =>
  textLike(
    'a domain such as "example.org"',
    (value) => !value.startsWith("[") && canonicalDomain(value) !== undefined,
  );

/** Where a door listens. */
export const listening = () =>
  textLike(
    "host:port, or the path of a socket, absolute or from the home",
    (value) => {
      const [, port] =
        /^(?:\[[0-9a-f:.]+\]|[^:/\s]+):(\d{1,5})$/i.exec(value) ?? [];
      if (port !== undefined) return Number(port) < 65_536;
      // An address without its port is no file.
      const isPath = !value.includes(":") && !/^[\d.]+$/.test(value);
      return isPath && value !== "" && !hasControl(value);
    },
  );

export const socketMode = () =>
  textLike('permissions such as "0660"', (value) => /^0?[0-7]{3}$/.test(value));

export const observe = () =>
  several(
    textLike('a hook as "posts/10-approve/50-mine"', (value) =>
      /^[^/\s]+\/[^/\s]+\/[^/\s]+$/.test(value),
    ),
  ).prefault([]);

/** Whether it is a URL of one of the schemes with nothing but a host and a port. */
export function isServer(value: string, schemes: readonly string[]): boolean {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  return (
    url !== undefined &&
    schemes.includes(url.protocol) &&
    url.hostname !== "" &&
    `${url.username}${url.password}${url.search}${url.hash}` === "" &&
    ["", "/"].includes(url.pathname)
  );
}

/** Whether it is a URL of a database, without a password: a URL is shown and logged. */
export function isDatabase(value: string, schemes: readonly string[]): boolean {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  return (
    url !== undefined &&
    schemes.includes(url.protocol) &&
    value.startsWith(`${url.protocol}//`) &&
    `${url.password}${url.search}${url.hash}` === "" &&
    url.hostname !== "" &&
    /^\/[^/]+$/.test(url.pathname)
  );
}

/** This host's name, made fit for EHLO. */
export function hostsName(): string {
  const name = hostname().toLowerCase();
  return hostName().safeParse(name).success ? name : "localhost";
}
