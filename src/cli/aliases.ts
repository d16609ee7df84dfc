/**
 * listmill aliases: what to write into the MTA's configuration.
 */
import { join } from "node:path";
import { exit, Failure } from "../base/errors.ts";
import { packageHooks } from "../mill.ts";
import { parse, type Verb } from "./context.ts";

const verb: Verb = {
  usage: `\
aliases --mta postfix|exim
    What to put into the MTA's configuration, for the lists that there are.`,
  async run(context, args) {
    const { values } = parse(args, { mta: { type: "string" } });
    const domains = [
      ...new Set(context.lists.all().map(({ domain }) => domain)),
    ].sort();
    const given = {
      domains: domains.length > 0 ? domains : ["lists.example.org"],
      incoming: join(context.site.home, "spool", "incoming"),
      program: join(packageHooks, "..", "bin", "listmill"),
      home: context.site.home,
      delimiters: context.site.delimiters,
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
  readonly incoming: string;
  readonly program: string;
  readonly home: string;
  readonly delimiters: string;
}

function postfix({ domains, incoming, program, home }: Given): string {
  return `\
# 1. The Maildir: Postfix writes into the spool itself. All mail of these domains goes to listmill,
#    which bounces what is for no list. In main.cf (USER is the account that listmill runs under):
virtual_mailbox_domains = ${domains.join(" ")}
virtual_mailbox_base = ${join(incoming, "..")}
virtual_mailbox_maps = regexp:/etc/postfix/listmill
virtual_uid_maps = static:UID-OF-USER
virtual_gid_maps = static:GID-OF-USER
virtual_minimum_uid = 100
virtual_mailbox_limit = 0

# /etc/postfix/listmill:
${domains.map((domain) => `/@${domain.replaceAll(".", "\\.")}$/  incoming/`).join("\n")}

# 2. Or the pipe: an unknown list is refused by exit code. In master.cf:
listmill unix - n n - 4 pipe
  flags=Rq user=USER null_sender=
  argv=${program} --home ${home} receive --sender \${sender} -- \${recipient}

# and in main.cf:
relay_domains = ${domains.join(" ")}
transport_maps = inline:{ ${domains.map((domain) => `${domain}=listmill:`).join(", ")} }
listmill_destination_recipient_limit = 1`;
}

function exim({ domains, incoming, program, home, delimiters }: Given): string {
  const suffixes = [...delimiters]
    .map((character) => `${character}*`)
    .join(" : ");
  return `\
# 1. The Maildir: Exim writes into the spool itself (USER is the account that listmill runs under).
#    A router, before those for other local domains:
listmill_maildir:
  driver = accept
  domains = ${domains.join(" : ")}
  transport = listmill_maildir

#    and a transport:
listmill_maildir:
  driver = appendfile
  directory = ${incoming}
  maildir_format
  create_directory = false
  user = USER
  envelope_to_add
  return_path_add

# 2. Or the pipe: an unknown list is refused by exit code. Router:
listmill_pipe:
  driver = accept
  domains = ${domains.join(" : ")}
  local_part_suffix = ${suffixes}
  local_part_suffix_optional
  transport = listmill_pipe

#    and transport:
listmill_pipe:
  driver = pipe
  command = ${program} --home ${home} receive --sender "$sender_address" -- "$local_part$local_part_suffix@$domain"
  user = USER
  message_prefix =
  message_suffix =
  temp_errors = 75
  return_fail_output
  return_path_add`;
}
