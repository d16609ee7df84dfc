import fc from "fast-check";
import t from "tap";
import { commandsIn, commandsOf, MOST } from "../../src/commands/read.ts";
import { openMessage } from "../../src/mail/message.ts";
import { anyString } from "../anyString.ts";

const names = new Set(
  "subscribe unsubscribe confirm help get index set who approve weather".split(
    " ",
  ),
);

async function read(extension: string, ...lines: string[]) {
  const message = await openMessage([Buffer.from(lines.join("\n"))], 100_000);
  return (await commandsIn(message, extension, "-+", names)).map(
    ({ name, rest }) => `${name}${rest && ` ${rest}`}`,
  );
}

t.test("an address is a command", async (t) => {
  const mail = ["Subject: whatever", "", "Text."];
  t.same(await read("subscribe", ...mail), ["subscribe"]);
  t.same(await read("subscribe-digest", ...mail), ["subscribe digest"]);
  t.same(await read("get-5-10", ...mail), ["get 5-10"]);
  t.same(await read("set+nomail", ...mail), ["set nomail"]);
  t.same(await read("join", ...mail), ["subscribe"]);
  t.same(await read("confirm+abc", ...mail), ["confirm abc"]);
  t.same(await read("bogus", ...mail), ["bogus"]);
});

t.test("a token may stand in the subject or in the quoted text", async (t) => {
  const token = "abcdefghijklmnopqrstuvwxyz234567";
  t.same(
    await read(
      "confirm",
      `Subject: Re: confirm ${token.toUpperCase()}`,
      "",
      "ok",
    ),
    [`confirm ${token}`],
  );
  t.same(
    await read(
      "confirm",
      "Subject: Aw: x",
      "",
      "Yes.",
      "> confirm",
      `> ${token}`,
    ),
    [`confirm ${token}`],
  );
  t.same(await read("confirm", "Subject: x", "", "y"), ["confirm"]);
});

t.test(
  "a subject is a command, whatever mail programs put before it",
  async (t) => {
    for (const subject of [
      "subscribe",
      "Re: subscribe",
      "AW: Re[2]: SUBSCRIBE",
      "[news] Subscribe",
      "返信：登録",
      "=?utf-8?q?R=C3=A9f_=3A_abonner?=",
      "Fwd: abonnieren.",
    ])
      t.same(
        await read("request", `Subject: ${subject}`, "", ""),
        ["subscribe"],
        subject,
      );
  },
);

t.test("what stands above a quotation is no command", async (t) => {
  t.same(
    await read(
      "request",
      "Subject: Re: A post",
      "",
      "unsubscribe",
      "",
      "On Mon, 3 August 2026 at 10:00, Ben <ben@example.org>",
      "wrote:",
      "> help",
    ),
    ["unsubscribe"],
  );
});

t.test("text is read as a person reads it", async (t) => {
  t.same(
    await read(
      "request",
      "Subject:",
      "Content-Type: text/plain; charset=utf-8",
      "Content-Transfer-Encoding: quoted-printable",
      "",
      "Help=",
      "",
      "=C3=A4quivalent foo bar baz is prose that nobody understands",
      "set d=69gest",
      "-- ",
      "unsubscribe",
    ),
    ["help", "set digest"],
  );
  t.same(
    await read(
      "request",
      "Subject: x",
      "Content-Type: text/html",
      "",
      "<html><body><div>unsubscribe</div><div><b>help</b></div></body></html>",
    ),
    ["unsubscribe", "help"],
  );
  t.same(
    await read(
      "request",
      "Subject: help",
      "",
      "help",
      "> unsubscribe",
      "get 5",
      "end",
      "who",
    ),
    ["help", "get 5"],
    "quoted lines and what is behind an end are none",
  );
});

t.test("what is no command is told, but prose is left alone", async (t) => {
  t.same(await read("request", "Subject: subscribeme pls", "", ""), [
    "subscribeme pls",
  ]);
  t.same(await read("request", "Subject: help", "", "unsubscribee"), [
    "help",
    "unsubscribee",
  ]);
  t.same(
    await read(
      "request",
      "Subject: hello there, dear people of this list",
      "",
      "I would like to know how all this works.",
      "Please write to me soon, as I have no time.",
      "Yours sincerely, whoever this may be written by.",
      "help",
    ),
    ["hello there, dear people of this list"],
  );
  t.same(
    await read("request", "From: a@b.c", "", ""),
    [],
    "nothing is nothing",
  );
});

t.test(
  "ten of them are taken, and one more tells that there were more",
  (t) => {
    const text = Array.from({ length: 50 }, (_, at) => `get ${at}`).join("\n");
    t.equal(commandsOf("", text, names).length, MOST + 1);
    t.end();
  },
);

t.test("whatever is written comes to some short lines", (t) => {
  fc.assert(
    fc.property(
      anyString({ maxLength: 200 }),
      fc.array(
        fc.oneof(
          anyString({ maxLength: 100 }),
          fc.constantFrom("subscribe", "help x", "-- ", "end", "> who"),
        ),
        { maxLength: 40 },
      ),
      (subject, lines) => {
        const found = commandsOf(subject, lines.join("\n"), names);
        return (
          found.length <= MOST + 1 &&
          found.every(
            ({ name, rest }) =>
              name !== "" &&
              `${name}${rest}`.length <= 600 &&
              !/[\r\n\0]/.test(name + rest),
          )
        );
      },
    ),
  );
  t.end();
});
