/** Where a broker is and as whom it is spoken to: the options of the command line before the settings of the home. */
import { resolve } from "node:path";
import { exit, Failure } from "../../base/errors.ts";
import type { Access } from "../../brokers/address.ts";
import { isServer } from "../../lists/schema/words.ts";

/** Options. */
export interface Said {
  readonly url?: string | undefined;
  readonly user?: string | undefined;
  readonly "password-file"?: string | undefined;
  readonly "ca-file"?: string | undefined;
}

/**
 * @param settings the section of the home; its login goes to its own server alone
 * @param schemes such as "amqp:"; the first is shown as an example
 */
export function accessOf(
  values: Said,
  settings: Access,
  schemes: readonly string[],
): Access {
  const url = values.url === undefined ? settings.url : urlOf(values, schemes);
  const isOther = serverOf(url) !== serverOf(settings.url);
  const { user, password_file, ca_file }: Partial<Access> = isOther
    ? {}
    : settings;
  return {
    url,
    user: values.user ?? user,
    password_file: typed(values["password-file"]) ?? password_file,
    ca_file: typed(values["ca-file"]) ?? ca_file,
  };
}

/** What is typed starts where the person is; settings start at the home. */
function typed(path: string | undefined): string | undefined {
  return path === undefined ? undefined : resolve(path);
}

/** A server as one text, however its URL is written. */
export function serverOf(url: string): string {
  const { protocol, host } = new URL(url);
  return `${protocol}//${host}`;
}

/** Throws a Failure where it is missing, or is none for these schemes. */
export function urlOf({ url }: Said, schemes: readonly string[]): string {
  const [scheme] = schemes;
  if (url === undefined)
    throw new Failure(
      exit.usage,
      `which broker? Give --url ${scheme}//host:port, or name a home that has its section with --home DIR`,
    );
  if (isServer(url, schemes)) return url;
  throw new Failure(
    exit.usage,
    `--url takes ${scheme}//host:port without a name and password (--user, --password-file)`,
  );
}
