import { deepEqual } from "node:assert/strict";
import fc from "fast-check";
import {
  AndFilter,
  EqualityFilter,
  type Filter,
  FilterParser,
  NotFilter,
  OrFilter,
  SubstringFilter,
} from "ldapts";
import t from "tap";
import { placeholder } from "../../../../src/lists/sources/context.ts";
import { anyOf, filled } from "../../../../src/lists/sources/ldap/filter.ts";
import { anyString } from "../../../anyString.ts";
import { contextIn } from "../asking.ts";

const parse = (filter: string): Filter => FilterParser.parseString(filter);
const only = (value: string) => (name: string) =>
  name === "sender" ? value : undefined;

t.test("what is filled in is escaped", async (t) => {
  t.equal(
    filled("(&(a=%{list})(b=%{sender}))", (name) =>
      name === "list" ? "x*)(y=\\\0" : "",
    ),
    "(&(a=x\\2a\\29\\28y=\\5c\\00)(b=))",
  );
});

t.test("every placeholder stands for what the post says", async (t) => {
  const context = contextIn(
    "/",
    [],
    [],
    "From: Carl <carl@example.org>\nSubject: (1) of *\nX-Course: maths\n",
  );
  t.equal(
    filled(
      "(&(a=%{list})(b=%{local})(c=%{domain})(d=%{sender})(e=%{recipient})(f=%{from})(g=%{subject})(h=%{header_X-Course})(i=%{header_x_course}))",
      (name) => placeholder(context, name),
    ),
    "(&(a=dev@example.org)(b=dev)(c=example.org)(d=anna@example.org)(e=dev@example.org)(f=carl@example.org)(g=\\281\\29 of \\2a)(h=maths)(i=maths))",
  );
});

t.test("a filter may lie on several lines", async (t) => {
  t.equal(
    filled("(&\n  (a=1 2)\n  (b=%{sender})\n)\n", only("x\ny")),
    "(&(a=1 2)(b=x\ny))",
  );
  t.equal(filled("uid=%{sender}", only("u7")), "(uid=u7)");
});

t.test("a placeholder that is none is told", async (t) => {
  for (const filter of ["(a=%{sendr})", "(a=%{constructor})", "(a=%{})"])
    t.throws(() => filled(filter, only("x")), {
      name: "Failure",
      exitCode: 75,
      message: /stands for nothing/,
    });
});

t.test("a stranger never names what is compared", async (t) => {
  for (const filter of ["(%{sender}=a)", "%{sender}", "(&%{sender})"])
    t.throws(() => filled(filter, only("objectClass=*")), {
      name: "Failure",
      message: /must stand after the =/,
    });
});

/** The shape of a filter, and the texts that it compares with. */
function shape(filter: Filter, values: string[]): unknown {
  if (filter instanceof AndFilter || filter instanceof OrFilter)
    return [
      filter.constructor.name,
      filter.filters.map((one) => shape(one, values)),
    ];
  if (filter instanceof NotFilter) return ["Not", shape(filter.filter, values)];
  if (filter instanceof SubstringFilter) {
    values.push(filter.initial, ...filter.any, filter.final);
    return ["Substring", filter.attribute, filter.any.length];
  }
  if (filter instanceof EqualityFilter) {
    values.push(String(filter.value));
    return ["Equality", filter.attribute];
  }
  return [
    filter.constructor.name,
    { ...filter, value: values.push(String(Reflect.get(filter, "value"))) },
  ];
}

t.test(
  "no text changes what a filter asks, and each arrives as it is",
  async (t) => {
    const template =
      "(&(a=%{sender})(|(b=*%{sender}*)(c=%{sender}*)(d=*%{sender}))(!(e=%{sender}))(f>=%{sender})(g~=%{sender})(h:dn:2.5.13.5:=%{sender})(i=x%{sender}*y))";
    const expected: string[] = [];
    const plain = shape(parse(filled(template, only("plain"))), expected);
    const text = fc.oneof(
      anyString(),
      fc.string({
        unit: fc.constantFrom(..."()*\\\0=&|!:<>~ %{}2a\n\r\"',;é"),
      }),
      fc.constantFrom(
        "",
        "*",
        "x)(mail=*",
        ")(|(a=*",
        "\\2a",
        "%{list}",
        "$1",
        "$&",
      ),
    );
    t.doesNotThrow(() =>
      fc.assert(
        fc.property(text, (value) => {
          const values: string[] = [];
          const found = shape(parse(filled(template, only(value))), values);
          deepEqual(found, plain);
          const inPart = value === "" ? "\0" : value;
          // An empty part of a substring becomes one that nobody has.
          const wanted = [
            ...[value, "", inPart, "", inPart, "", "", inPart],
            ...[value, value, value, value, `x${inPart}`, "y"],
          ];
          deepEqual(
            values.map((one) => one.toWellFormed()),
            wanted.map((one) => one.toWellFormed()),
          );
        }),
      ),
    );
  },
);

t.test("one of several filters", async (t) => {
  t.equal(anyOf(["(a=1)"]), "(a=1)");
  t.equal(anyOf(["(a=1)", "(b=2)"]), "(|(a=1)(b=2))");
});
