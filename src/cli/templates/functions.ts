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
  answer: `\
  // return \`You asked: \${ask.request?.rest}\`;
  return "Not yet.";`,
  consume: `\
  if (ask.trial) return undefined;
  // const { copyFile, mkdir, rename } = await import("node:fs/promises");
  // const folder = \`\${ask.site.home}/archive/\${ask.envelope.list}/copies\`;
  // await mkdir(folder, { recursive: true });
  // await copyFile(await ask.file(), \`\${folder}/.\${ask.id}\`);
  // await rename(\`\${folder}/.\${ask.id}\`, \`\${folder}/\${ask.id}\`);
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
  answer: `\
    # return "You asked: " + ask.get("ARGUMENTS")
    return "Not yet."`,
  consume: `\
    if ask.trial:
        return None
    # import os, shutil
    # folder = os.path.join(ask.get("HOME"), "archive", ask.list, "copies")
    # os.makedirs(folder, exist_ok=True)
    # aside = os.path.join(folder, "." + ask.get("ID"))
    # shutil.copyfile(ask.path, aside)
    # os.rename(aside, os.path.join(folder, ask.get("ID")))
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
  answer: `\
    # return 'You asked: ' . $ask->get('ARGUMENTS');
    return 'Not yet.';`,
  consume: `\
    return if $ask->trial;
    # require File::Copy;
    # require File::Path;
    # my ($home, $list, $id) = map { $ask->get($_) } qw(HOME LIST ID);
    # my $folder = "$home/archive/$list/copies";
    # File::Path::make_path($folder);
    # File::Copy::copy($ask->path, "$folder/.$id") or die "$folder: $!\\n";
    # rename "$folder/.$id", "$folder/$id" or die "$folder: $!\\n";
    return;`,
};
