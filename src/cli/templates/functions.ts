/**
 * What a new hook that is a function does, inline or served, by language and verb: nothing yet,
 * with an example that is commented out. Pure.
 */
import type { Verb } from "../../engine/layers.ts";

type Bodies = Readonly<Record<Verb, string>>;

export const typescript: Bodies = {
  approve: `\
  // if (ask.message.header.text("Subject").includes("lottery"))
  //   return ask.hold("A moderator must see it.");
  return undefined;`,
  route: `\
  // if (ask.envelope.extension === "search") return "search";
  return undefined;`,
  edit: `\
  // const { message } = ask;
  // return message.with({ header: message.header.set("X-Mine", "yes") });
  return undefined;`,
  recipients: `\
  // return ["helper@example.org"];
  return undefined;`,
  refine: `\
  // return (async function* () {
  //   for await (const address of ask.recipients())
  //     if (!address.endsWith("@away.example.org")) yield address;
  // })();
  return undefined;`,
  emit: `\
  // ask.emit({ recipient: "copies@example.org" }); // a copy of the message
  return undefined;`,
  deliver: `\
  // return (async function* () {
  //   for await (const address of ask.recipients())
  //     yield [{ address, kind: "later", reply: "not yet" }];
  // })();
  return undefined;`,
  consume: `\
  if (ask.trial) return undefined;
  // for await (const chunk of chunks(ask.message.pieces())) …
  return undefined;`,
};

export const servedPython: Bodies = {
  approve: `\
    # if "lottery" in ask.header("Subject").lower():
    #     ask.hold("A moderator must see it.")
    return None`,
  route: `\
    # if ask.get("EXTENSION") == "search":
    #     return "search"
    return None`,
  edit: `\
    # message = ask.message
    # message["X-Mine"] = "yes"
    # return message
    return None`,
  recipients: `\
    # return ["helper@example.org"]
    return None`,
  refine: `\
    # return (each for each in ask.recipients() if not each.endswith("@away.example.org"))
    return ask.recipients()`,
  emit: `\
    # ask.emit("copies@example.org", ask.message)
    return None`,
  deliver: `\
    # return ((address, "later", "not yet") for address in ask.recipients())
    return None`,
  consume: `\
    if ask.trial:
        return None
    # with ask.open() as message: ...
    return None`,
};

export const servedPerl: Bodies = {
  approve: `\
    # return $ask->hold('A moderator must see it.') if $ask->header('Subject') =~ /lottery/i;
    return;`,
  route: `\
    # return 'search' if $ask->get('EXTENSION') eq 'search';
    return;`,
  edit: `\
    # return $ask->text =~ s/^Subject: /Subject: [new] /mr;
    return;`,
  recipients: `\
    # return ['helper@example.org'];
    return;`,
  refine: `\
    # my $next = $ask->recipients;
    # return sub {
    #     while (defined(my $address = $next->())) { return $address if $address !~ /\\@away\\.example\\.org$/ }
    #     return;
    # };
    return $ask->recipients;`,
  emit: `\
    # $ask->emit('copies@example.org', $ask->text);
    return;`,
  deliver: `\
    # my $next = $ask->recipients;
    # return sub { my $address = $next->(); return defined $address ? [$address, 'later', 'not yet'] : undef };
    return;`,
  consume: `\
    return if $ask->trial;
    # my $file = $ask->open;
    return;`,
};
