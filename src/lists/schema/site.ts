/**
 * The settings of a site, listmill.toml.
 */
import { z } from "zod";
import {
  count,
  duration,
  flag,
  several,
  size,
  textLike,
} from "../../base/settings.ts";
import { archive } from "./archive.ts";
import { siteBounces } from "./bounces.ts";
import { told, wrongInState } from "./fitting.ts";
import { http } from "./http.ts";
import { listDefaults } from "./list.ts";
import { node, wrongInRoles } from "./node.ts";
import { pace, wrongInPace } from "./pace.ts";
import {
  address,
  hostName,
  hostsName,
  isDatabase,
  isServer,
  line,
  listening,
  note,
  observe,
  path,
  socketMode,
} from "./words.ts";

const sections = z.strictObject({
  hostname: note(
    hostName().prefault(hostsName),
    "The name of this host in EHLO, Message-IDs and reports.",
    { without: "the host's name" },
  ),
  delimiters: note(
    textLike("some of the characters - + = _ #", (value) =>
      /^[-+=_#]*$/.test(value),
    ).prefault("-+"),
    "What separates a list's name from an extension: list-request, list+subscribe.",
  ),
  postmaster: note(address().optional(), "Who is responsible for this site.", {
    without: "postmaster at the domain of the list",
  }),
  authserv_ids: note(
    several(hostName()).prefault([]),
    "Whose Authentication-Results (RFC 8601) are believed: the name that your mail server writes into them.",
  ),
  authserv_below: note(
    flag().prefault(false),
    "Whether fields right below your server's own Received are believed too: only where it takes away those that strangers wrote in its name (docs/policy.md).",
  ),
  answers: note(
    z
      .strictObject({
        a_day: note(
          count(1, 1000).prefault(10),
          "Most automatic answers a day to an address (RFC 3834).",
        ),
        requests: note(
          count(1, 1000).prefault(5),
          "Most requests to confirm a day to an address,",
        ),
        requests_sender: note(
          count(1, 100_000).prefault(20),
          "an hour on behalf of one sender,",
        ),
        requests_list: note(
          count(1, 1_000_000).prefault(500),
          "and an hour for one list.",
        ),
      })
      .prefault({}),
    "How much mail the lists send by themselves.",
  ),
  limits: note(
    z
      .strictObject({
        message: note(size().prefault("50MB"), "Largest message."),
        header: note(size().prefault("256KB"), "Largest header of a message."),
      })
      .prefault({}),
    "What is too large is rejected.",
  ),
  hooks: note(
    z
      .strictObject({
        timeout: note(
          duration().prefault("60s"),
          "Longest run of a hook; after it its process group is killed and the message waits.",
        ),
        output: note(size().prefault("256MB"), "Largest output of a hook."),
        launchers: note(
          count(1, 256).prefault(4),
          "Shells that start the executable hooks: so many run at once.",
        ),
        servers: note(
          count(1, 64).prefault(1),
          "Processes of each served hook.",
        ),
        hook_user: note(
          line().optional(),
          'Whose account hooks run under where the runner is started as root; "root" only if that is really meant.',
          { without: "a runner of root's starts no hook that is a program" },
        ),
        memory: note(
          size().optional(),
          "Address space that a hook may have (ulimit -v).",
          { without: "no limit" },
        ),
        files: note(
          count(16, 1_000_000).prefault(1024),
          "Files that a hook may have open (ulimit -n).",
        ),
        processes: note(
          count(1, 1_000_000).optional(),
          "Processes that the account may have when a hook starts one (ulimit -u).",
          { without: "no limit" },
        ),
        observe: note(
          observe(),
          "Hooks that run for the log only: their verdict is not acted on.",
        ),
      })
      .prefault({}),
    "How hooks are run.",
  ),
  runner: note(
    z
      .strictObject({
        jobs: note(
          count(1, 1000).prefault(4),
          "Messages that a runner works on at once.",
        ),
        scan: note(
          duration().prefault("5s"),
          "How often the queues are listed; what comes from this host is noticed at once.",
        ),
      })
      .prefault({}),
    "How a runner works.",
  ),
  retry: note(
    z
      .strictObject({
        first: note(
          duration("365d").prefault("5m"),
          "Wait after the first failure; it doubles with each,",
        ),
        most: note(duration("365d").prefault("4h"), "up to this,"),
        give_up: note(
          duration("365d").prefault("5d"),
          "until the message is this old and fails for good.",
        ),
      })
      .prefault({})
      .refine((retry) => retry.first <= retry.most, {
        path: ["most"],
        message: "must be at least retry.first",
      }),
    "When something is tried again.",
  ),
  node,
  lmtp: note(
    z
      .strictObject({
        listen: note(
          listening().prefault("127.0.0.1:8024"),
          "Where listmill run lmtp waits for the MTA. There is no password: whoever can connect can post in anybody's name.",
        ),
        socket_mode: note(
          socketMode().prefault("0660"),
          "Who may connect to a socket: the MTA's account needs to be its group, or it is open to all with 0666.",
        ),
        clients: note(count(1, 10_000).prefault(100), "Connections at once."),
        timeout: note(
          duration().prefault("5m"),
          "Longest silence of a client (RFC 5321, 4.5.3.2).",
        ),
      })
      .prefault({}),
    "The door for an MTA that speaks LMTP (RFC 2033).",
  ),
  http,
  state: note(
    z
      .strictObject({
        url: note(
          textLike(
            '"postgres://user@host:port/database", without a password',
            (value) => isDatabase(value, ["postgres:", "postgresql:"]),
          ).optional(),
          "A PostgreSQL database, which many hosts may share; docs/state.md tells how to move there.",
          { without: "SQLite, in state/listmill.db, for one host" },
        ),
        password_file: note(
          path().optional(),
          "A file with the password on its first line.",
          {
            without: "PGPASSWORD, PGPASSFILE or ~/.pgpass, as psql has it",
          },
        ),
        tls: note(
          flag().prefault(false),
          "Whether the connection is encrypted and the server's certificate checked.",
        ),
        ca_file: note(
          path().optional(),
          "A file with the certificates (PEM) of those who may have signed the server's.",
          { without: "those that the system trusts" },
        ),
        timeout: note(
          duration().prefault("30s"),
          "Longest wait for one answer; after it the message waits and is tried again.",
        ),
      })
      .prefault({})
      .superRefine(told(wrongInState)),
    "Where members, suppressed addresses and what else listmill knows of people lie.",
  ),
  outbound: note(
    z
      .strictObject({
        smtp: note(
          textLike(
            "smtp://host:port, smtps://host:port or lmtp://host:port, without a name and password",
            (value) => isServer(value, ["smtp:", "smtps:", "lmtp:"]),
          ).prefault("smtp://127.0.0.1:25"),
          "The MTA that gets the mail.",
        ),
        rate: note(
          count(0, 1e9).prefault(600),
          "Most messages a minute and runner, a recipient counts one; 0: no limit.",
        ),
        ...pace,
        recipients: note(
          count(1, 100_000).prefault(100),
          "Most recipients of one SMTP transaction.",
        ),
        portion: note(
          count(1, 100_000).prefault(1000),
          "Most recipients of one entry of the outbound queue that is served; longer lists are cut up when their turn comes.",
        ),
        connections: note(
          count(1, 1000).prefault(4),
          "Connections to the MTA at once.",
        ),
        entries: note(
          count(1, 1000).prefault(16),
          "Entries that are served at once, so that small posts need not wait for large ones; where a runner is given --jobs, as many as that.",
        ),
        max_repeat: note(
          count(0, 1e9).prefault(0),
          "Most recipients that may get a post twice when a runner dies: transactions of all connections together are no larger; 0: only recipients counts.",
        ),
        user: note(
          line().optional(),
          "Name for a login at the MTA (AUTH); only over TLS, or on the same host.",
          { without: "no login" },
        ),
        password_file: note(
          path().optional(),
          "File whose first line is the password.",
        ),
        ca_file: note(
          path().optional(),
          "Certificates that the MTA's must be signed by (PEM), for smtps:// and for a login over STARTTLS.",
          { without: "those that the system trusts" },
        ),
        timeout: note(
          duration().prefault("10m"),
          "Longest wait for an answer of the MTA: one that thinks long over a message must not get it twice (RFC 5321, 4.5.3.2).",
        ),
        xverp: note(
          flag().prefault(false),
          "Whether Postfix makes the return paths of recipients itself (XVERP), where it offers to: one transaction for many, but the paths are not signed, so anybody can make them up (docs/personal-mail.md).",
        ),
      })
      .prefault({})
      .superRefine(told(wrongInPace)),
    "How mail leaves.",
  ),
  archive,
  bounces: note(
    siteBounces.prefault({}),
    "Mail that comes back (docs/bounces.md); what is done about it is said for each list.",
  ),
  list: note(
    listDefaults.prefault({}),
    "Defaults for all lists: any setting of list.toml. Those of a source, such as [list.ldap], hold for lists that have such a section themselves; it may be empty.",
  ),
});

/** The settings of a site, listmill.toml. */
export const siteSchema = sections.superRefine(told(wrongInRoles));

/** What listmill.toml says. Durations are milliseconds, sizes bytes. */
export type SiteSettings = z.output<typeof siteSchema>;
