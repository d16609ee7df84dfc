import t from "tap";
import { letter, read, shown } from "../reports.ts";

t.test("a list that takes no post says something of the post", async (t) => {
  const report = await read(
    letter({
      subject: "You list@example.net are not member (club ML)",
      from: "club-admin@example.org",
      lines: ["You are not a member of this mailing list <club@example.org>."],
    }),
  );
  t.same(shown(report), ["fml", "club@example.org permanent message policy"]);
});
