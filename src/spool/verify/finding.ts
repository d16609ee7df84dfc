/**
 * What a look over a spool can find. The names are stable: scripts read them, docs/spool-verify.md
 * explains each. Pure.
 */

/** Each kind, with what a person may do about it where nothing is done about it here. */
export const kinds = {
  // Of an entry.
  "no-message": "look with: listmill queue show",
  "empty-message": "restore it from a backup, or ask the sender",
  "no-envelope": "write sender, recipient, list and origin into it",
  "bad-envelope": "mend it, or let --repair lay the entry into failed/",
  "lost-envelope": "mend it from envelope.broken",
  "no-recipients": "restore the file from an entry of the same post",
  "bad-recipients": "restore the file from an entry of the same post",
  "bad-progress": "say who was served in the form of spool/README.md",
  "bad-given": "take given out of envelope.json",
  "bad-child": "move it out of the entry: it keeps the others in",
  "empty-entry": "a runner removes it",
  "file-as-entry": "--repair makes an entry of it in failed/",
  misnamed: "--repair makes an entry of it in failed/",
  unreachable:
    "give it to the account of the home: chown -R --reference=HOME, chmod -R u+rwX",
  // Of several entries.
  double: "--repair lays this one into held/",
  "double-undecided": "compare them; --repair lays them into held/",
  "double-resting": "look at the other one before this is released",
  "double-released": "a person let it go on; nothing to do",
  "exploded-again": "--repair lays it into held/: it would be sent again",
  // Of folders.
  "dead-claims": "any runner takes them over",
  "stuck-claims": "mend what keeps them, then any runner takes them over",
  drafts: "a runner removes them",
  graves: "a runner removes them",
  "nfs-leftover": "it goes when nobody has it open any more",
  stranger: "it is left where it is; move it away",
  "missing-folder": "--repair makes it",
  // Of the archive.
  "archive-missing": "mount it or mend the link; a new one would count from 1",
  "archive-no-number": "--repair links it",
  "archive-no-month": "link it to where people look for it",
  "archive-gap": "restore it; --repair cannot",
  "archive-mismatch": "compare them, and keep the right one",
  "archive-double": "compare them, and keep the right one",
  "archive-copies": "nothing; they take room twice",
  "archive-buried":
    "say it again: listmill archive expunge LIST NUMBER --reason TEXT",
  "archive-empty":
    "restore it from a backup; or listmill archive expunge LIST NUMBER",
  "archive-changed":
    "restore it from a backup; if it is right as it is: listmill archive reindex LIST",
  "archive-ticket": "move it away",
} as const;

export type Kind = keyof typeof kinds;

export interface Finding {
  readonly kind: Kind;
  /** `note`: nothing is wrong, or nothing that is not known already. */
  readonly level: "broken" | "note";
  /** Relative to the home. */
  readonly path: string;
  readonly what: string;
  /** What was done about it; else what to do. */
  readonly done?: string;
  readonly cure?: string;
}

/** A trouble of one entry, or of something in it. */
export interface Trouble {
  readonly kind: Kind;
  /** What it is in, relative to the entry; "" is the entry itself. */
  readonly file: string;
  readonly what: string;
}
