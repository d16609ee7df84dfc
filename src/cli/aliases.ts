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
}

function postfix({ domains, program, home }: Given): string {
  return `\
# All mail of these domains goes to listmill: by the Maildir or by the pipe, one of the two.
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

# For both. In main.cf, added to what these settings have already:
relay_domains = ${domains.join(" ")}
transport_maps = inline:{ ${domains.map((domain) => `${domain}=listmill:`).join(", ")} }
listmill_destination_recipient_limit = 1`;
}

function exim({ domains, incoming, program, home }: Given): string {
  return `\
# All mail of these domains goes to listmill: by the Maildir or by the pipe, one of the two.
# USER is the account that listmill runs under, and not root.

# Router, before those for other local domains:
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
  return_path_add`;
}
