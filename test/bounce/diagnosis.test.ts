import t from "tap";
import { withText } from "../../src/bounce/diagnosis.ts";

const lines = [
  "<a@x.example>:",
  "no such user",
  "",
  "<b@x.example>:",
  "550 <b@x.example> full",
  "bye",
];

t.test(
  "what stands below a recipient is about him, up to the next",
  async (t) => {
    const places = [
      { recipient: "a@x.example", line: 0, rest: "" },
      { recipient: "b@x.example", line: 3, rest: "" },
    ];
    t.same(
      withText(places, lines, undefined).map(({ text }) => text),
      ["no such user", "550 <b@x.example> full\nbye"],
    );
  },
);

t.test(
  "lines elsewhere that mention him, where nothing stands there",
  async (t) => {
    const places = [
      { recipient: "b@x.example", line: 0, rest: "" },
      { recipient: "a@x.example", line: 1, rest: "" },
    ];
    const [first] = withText(
      places,
      ["b@x.example", "a@x.example", "550 b@x.example full"],
      undefined,
    );
    t.equal(first?.text, "550 b@x.example full");
  },
);
