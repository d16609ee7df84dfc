import t from "tap";
import { letter, read } from "./reports.ts";

t.test(
  "addresses of the envelope and of To, ours too, fifty at most",
  async (t) => {
    const found = await read(
      letter({
        fields: [
          "To: L-bounces+ann=example.org@Lists.example.org",
          "Delivered-To: l-bounces@lists.example.org",
        ],
        lines: [
          "<ann@example.org>: user unknown",
          "--- Below this line is a copy of the message.",
          "",
          "Return-Path: <l-bounces+1@lists.example.org>",
          "X-Original-To: ann@EXAMPLE.org",
          "Message-ID: <1@x>",
          `To: ${Array.from({ length: 99 }, (_, n) => `u${n}@example.com`).join(", ")}`,
        ],
      }),
    );
    if (found.kind !== "bounce") return t.fail(found.kind);
    const { addresses, messageId } = found.returned;
    t.equal(messageId, "<1@x>");
    t.same(addresses.slice(0, 3), [
      "l-bounces+1@lists.example.org",
      "ann@example.org",
      "u0@example.com",
    ]);
    t.equal(addresses.length, 50);
  },
);

t.test("the addresses for leaving, behind the return paths", async (t) => {
  const found = await read(
    letter({
      lines: [
        "<ann@example.org>: user unknown",
        "--- Below this line is a copy of the message.",
        "",
        "List-Unsubscribe: <https://lists.example.org/x?a=mailto:eve@example.org>,",
        " <mailto:l-unsubscribe%2Babc@Lists.example.org?subject=bob@example.org>,",
        " <MAILTO:l-leave+%@lists.example.org>, <mailto:nobody>, <mailto:l-",
        " leave@lists.example.org>",
        "Return-Path: <l-bounces+1@lists.example.org>",
        `To: ${Array.from({ length: 99 }, (_, n) => `u${n}@example.com`).join(", ")}`,
      ],
    }),
  );
  if (found.kind !== "bounce") return t.fail(found.kind);
  const { addresses } = found.returned;
  t.same(addresses.slice(0, 5), [
    "l-bounces+1@lists.example.org",
    "l-unsubscribe+abc@lists.example.org",
    "l-leave+%@lists.example.org",
    "l-leave@lists.example.org",
    "u0@example.com",
  ]);
  t.equal(addresses.length, 50);
});

t.test("what is not recognised has them too", async (t) => {
  t.same(
    await read(
      letter({
        from: "ann@example.org",
        fields: ["To: l-bounces+x@lists.example.org"],
        lines: ["hello"],
      }),
    ),
    {
      kind: "unrecognised",
      returned: { addresses: ["l-bounces+x@lists.example.org"] },
    },
  );
});
