/**
 * Vacation programs that do what they should not: they answer each message, to where it asks for answers
 * and to the envelope sender, and take no heed of who wrote it.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** How bad a program is. */
export const manners = {
  /** It says what it is, as RFC 3834 has it. */
  marked: "Auto-Submitted: auto-replied",
  /** It says nothing: its answers look like those of a person. */
  worst: "",
} as const;
export type Manner = keyof typeof manners;

/**
 * A service of Postfix's that puts each message for a person into his mailbox and answers it.
 * @param dir Postfix's folder
 * @returns a line of master.cf
 */
export function vacation(dir: string, manner: Manner): string {
  const script = join(dir, `vacation-${manner}`);
  const field = manners[manner];
  writeFileSync(
    script,
    `#!/bin/sh
# sender recipient; the message is on stdin
set -e
box=${dir}/mail/box.test/\${2%@*}
name=$$-$(date +%s%N)
mkdir -p "$box/tmp" "$box/new"
{ echo "Return-Path: <$1>"; cat; } > "$box/tmp/$name"
field() { awk -v name="$1" '
  /^$/ { exit }
  /^[ \\t]/ { if (on) value = value $0; next }
  { on = tolower(substr($0, 1, length(name) + 1)) == tolower(name ":"); if (on) value = substr($0, length(name) + 2) }
  END { if (match(value, /[^ \\t<>,"]+@[^ \\t<>,"]+/)) print substr(value, RSTART, RLENGTH) }' "$box/tmp/$name"; }
reply=$(field Reply-To)
[ -n "$reply" ] || reply=$(field From)
for to in "$1" "$reply"; do
  [ -n "$to" ] && [ "$to" != "$2" ] || continue
  { printf '%s\\n' "From: $2" "To: $to" "Subject: Re: $(sed -n 's/^Subject: //p; /^$/q' "$box/tmp/$name")"${field ? ` "${field}"` : ""} "" "I am away until Monday." ""
    sed '1,/^$/d; s/^/> /' "$box/tmp/$name"
  } | /usr/sbin/sendmail -C ${dir}/etc -f "$2" -i -- "$to"
done
mv "$box/tmp/$name" "$box/new/$name"
`,
    { mode: 0o755 },
  );
  return `vacation-${manner} unix - n n - 2 pipe\n  flags=q user=vmail argv=${script} \${sender} \${recipient}\n`;
}
