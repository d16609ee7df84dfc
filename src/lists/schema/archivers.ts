/**
 * The settings of other archives that get a copy of each post: [archive.NAME], a section each. Pure.
 */
import { z } from "zod";
import { choice, duration, flag, size, textLike } from "../../base/settings.ts";
import { lists, note, path } from "./words.ts";

/** Where a list's mailbox is, with what stands for the list. */
const mailboxTemplate = () =>
  textLike(
    'levels with / between them, with {{list}} or {{local}} and perhaps {{domain}}, such as "{{domain}}/{{local}}"',
    (value) => {
      const bare = value.replace(/\{\{(list|local|domain)\}\}/g, "x");
      return (
        /\{\{(list|local)\}\}/.test(value) &&
        bare.split("/").every((level) => /^[^\p{Cc}.{}/]+$/u.test(level))
      );
    },
  );

const httpUrl = () =>
  textLike("a URL, http:// or https://, without a password", (value) => {
    const url = URL.canParse(value) ? new URL(value) : undefined;
    return (
      url !== undefined &&
      ["http:", "https:"].includes(url.protocol) &&
      `${url.username}${url.password}${url.hash}` === ""
    );
  });

const program = (name: string, about: string) =>
  note(path().prefault(name), about);

const longest = (standard: string) =>
  note(
    duration("1h").prefault(standard),
    "Longest time that one of its programs may take; nine tenths of [hooks] timeout at most.",
  );

export const archivers = {
  mbox: note(
    z
      .strictObject({
        lists: lists("posts"),
        folder: note(
          path().prefault("mbox"),
          "Where the mailboxes are: FOLDER/LIST/2026-11.mbox.",
        ),
      })
      .optional(),
    "Posts as mailboxes (mboxrd), one file a month (docs/archivers.md).",
  ),
  maildir: note(
    z
      .strictObject({
        lists: lists("posts"),
        folder: note(
          path().prefault("maildir"),
          "The Maildir of an IMAP server; mailboxes are folders in it (Maildir++).",
        ),
        mailbox: note(
          mailboxTemplate().prefault("{{domain}}/{{local}}"),
          "The mailbox of a list as IMAP shows it; dots in the words become underscores there.",
        ),
      })
      .optional(),
    "Posts in a Maildir, for an IMAP server (docs/archivers.md).",
  ),
  public_inbox: note(
    z
      .strictObject({
        lists: lists("posts"),
        folder: note(
          path().prefault("public-inbox"),
          "Where the inboxes are, FOLDER/LIST each, of version 2; what is not there is made.",
        ),
        index: note(
          flag().prefault(true),
          "Whether public-inbox-index is run after each post, where there is such a program.",
        ),
        index_program: program(
          "/usr/bin/public-inbox-index",
          "The program that indexes an inbox.",
        ),
        epoch: note(
          size().prefault("1GB"),
          "From what size on a git repository gets no more, and another one is begun.",
        ),
        timeout: longest("5m"),
      })
      .optional(),
    "Posts in inboxes of public-inbox: git repositories that anybody can mirror (docs/archivers.md).",
  ),
  mhonarc: note(
    z
      .strictObject({
        lists: lists("posts"),
        folder: note(
          path().prefault("mhonarc"),
          "Where the pages are: FOLDER/LIST/maillist.html.",
        ),
        program: program("/usr/bin/mhonarc", "MHonArc's program."),
        rcfile: note(
          path().optional(),
          "A resource file of MHonArc's: how pages look.",
          { without: "MHonArc's own layout" },
        ),
        timeout: longest("1m"),
      })
      .optional(),
    "Posts as pages that MHonArc makes (docs/archivers.md).",
  ),
  http: note(
    z
      .strictObject({
        lists: lists("posts"),
        url: note(httpUrl(), "Where each post is sent by POST."),
        style: note(
          choice("raw", "hyperkitty").prefault("raw"),
          "raw: the message is the body; hyperkitty: the form that HyperKitty takes at .../api/mailman/archive.",
        ),
        secret_file: note(
          path().optional(),
          "A file with the secrets that posts are signed with, one a line: a signature for each (Standard Webhooks).",
          { without: "not signed", secret: true },
        ),
        key_file: note(
          path().optional(),
          "A file whose first line is the key that is shown: as a bearer token, or as HyperKitty's MAILMAN_ARCHIVER_KEY.",
          { without: "none", secret: true },
        ),
        key_in_url: note(
          flag().prefault(false),
          "Whether the key goes into the URL (?key=), where older HyperKitty looks for it; it will be in logs there.",
        ),
        ca_file: note(
          path().optional(),
          "A file with the certificates (PEM) of those who may have signed the server's.",
          { without: "those that the system trusts" },
        ),
        timeout: note(
          duration("10m").prefault("30s"),
          "Longest silence of the server; the whole may take nine tenths of [hooks] timeout.",
        ),
      })
      .optional(),
    "Posts to a web server, such as HyperKitty's (docs/archivers.md).",
  ),
};
