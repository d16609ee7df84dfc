import fc from "fast-check";
import t from "tap";
import { portions } from "../../src/outbound/portion.ts";

async function* each(addresses: string[], asked?: { count: number }) {
  for (const address of addresses) {
    if (asked) asked.count += 1;
    yield address;
  }
}

t.test("all addresses, in order, in full portions but the last", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.string()),
      fc.integer({ min: 1, max: 9 }),
      async (addresses, size) => {
        const found = await Array.fromAsync(portions(each(addresses), size));
        const full = found.slice(0, -1).every((it) => it.length === size);
        const last = found.at(-1)?.length ?? 1;
        return (
          full &&
          last > 0 &&
          last <= size &&
          found.flat().join("\n") === addresses.join("\n")
        );
      },
    ),
  );
});

t.test("nothing is read ahead", async (t) => {
  const asked = { count: 0 };
  const found = portions(each(["a", "b", "c", "d"], asked), 2);
  t.same((await found.next()).value, ["a", "b"]);
  t.equal(asked.count, 2);
  await found.return(undefined);
});
