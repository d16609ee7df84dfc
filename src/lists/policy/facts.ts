/**
 * What the rules of a policy ask about a post, or about a person who wants something of a list.
 * Each fact is looked for when a rule first asks for it, and once.
 */
import { oneLine } from "../../base/log.ts";
import { lengthOf } from "../../base/pieces.ts";
import { keyOf, parseAddresses } from "../../mail/address.ts";
import { type Attached, attachmentsOf } from "../../mail/attachments.ts";
import { believed, type Result } from "../../mail/authres.ts";
import { authorOf, type Message } from "../../mail/message.ts";
import { decodeWords } from "../../mail/words.ts";
import type { PersonRole } from "../../state/member.ts";
import type { List } from "../directory.ts";
import { isBrought, type Posting } from "../posting.ts";
import { rosterOf } from "../roster.ts";
import { acceptedBy } from "./authors.ts";
import { type Windows, windowsOf } from "./windows.ts";

export interface Facts {
  /** Who is meant: the address in From, else the envelope's sender; "" where nobody is named. */
  readonly author: string;
  /** The same only if it stands in From. */
  readonly from: string;
  /** The envelope's sender; "" for the null sender. */
  readonly sender: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** The clock on the wall; that of the host where it is undefined. */
  readonly timezone: string | undefined;
  /** Bytes of the whole message. */
  readonly size: number;
  isMember(): Promise<boolean>;
  /** What the roster says of a member; undefined where it is none of the roster's. */
  person(): Promise<Person | undefined>;
  hasRole(role: PersonRole): Promise<boolean>;
  subject(): string;
  /** The values of all fields of that name, decoded. */
  fields(name: string): readonly string[];
  /** How many addresses stand in To and Cc. */
  recipients(): number;
  attachments(): Promise<readonly Attached[]>;
  /** What is believed of Authentication-Results. */
  results(): readonly Result[];
  /** How many other posts of this author the list has accepted within so many milliseconds. */
  posts(within: number): Promise<number>;
}

/** What the roster knows of a member that rules ask for. */
export interface Person {
  readonly key: string;
  readonly moderation?: "default" | "moderated" | "free";
  /** Since when it gets no mail. */
  readonly suspended?: number | undefined;
}

/** The roster, as far as rules ask it. */
export interface People {
  get(list: string, address: string): Promise<Person | undefined>;
  /** Roles that were given to a person besides those of the settings. */
  roles?(list: string, address: string): Promise<ReadonlySet<PersonRole>>;
  withRole?(list: string, role: PersonRole): Promise<readonly string[]>;
}

/** What facts are found out with; a hook's `ask` has all of it but perhaps the list. */
export type About = Posting & {
  readonly id: string;
  readonly message: Pick<Message, "header" | "body" | "pieces">;
  readonly site: {
    readonly authserv_ids: readonly string[];
    /** Whether fields right below our own Received are believed too. */
    readonly authserv_below?: boolean;
    readonly outbound: { readonly timezone?: string | undefined };
  };
};

/** Where facts come from that others keep; the home's own without it. */
export interface Keepers {
  readonly people?: People;
  readonly windows?: () => Promise<Windows>;
}

/** @param keepers for tests */
export function factsOf(about: About, keepers: Keepers = {}): Facts {
  const { list, message, site, envelope } = about;
  const { header } = message;
  const people: People = keepers.people ?? rosterOf(site.home);
  const windows = keepers.windows ?? (() => windowsOf(site.home));
  const from = authorOf(header) ?? "";
  const author = from || envelope.sender;
  const person = once(async () =>
    author === "" ? undefined : people.get(list.address, author),
  );
  const given = once(async () =>
    author === ""
      ? none
      : ((await people.roles?.(list.address, author)) ?? none),
  );
  return {
    author,
    from,
    sender: envelope.sender,
    now: about.now,
    timezone: site.outbound.timezone,
    size: lengthOf(message.pieces()),
    person,
    isMember: once(
      async () =>
        (await person()) !== undefined || (await isBrought(about, author)),
    ),
    hasRole: async (role) => {
      if (author === "") return false;
      if (namedIn(list, role, author) || (await given()).has(role)) return true;
      // Where nobody is named a moderator, the owners are.
      if (role !== "moderator" || list.settings.moderators.length > 0)
        return false;
      const isOwner =
        namedIn(list, "owner", author) || (await given()).has("owner");
      return (
        isOwner &&
        ((await people.withRole?.(list.address, role)) ?? []).length === 0
      );
    },
    subject: () => header.text("Subject"),
    fields: (name) =>
      header
        .all(name)
        .map((value) => oneLine(decodeWords(value), Number.POSITIVE_INFINITY)),
    recipients: once(() =>
      ["To", "Cc"]
        .flatMap((name) => header.all(name))
        .reduce((sum, value) => sum + parseAddresses(value).length, 0),
    ),
    attachments: once(async () => {
      const found: Attached[] = [];
      for await (const one of attachmentsOf(message)) found.push(one);
      return found;
    }),
    results: once(() =>
      believed(header, site.authserv_ids, site.authserv_below),
    ),
    posts: async (within) =>
      acceptedBy(await windows(), {
        list: list.address,
        author,
        id: about.id,
        since: about.now - within,
      }),
  };
}

const none: ReadonlySet<PersonRole> = new Set();

/** Whether the settings name somebody for a role. */
function namedIn(
  { settings }: List,
  role: PersonRole,
  author: string,
): boolean {
  const named = {
    owner: settings.owners,
    moderator: settings.moderators,
    poster: [],
  }[role];
  const key = keyOf(author);
  return named.some((one) => keyOf(one) === key);
}

/** The same, found out when it is first asked for, and never again. */
function once<T>(find: () => T): () => T {
  let found: { readonly value: T } | undefined;
  return () => {
    found ??= { value: find() };
    return found.value;
  };
}
