/**
 * What a new hook that is a program does, by language and verb: nothing yet, with an example that
 * is commented out. Pure.
 */
import type { Verb } from "../../engine/layers.ts";

type Bodies = Readonly<Record<Verb, string>>;

export const sh: Bodies = {
  approve: `\
# topic=$(listmill-header X-Topic) # does not decode encoded words; $LISTMILL_SUBJECT is decoded
# limit=$(listmill-setting custom.limit 10)
# case $LISTMILL_SUBJECT in
# *lottery*) exec listmill-verdict hold "A moderator must see it." ;;
# esac
exit 0`,
  route: `\
# case $LISTMILL_EXTENSION in
# search) echo search ;;
# esac
exit 0`,
  edit: `\
# exec sed '1,/^$/ s/^Subject: /Subject: [new] /'
exit 0`,
  recipients: `\
# exec cat "$LISTMILL_LIST_DIR/helpers"
exit 0`,
  refine: `\
# exec sed '/@away\\.example\\.org$/d'
exec cat`,
  emit: `\
# mkdir -p "$LISTMILL_EMIT/copies@example.org"
# cat >"$LISTMILL_EMIT/copies@example.org/$LISTMILL_ID"
exit 0`,
  deliver: `\
# while IFS= read -r address; do
#   printf '%s\\tlater\\tnot yet\\n' "$address"
# done <"$LISTMILL_RECIPIENTS"
exit 0`,
  answer: `\
# echo "You asked: $LISTMILL_ARGUMENTS"
echo "Not yet."`,
  consume: `\
# [ -n "$LISTMILL_TRIAL" ] && exit 0
# folder=$LISTMILL_HOME/archive/$LISTMILL_LIST/copies
# mkdir -p "$folder"
# cat >"$folder/.$LISTMILL_ID" && mv "$folder/.$LISTMILL_ID" "$folder/$LISTMILL_ID"
exit 0`,
};

export const perl: Bodies = {
  approve: `\
# if ($ENV{LISTMILL_SUBJECT} =~ /lottery/i) {
#     print "A moderator must see it.\\n";
#     exit 80;
# }
exit 0;`,
  route: `\
# print "search\\n" if $ENV{LISTMILL_EXTENSION} eq 'search';
exit 0;`,
  edit: `\
# my $in_header = 1;
# while (my $line = <STDIN>) {
#     $in_header = 0 if $line eq "\\n";
#     $line =~ s/^Subject: /Subject: [new] / if $in_header;
#     print $line;
# }
exit 0;`,
  recipients: `\
# open my $file, '<', "$ENV{LISTMILL_LIST_DIR}/helpers" or do { print "helpers: $!\\n"; exit 75 };
# print while <$file>;
exit 0;`,
  refine: `\
while (my $address = <STDIN>) {
    # next if $address =~ /\\@away\\.example\\.org$/;
    print $address;
}`,
  emit: `\
# my $folder = "$ENV{LISTMILL_EMIT}/copies\\@example.org";
# mkdir $folder;
# open my $file, '>', "$folder/$ENV{LISTMILL_ID}" or die "$folder: $!\\n";
# print $file $_ while <STDIN>;
exit 0;`,
  deliver: `\
# open my $list, '<', $ENV{LISTMILL_RECIPIENTS} or die "$ENV{LISTMILL_RECIPIENTS}: $!\\n";
# while (my $address = <$list>) {
#     chomp $address;
#     print "$address\\tlater\\tnot yet\\n";
# }
exit 0;`,
  answer: `\
# print "You asked: $ENV{LISTMILL_ARGUMENTS}\\n";
print "Not yet.\\n";`,
  consume: `\
exit 0 if $ENV{LISTMILL_TRIAL};
# use File::Path 'make_path';
# my $folder = "$ENV{LISTMILL_HOME}/archive/$ENV{LISTMILL_LIST}/copies";
# my $aside = "$folder/.$ENV{LISTMILL_ID}";
# make_path($folder);
# open my $file, '>', $aside or die "$aside: $!\\n";
# print $file $_ or die "$aside: $!\\n" while <STDIN>;
# close $file or die "$aside: $!\\n";
# rename $aside, "$folder/$ENV{LISTMILL_ID}" or die "$aside: $!\\n";
exit 0;`,
};

export const python: Bodies = {
  approve: `\
# if "lottery" in os.environ["LISTMILL_SUBJECT"].lower():
#     print("A moderator must see it.")
#     sys.exit(80)
sys.exit(0)`,
  route: `\
# if os.environ["LISTMILL_EXTENSION"] == "search":
#     print("search")
sys.exit(0)`,
  edit: `\
# from email import message_from_binary_file, policy
# message = message_from_binary_file(sys.stdin.buffer, policy=policy.default)
# message["X-Mine"] = "yes"
# sys.stdout.buffer.write(message.as_bytes())
sys.exit(0)`,
  recipients: `\
# with open(os.path.join(os.environ["LISTMILL_LIST_DIR"], "helpers")) as file:
#     for address in file:
#         print(address.strip())
sys.exit(0)`,
  refine: `\
for address in sys.stdin:
    # if address.strip().endswith("@away.example.org"):
    #     continue
    sys.stdout.write(address)`,
  emit: `\
# folder = os.path.join(os.environ["LISTMILL_EMIT"], "copies@example.org")
# os.mkdir(folder)
# with open(os.path.join(folder, os.environ["LISTMILL_ID"]), "wb") as file:
#     file.write(sys.stdin.buffer.read())
sys.exit(0)`,
  deliver: `\
# with open(os.environ["LISTMILL_RECIPIENTS"]) as addresses:
#     for address in addresses:
#         print(address.strip(), "later", "not yet", sep="\\t")
sys.exit(0)`,
  answer: `\
# print("You asked:", os.environ["LISTMILL_ARGUMENTS"])
print("Not yet.")`,
  consume: `\
if os.environ.get("LISTMILL_TRIAL"):
    sys.exit(0)
# folder = os.path.join(os.environ["LISTMILL_HOME"], "archive", os.environ["LISTMILL_LIST"], "copies")
# os.makedirs(folder, exist_ok=True)
# aside = os.path.join(folder, "." + os.environ["LISTMILL_ID"])
# with open(aside, "wb") as file:
#     for line in sys.stdin.buffer:
#         file.write(line)
# os.rename(aside, os.path.join(folder, os.environ["LISTMILL_ID"]))
sys.exit(0)`,
};
