import t from "tap";
import { logIn } from "../../../src/outbound/smtp/login.ts";
import { ReplyReader } from "../../../src/outbound/smtp/reply.ts";

/** Logs in, where the server answers with these lines. @returns what was said to it, and how it ended */
async function log(
  mechanisms: string[],
  secret: boolean,
  ...answers: string[]
) {
  const said: string[] = [];
  const reader = new ReplyReader();
  const trouble = await logIn(
    { user: "tim", password: "tanstaaftanstaaf" },
    mechanisms,
    secret,
    (line) => {
      said.push(line);
      return new Promise((done) => {
        reader.read(Buffer.from(`${answers.shift()}\r\n`), (reply) => {
          done(reply);
          return true;
        });
      });
    },
  );
  return { said, trouble };
}

const PLAIN = Buffer.from("\0tim\0tanstaaftanstaaf").toString("base64");

t.test("the best that is offered and safe", async (t) => {
  t.same(await log(["CRAM-MD5", "LOGIN", "PLAIN"], true, "235 welcome"), {
    said: [`AUTH PLAIN ${PLAIN}`],
    trouble: undefined,
  });
  t.same(
    await log(
      ["CRAM-MD5", "LOGIN"],
      true,
      "334 VXNlcm5hbWU6",
      "334 UGFzc3dvcmQ6",
      "235 x",
    ),
    {
      said: ["AUTH LOGIN", "dGlt", "dGFuc3RhYWZ0YW5zdGFhZg=="],
      trouble: undefined,
    },
  );
});

t.test("CRAM-MD5 as in RFC 2195", async (t) => {
  const challenge = Buffer.from("<1896.697170952@postoffice.reston.mci.net>");
  const expected = {
    said: [
      "AUTH CRAM-MD5",
      Buffer.from("tim b913a602c7eda7a495b4e6e7334d3890").toString("base64"),
    ],
    trouble: undefined,
  };
  for (const secret of [true, false]) {
    const offered = secret ? ["CRAM-MD5"] : ["PLAIN", "LOGIN", "CRAM-MD5"];
    t.same(
      await log(
        offered,
        secret,
        `334 ${challenge.toString("base64")}`,
        "235 x",
      ),
      expected,
    );
  }
});

t.test("no password in clear text where others could read it", async (t) => {
  for (const offered of [["PLAIN"], ["LOGIN"], ["LOGIN", "PLAIN"]])
    t.same(await log(offered, false), {
      said: [],
      trouble: "no login over a connection that is not encrypted",
    });
  for (const offered of [[], ["GSSAPI", "XOAUTH2"]])
    t.match(await log(offered, true), {
      said: [],
      trouble: /no login that we/,
    });
});

t.test("a refusal is told, at each step", async (t) => {
  const no = "535 5.7.8 no";
  for (const [mechanism, ...before] of [
    ["PLAIN"],
    ["LOGIN"],
    ["LOGIN", "334 VXNlcm5hbWU6"],
    ["LOGIN", "334 VXNlcm5hbWU6", "334 UGFzc3dvcmQ6"],
    ["CRAM-MD5"],
    ["CRAM-MD5", "334 "],
  ]) {
    const { trouble } = await log([mechanism as string], true, ...before, no);
    t.equal(trouble, `login refused: ${no}`);
  }
  const { trouble } = await log(["PLAIN"], true, "334 more");
  t.equal(trouble, "login refused: 334 more");
});
