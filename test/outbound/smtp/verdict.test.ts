import t from "tap";
import { type Reply, ReplyReader } from "../../../src/outbound/smtp/reply.ts";
import {
  outcomesOf,
  type Said,
  wasBegun,
} from "../../../src/outbound/smtp/verdict.ts";

/** The replies in a text of some lines. */
function replies(...lines: string[]): Reply[] {
  const found: Reply[] = [];
  const text = lines.map((line) => `${line}\r\n`).join("");
  new ReplyReader().read(Buffer.from(text), (reply) => found.push(reply) > 0);
  return found;
}

const OK = replies("250 ok")[0] as Reply;
const GO = replies("354 go")[0] as Reply;

/** Each recipient's kind and reply, and its trouble. */
function judged(said: Partial<Said>, ...named: string[]): string[] {
  const whole: Said = {
    mail: OK,
    recipients: named.map(() => OK),
    data: GO,
    content: [],
    cutShort: undefined,
    lmtp: false,
    ending: { reply: "cut", trouble: "broken" },
    ...said,
  };
  return outcomesOf(named, whole).map(
    ({ address, kind, reply, trouble }) =>
      `${address} ${kind} ${reply}${trouble ? ` ${trouble}` : ""}`,
  );
}

t.test("accepted, and the content taken: sent", async (t) => {
  const content = replies("250 taken");
  t.same(judged({ content }, "a", "b"), [
    "a sent 250 taken",
    "b sent 250 taken",
  ]);
  t.same(
    judged({ content, recipients: replies("550 no", "251 ok") }, "a", "b"),
    ["a never 550 no", "b sent 250 taken"],
  );
  t.same(judged({ content: replies("452 full") }, "a"), ["a later 452 full"]);
  t.same(judged({ content: replies("554 spam") }, "a"), ["a never 554 spam"]);
  t.same(judged({ content: replies("354 what") }, "a"), ["a later 354 what"]);
});

t.test("LMTP: a reply for each who was accepted, doubles too", async (t) => {
  t.same(
    judged(
      {
        lmtp: true,
        recipients: replies("250 ok", "550 no", "250 ok", "250 ok"),
        content: replies("250 one", "452 full"),
      },
      "a",
      "b",
      "a",
      "c",
    ),
    [
      "a sent 250 one",
      "b never 550 no",
      "a later 452 full",
      "c later cut broken",
    ],
  );
});

t.test("MAIL refused: what is said behind it is an echo", async (t) => {
  const echo = replies("503 out of step", "250 ok");
  for (const [mail, kind] of [
    ["550 no", "never"],
    ["450 busy", "later"],
    ["530 STARTTLS first", "later"],
    ["421 bye", "later"],
  ] as const)
    t.same(
      judged(
        { mail: replies(mail)[0], recipients: echo, content: [OK] },
        "a",
        "b",
      ),
      [`a ${kind} ${mail}`, `b ${kind} ${mail}`],
    );
});

t.test("503 and 530 are never held against a member", async (t) => {
  const recipients = replies("503 x", "530 x");
  t.same(judged({ recipients }, "a", "b"), ["a later 503 x", "b later 530 x"]);
  for (const data of replies("503 no", "530 no"))
    t.same(judged({ data }, "a"), [`a later ${data.text}`]);
});

t.test("DATA refused, or answered out of step", async (t) => {
  t.same(judged({ data: replies("554 no")[0] }, "a"), ["a never 554 no"]);
  t.same(judged({ data: replies("250 ok")[0] }, "a"), ["a later cut broken"]);
});

t.test("what was cut short is refused for all who were accepted", async (t) => {
  t.same(
    judged(
      {
        lmtp: true,
        cutShort: replies("552 large")[0],
        recipients: replies("250 ok", "450 full", "250 ok"),
      },
      "a",
      "b",
      "c",
    ),
    ["a never 552 large", "b later 450 full", "c never 552 large"],
  );
});

t.test("what nobody answered is later", async (t) => {
  for (const said of [
    { mail: undefined, recipients: [] },
    { recipients: [] },
    { data: undefined },
    {},
  ])
    t.same(judged(said, "a"), ["a later cut broken"]);
  t.same(judged({ ending: { reply: "421 bye" } }, "a"), ["a later 421 bye"]);
});

t.test("what the server may have taken", async (t) => {
  const begun = (said: Partial<Said>) =>
    wasBegun({
      mail: OK,
      recipients: [],
      data: undefined,
      content: undefined,
      cutShort: undefined,
      lmtp: false,
      ending: undefined,
      ...said,
    });
  t.equal(begun({}), false);
  t.equal(begun({ mail: undefined }), false);
  t.equal(begun({ recipients: replies("550 no") }), true);
  t.equal(begun({ content: [] }), true);
  t.equal(begun({ mail: undefined, content: [] }), true, "nobody knows");
  const mail = replies("421 bye")[0];
  t.equal(begun({ mail, recipients: [OK], content: [] }), false);
});
