import t from "tap";
import {
  filledIn,
  mentionedIn,
  named,
  namesIn,
} from "../../../src/lists/sources/placeholders.ts";

t.test("a name is one in any case, with - or _", (t) => {
  const course = { is: "header", field: "x-course" };
  for (const name of ["header_X-Course", "HEADER_x_course", "header-x-course"])
    t.same(named(name), course, name);
  t.same(named("Local"), { is: "local" });
  for (const name of ["", "lokal", "header", "header_", "header_ü", "toString"])
    t.equal(named(name), undefined, name);
  t.end();
});

t.test("whoever reads a text finds the same names in it", (t) => {
  const text = "%{header_X-Course} %{Local} {list} %{}";
  const names = ["header_x_course", "local", ""];
  t.same(namesIn(text), names);
  t.same(mentionedIn(text), names);
  const asked: string[] = [];
  filledIn(text, (name) => {
    asked.push(name);
    return "";
  });
  t.same(asked, names);
  t.same(mentionedIn("a::text = :Header_X_Course"), [
    "text",
    "header_x_course",
  ]);
  t.end();
});
