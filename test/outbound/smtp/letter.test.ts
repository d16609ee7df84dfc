import t from "tap";
import { extensionsOf } from "../../../src/outbound/smtp/extensions.ts";
import { type Letter, naming } from "../../../src/outbound/smtp/letter.ts";
import { content } from "./talking.ts";

const LETTER: Letter = {
  sender: "s@x",
  recipients: ["a@x", "jörg@x", "b@x", "c@x"],
  content: content("12345"),
};

/** Who is named, and "jörg@x never 550 5.6.7". */
function named(letter: Partial<Letter>, ...keywords: string[]) {
  const { named, spared, utf8 } = naming(
    { ...LETTER, ...letter },
    extensionsOf(["x", ...keywords]),
  );
  const others = [...(spared ?? [])].map(
    ([place, { address, kind, reply }]) =>
      `${place} ${address} ${kind} ${reply.slice(0, 9)}`,
  );
  return { named, others, utf8 };
}

t.test("everybody is named, in the very same list", async (t) => {
  const recipients = ["a@x", "a@x"];
  const found = named({ recipients });
  t.equal(found.named, recipients);
  t.same(found.others, []);
  t.equal(found.utf8, false);
});

t.test("SMTPUTF8 is for those who need it", async (t) => {
  t.same(named({}), {
    named: ["a@x", "b@x", "c@x"],
    others: ["1 jörg@x never 550 5.6.7"],
    utf8: false,
  });
  t.same(named({}, "SMTPUTF8"), {
    named: LETTER.recipients,
    others: [],
    utf8: true,
  });
  const recipients = ["a@x"];
  t.same(named({ recipients, sender: "ö@x" }), {
    named: [],
    others: ["0 a@x never 550 5.6.7"],
    utf8: false,
  });
  t.equal(named({ recipients, sender: "ö@x" }, "SMTPUTF8").utf8, true);
  const header = content("x", { utf8Header: true });
  t.equal(named({ recipients, content: header }, "SMTPUTF8").utf8, true);
  t.same(
    named({ recipients, content: header }),
    { named: ["a@x"], others: [], utf8: false },
    "it is sent all the same",
  );
});

t.test("too large is never, and nothing is said", async (t) => {
  const recipients = ["a@x", "b@x"];
  t.same(named({ recipients }, "SIZE 4"), {
    named: [],
    others: ["0 a@x never 552 5.3.4", "1 b@x never 552 5.3.4"],
    utf8: false,
  });
  for (const size of ["SIZE 5", "SIZE 0", "SIZE"])
    t.same(named({ recipients }, size).named, recipients, size);
});

t.test("more than the relay takes at once are later", async (t) => {
  t.same(named({}, "LIMITS RCPTMAX=2"), {
    named: ["a@x", "b@x"],
    others: ["1 jörg@x never 550 5.6.7", "3 c@x later 452 4.5.3"],
    utf8: false,
  });
  t.same(named({}, "LIMITS RCPTMAX=4", "SMTPUTF8").others, []);
});
