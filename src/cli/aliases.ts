/**
 * listmill aliases: what to write into the MTA's configuration.
 */
import { join } from "node:path";
import { exit, Failure } from "../base/errors.ts";
import { domainOf, localOf } from "../mail/address.ts";
import { packageHooks } from "../mill.ts";
import { outside } from "../receipt/door.ts";
import { type Place, placeOf } from "../receipt/listening.ts";
import { parse, type Verb } from "./context.ts";

const verb: Verb = {
  usage: `\
aliases --mta postfix|exim
    What to put into the MTA's configuration, for the lists that there are.`,
  async run(context, args) {
    const { values } = parse(args, { mta: { type: "string" } }, 0);
    const { site, lists } = context;
    const names = [
      ...lists.all().map(({ address }) => address),
      ...lists.moved().keys(),
    ].sort();
    const domains = [
      ...new Set([...names.map(domainOf), ...lists.domains()]),
    ].sort();
    const given = {
      domains: domains.length > 0 ? domains : ["lists.example.org"],
      patterns: (names.length > 0 ? names : ["news@lists.example.org"]).map(
        (name) => patternOf(name, site.delimiters),
      ),
      incoming: join(context.site.home, "spool", "incoming"),
      program: join(packageHooks, "..", "bin", "listmill"),
      home: context.site.home,
      door: placeOf(context.site.home, context.site.lmtp.listen),
    };
    if (values.mta === "postfix") context.say(postfix(given));
    else if (values.mta === "exim") context.say(exim(given));
    else
      throw new Failure(
        exit.usage,
        "aliases takes --mta postfix or --mta exim",
      );
    return exit.ok;
  },
};
export default verb;

interface Given {
  readonly domains: readonly string[];
  /** A regular expression for each list. */
  readonly patterns: readonly string[];
  readonly incoming: string;
  readonly program: string;
  readonly home: string;
  readonly door: Place;
}

/**
 * All addresses of a list, `news-confirm+TOKEN@` too, and nobody's whose name begins like the list's:
 * as POSIX and Perl understand it alike.
 */
function patternOf(address: string, delimiters: string): string {
  const literal = (text: string) => text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
  // In brackets a "-" stands for itself at the end.
  const others = delimiters.replaceAll("-", "");
  const between = `[${others}${others === "" || delimiters.includes("-") ? "-" : ""}]`;
  const more = `(${between}(digest${between}[0-9]+|(${outside.join("|")})(${between}.*)?))?`;
  return `^${literal(localOf(address))}${more}@${literal(domainOf(address))}$`;
}

function postfix({ domains, patterns, program, home, door }: Given): string {
  return `\
# All mail of these domains goes to listmill: by the Maildir, by the pipe or by LMTP, one of them.
# USER is the account that listmill runs under, UID and GID are its numbers, and not root.

# 1. The Maildir: Postfix writes into the spool itself; listmill answers what is for no list.
# In master.cf:
listmill unix - n n - - virtual
  -o virtual_mailbox_base=${join(home, "spool")}
  -o virtual_mailbox_maps=static:incoming/
  -o virtual_mailbox_limit=0
  -o virtual_uid_maps=static:UID
  -o virtual_gid_maps=static:GID

# 2. The pipe: what is for no list is refused by exit code, and Postfix writes the bounce.
# In master.cf:
listmill unix - n n - 4 pipe
  flags=Rq user=USER null_sender=
  argv=${program} --home ${home} receive --sender=\${sender} -- \${recipient}

# For these two. In main.cf, added to what these settings have already:
relay_domains = ${domains.join(" ")}
transport_maps = inline:{ ${each(domains, "listmill:")} }
listmill_destination_recipient_limit = 1

# 3. LMTP: what is for no list is refused while the sender's server still waits for an answer.
# There listens: listmill run lmtp
# In main.cf, added to what these settings have already:
relay_domains = ${domains.join(" ")}
relay_recipient_maps =
transport_maps = inline:{ ${each(domains, lmtpOf(door))} }
smtpd_recipient_restrictions = check_recipient_access inline:{ ${each(domains, "reject_unverified_recipient")} }
unverified_recipient_reject_code = 550
address_verify_negative_refresh_time = 1m
address_verify_negative_expire_time = 5m

# Where people have addresses in these domains too, the lists' addresses go to listmill one by one.
# When lists are made or taken away, print it anew. In /etc/postfix/listmill.regexp:
${patterns.map((pattern) => `/${pattern}/ listmill:`).join("\n")}

# With LMTP it is ${lmtpOf(door)} there, not listmill:
# In main.cf, not relay_domains and transport_maps as above, added to what these settings have already;
# virtual_mailbox_maps is for domains of virtual_mailbox_domains: for those of mydestination it is
# local_recipient_maps, for those of relay_domains relay_recipient_maps.
transport_maps = regexp:/etc/postfix/listmill.regexp
virtual_mailbox_maps = regexp:/etc/postfix/listmill.regexp
listmill_destination_recipient_limit = 1`;
}

/** Entries of a table of Postfix's. */
function each(domains: readonly string[], value: string): string {
  return domains.map((domain) => `${domain}=${value}`).join(", ");
}

function lmtpOf(door: Place): string {
  if ("path" in door) return `lmtp:unix:${door.path}`;
  const host = door.host.includes(":") ? `[${door.host}]` : door.host;
  return `lmtp:inet:${host}:${door.port}`;
}

function exim(given: Given): string {
  const { domains, patterns, incoming, program, home, door } = given;
  return `\
# All mail of these domains goes to listmill: by the Maildir, by the pipe or by LMTP, one of them.
# USER is the account that listmill runs under, and not root.

# Router for the first two, before those for other local domains:
listmill:
  driver = accept
  domains = ${domains.join(" : ")}
  transport = listmill

# 1. The Maildir: Exim writes into the spool itself; listmill answers what is for no list.
# Transport:
listmill:
  driver = appendfile
  directory = ${incoming}
  maildir_format
  create_directory = false
  user = USER
  envelope_to_add
  return_path_add

# 2. The pipe: what is for no list is refused by exit code, and Exim writes the bounce. The
#    envelope is read from the header: Exim passes no address of a stranger on a command line.
# Transport:
listmill:
  driver = pipe
  command = ${program} --home ${home} receive
  user = USER
  message_prefix =
  message_suffix =
  temp_errors = 75
  return_fail_output
  envelope_to_add
  return_path_add

# 3. LMTP. There listens: listmill run lmtp
${"path" in door ? eximSocket(domains, door.path) : eximPort(domains, door)}

# Where people have addresses in these domains too, the lists' addresses go to listmill one by one.
# When lists are made or taken away, print it anew. In /etc/exim4/listmill:
${patterns.join("\n")}

# In each router above, besides domains:
condition = \${lookup {$local_part@$domain} nwildlsearch {/etc/exim4/listmill} {yes}{no}}`;
}

function eximPort(
  domains: readonly string[],
  door: { readonly host: string; readonly port: number },
): string {
  return `\
# Router, before those for other local domains:
listmill:
  driver = manualroute
  domains = ${domains.join(" : ")}
  route_list = * ${door.host.replaceAll(":", "::")}
  self = send
  transport = listmill

# Transport:
listmill:
  driver = smtp
  protocol = lmtp
  port = ${door.port}
  allow_localhost

# What is for no list is refused while the sender's server still waits for an answer.
# In the ACL of acl_smtp_rcpt, before these domains are accepted:
deny
  domains = ${domains.join(" : ")}
  message = $acl_verify_message
  ! verify = recipient/callout=30s,no_cache`;
}

function eximSocket(domains: readonly string[], path: string): string {
  return `\
# Router, before those for other local domains:
listmill:
  driver = accept
  domains = ${domains.join(" : ")}
  transport = listmill

# Exim cannot ask a socket whether there is a list: for that [lmtp] listen needs host:port.
# Transport:
listmill:
  driver = lmtp
  socket = ${path}
  user = USER
  batch_max = 50`;
}
