import fc from "fast-check";
import t from "tap";
import { numbersIn } from "../../src/commands/archive.ts";

t.test("numbers and ranges, of those that there are", (t) => {
  t.same(numbersIn("5", 10), [5]);
  t.same(numbersIn("2-4, 9", 10), [2, 3, 4, 9]);
  t.same(numbersIn("8 to 20", 10), [8, 9, 10]);
  t.same(numbersIn("5-2", 10), []);
  t.same(numbersIn("0", 10), []);
  t.same(numbersIn("../../etc/passwd", 10), []);
  t.equal(numbersIn("1-999999999", 1e9).length, 1000);
  t.end();
});

t.test("whatever is written, they are few and there", (t) => {
  fc.assert(
    fc.property(fc.string({ maxLength: 300 }), fc.nat(5000), (text, last) =>
      numbersIn(text, last).every((one) => one >= 1 && one <= last),
    ),
  );
  fc.assert(
    fc.property(
      fc.array(fc.nat()),
      (numbers) => numbersIn(numbers.join("-"), 1e9).length <= 1000,
    ),
  );
  t.end();
});
