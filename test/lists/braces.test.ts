import t from "tap";
import {
  countOf,
  filledIn,
  partsOf,
  unknownIn,
  type Words,
} from "../../src/lists/braces.ts";

const words: Words = {
  address: "{{list}}@x.org",
  list: "news@x.org",
  token: "abc",
  unsubscribe: "https://x.org/abc",
};
const fill = (text: string) => filledIn(partsOf(text), words);

t.test("names are filled in, once and nothing else", async (t) => {
  t.equal(fill("To {{address}}!"), "To {{list}}@x.org!");
  t.equal(fill("{{token}}{{token}}"), "abcabc");
  t.equal(fill("{{unsubscribe}}"), "https://x.org/abc");
  t.equal(
    fill("{{{list}}} {{who}} {{ list }} {list} {{"),
    "{news@x.org} {{who}} {{ list }} {list} {{",
  );
  t.equal(fill(""), "");
});

t.test("what is no name is found", async (t) => {
  t.same(unknownIn("{{list}} {{who}} {{ list }} {{}}"), ["who", " list ", ""]);
  t.same(unknownIn("{{list}} {{token}}", ["token"]), ["list"]);
  t.equal(countOf("token", "{{token}} {{list}} {{token}}"), 2);
});
