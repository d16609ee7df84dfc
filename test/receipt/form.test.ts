import fc from "fast-check";
import t from "tap";
import { Form } from "../../src/receipt/form.ts";

const many = 2 ** 30;

async function* cut(bytes: Uint8Array, at: readonly number[] = []) {
  const ends = [...at.map((n) => n % (bytes.length + 1)), bytes.length];
  let from = 0;
  for (const to of ends.sort((a, b) => a - b)) {
    yield bytes.subarray(from, to);
    from = to;
  }
}

async function read(body: string | Uint8Array, at?: number[], most = many) {
  const form = new Form(cut(Buffer.from(body), at), most);
  const chunks = await Array.fromAsync(form.message());
  return { form, message: Buffer.concat(chunks) };
}

/** As curl --data-urlencode does, or with what may stand as it is. */
function escaped(bytes: Uint8Array, all: boolean): string {
  return [...bytes]
    .map((byte) => {
      const letter = String.fromCharCode(byte);
      if (!all && letter === " ") return "+";
      if (!all && /[\w.~-]/.test(letter)) return letter;
      const hex = byte.toString(16).padStart(2, "0");
      return `%${byte % 2 ? hex : hex.toUpperCase()}`;
    })
    .join("");
}

t.test(
  "any bytes in are the same bytes out, however they are cut",
  async () => {
    const others = [
      ["action=bouncehandler"],
      ["recipient=a%2Bb%40x.org"],
      ["format=json", "empty", "=", "x=%", ""],
    ];
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 300 }),
        fc.boolean(),
        fc.shuffledSubarray(others),
        fc.nat(3),
        fc.array(fc.nat(), { maxLength: 20 }),
        async (bytes, all, more, place, at) => {
          const fields = more.flat();
          fields.splice(place, 0, `email=${escaped(bytes, all)}`);
          const { form, message } = await read(fields.join("&"), at);
          const isThere = (field: string) => fields.includes(field);
          return (
            message.equals(bytes) &&
            form.get("action") ===
              (isThere("action=bouncehandler") ? "bouncehandler" : undefined) &&
            form.get("recipient") ===
              (isThere("recipient=a%2Bb%40x.org") ? "a+b@x.org" : undefined)
          );
        },
      ),
    );
  },
);

t.test("what is no escape stands for itself", async (t) => {
  const cases = [
    ["%", "%"],
    ["%4", "%4"],
    ["%+a", "% a"],
    ["%%41", "%A"],
    ["%g1%1g", "%g1%1g"],
    ["a=b=c", "a=b=c"],
    ["%26%3d", "&="],
  ] as const;
  for (const [written, meant] of cases) {
    const all = [...written].map((_, index) => index + 6);
    for (const at of [[], all]) {
      const { message } = await read(`email=${written}`, at);
      t.equal(message.toString(), meant, written);
    }
  }
});

t.test("what is no such form", async (t) => {
  const usage = (body: string) =>
    t.rejects(read(body), { exitCode: 64, message: /./ }, body.slice(0, 40));
  await usage("");
  await usage("action=bouncehandler");
  await usage("mail=x");
  await usage("email");
  await usage("email=a&email=b");
  await usage("email=a&action=query");
  await usage(`email=a&recipient=${"x".repeat(2000)}`);
  await usage(`From: a@x.org\n\n${"x".repeat(2000)}`);
  await t.rejects(read(`email=${"x".repeat(100)}`, [], 50), {
    exitCode: 77,
    message: /limit of this site/,
  });
  const { message } = await read(`email=a&other=${"x".repeat(5000)}`);
  t.equal(message.toString(), "a", "what nobody asks for may be long");
});
