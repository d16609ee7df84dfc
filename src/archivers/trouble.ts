/**
 * What other archives lack of what their sections ask for: programs, and files of the settings. Looks only.
 */
import { resolve } from "node:path";
import { messageOf } from "../base/errors.ts";
import { isFile } from "../base/files.ts";
import { holder } from "../base/held.ts";
import { folders } from "../base/program.ts";
import { secretsIn } from "../lists/secret.ts";
import type { Site } from "../lists/settings.ts";
import { certificatesOf } from "../lists/sources/trust.ts";
import { keyOf } from "./http/signature.ts";

/** @returns sentences for people */
export function archiverTroubles({
  home,
  archive,
}: Pick<Site, "home" | "archive">): string[] {
  const { http, mbox, mhonarc, public_inbox } = archive;
  const found: string[] = [];
  const lacks = (section: string, file: string, what: string) => {
    if (!isFile(resolve(home, file)))
      found.push(`[archive.${section}] ${file} is not there: ${what}`);
  };
  if (mbox)
    lacks(
      "mbox",
      holder,
      "mailboxes are locked by dot locks only; install Perl",
    );
  if (public_inbox) {
    lacks("public_inbox", holder, "install Perl; posts wait until then");
    if (!folders.some((folder) => isFile(`${folder}/git`)))
      found.push(
        "[archive.public_inbox] git is not installed: posts wait until it is",
      );
    if (public_inbox.index)
      lacks(
        "public_inbox",
        public_inbox.index_program,
        "inboxes are not indexed; install public-inbox, or set index = false",
      );
  }
  if (mhonarc) {
    lacks("mhonarc", mhonarc.program, "install MHonArc; posts wait until then");
    if (mhonarc.rcfile !== undefined)
      lacks("mhonarc", mhonarc.rcfile, "set rcfile to MHonArc's resource file");
  }
  for (const setting of ["secret_file", "key_file"] as const) {
    const file = http?.[setting];
    if (file === undefined) continue;
    attempt(found, () => {
      const secrets = secretsIn(home, file) ?? [];
      if (setting === "secret_file") secrets.forEach(keyOf);
      if (secrets.length === 0)
        found.push(
          `[archive.http] ${setting} ${file} holds no secret; posts wait until it does`,
        );
    });
  }
  attempt(found, () =>
    certificatesOf(http?.ca_file, { home, section: "archive.http" }),
  );
  return found;
}

function attempt(found: string[], act: () => unknown): void {
  try {
    act();
  } catch (error) {
    found.push(messageOf(error));
  }
}
