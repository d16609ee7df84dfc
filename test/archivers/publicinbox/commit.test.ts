import { createHash } from "node:crypto";
import t from "tap";
import {
  blobOf,
  commands,
  kept,
} from "../../../src/archivers/publicinbox/commit.ts";
import { bytes } from "../../../src/base/pieces.ts";
import { postOf, text } from "../post.ts";

const keptText = async (source: string) =>
  String(await bytes(kept(await postOf("/", 5, source)).pieces(), 10_000));

t.test("fields that mislead go, all others stay as they are", async (t) => {
  t.equal(
    await keptText(
      "Status: RO\nDelivered-To: a\nSubject:  odd   one\nContent-Length: 5\napproved: secret\nMessage-ID: <a@b>\n\nx\n",
    ),
    "Subject:  odd   one\nMessage-ID: <a@b>\n\nx\n",
  );
});

t.test("what has no Message-ID gets one", async (t) => {
  const id = "Message-ID: <5.dev@lists.example.org>\n\n";
  t.match(await keptText("Subject: x\n\ny\n"), id);
  t.match(await keptText("Message-ID: none\n\ny\n"), id);
});

t.test("git's name of a blob", async (t) => {
  const pieces = [Buffer.from("hello "), Buffer.from("world\n")];
  t.equal(await blobOf(pieces), "3b18e512dba79e4c8300dd08aeb37f8e728b8dad");
  t.equal(
    await blobOf([]),
    createHash("sha1").update("blob 0\0").digest("hex"),
  );
});

t.test("a commit that comes after another one", async (t) => {
  const post = await postOf("/", 5, text("a"));
  const parts: Uint8Array[] = [];
  for await (const part of commands(post, post.message, "refs/heads/x", "abc"))
    parts.push(part);
  t.equal(
    Buffer.concat(parts).toString(),
    [
      "blob",
      "mark :1",
      `data ${text("a").length}`,
      text("a"),
      "commit refs/heads/x",
      "mark :2",
      "author Anna <anna@example.org> 1784534400 +0200",
      "committer dev <dev@lists.example.org> 1795708979 +0000",
      "data 7",
      "post a",
      "",
      "from abc",
      "deleteall",
      "M 100644 :1 m",
      "",
      "done",
      "",
    ].join("\n"),
  );
});
