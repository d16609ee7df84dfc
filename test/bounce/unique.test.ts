import t from "tap";
import { unique } from "../../src/bounce/unique.ts";

t.test("each recipient once, by the first that was said of him", async (t) => {
  const one = {
    duration: "permanent",
    about: "recipient",
    reason: "other",
    text: "",
  } as const;
  const failures = [
    { ...one, recipient: "ann@example.org", text: "1" },
    { ...one, recipient: "ANN@example.org", text: "2" },
    { ...one, recipient: "bob@example.org", text: "3" },
  ];
  t.same(
    unique(failures).map(({ text }) => text),
    ["1", "3"],
  );
  const forwarded = [
    { recipient: "ann@example.org", final: "ann@home.test" },
    { recipient: "ann@example.org", final: "ann@work.test" },
    { recipient: "ann@work.test" },
  ];
  t.same(
    unique(forwarded, ({ final, recipient }) => final ?? recipient),
    forwarded.slice(0, 2),
  );
});
