// When a list counts as shrunk, and what the owners read.
import t from "tap";
import { isShrunk, shrinkNote } from "../../../src/lists/refine/shrink.ts";
import { parseHeader } from "../../../src/mail/header.ts";

t.test("by more than the limit, and not where there are few", async (t) => {
  t.equal(isShrunk(undefined, 0, 20), false, "never used before");
  t.equal(isShrunk(100, 80, 20), false, "just at the limit");
  t.equal(isShrunk(100, 79, 20), true);
  t.equal(isShrunk(100, 120, 20), false);
  t.equal(isShrunk(50, 0, 20), true);
  t.equal(isShrunk(49, 0, 20), false);
  t.equal(isShrunk(100, 0, 100), false);
  t.equal(isShrunk(100, 99, 0), true);
});

t.test("the note says what to do, and no machine answers it", async (t) => {
  const [note] = shrinkNote({
    list: { address: "news@x.org", local: "news" },
    owner: "news-owner@x.org",
    hostname: "mill.x.org",
    id: "0abc",
    subject: "Hello",
    last: 1000,
    now: 3,
    date: new Date(0),
  });
  const text = Buffer.from(note as Uint8Array).toString();
  const { header } = parseHeader(Buffer.from(text));
  t.equal(header.get("Auto-Submitted")?.trim(), "auto-generated");
  t.match(
    header.text("Subject"),
    "news@x.org is held: 3 recipients, last time 1000",
  );
  t.match(text, /^ {2}listmill queue release 0abc$/m);
  t.match(text, "Its subject: Hello");
});
