import fc from "fast-check";
import t from "tap";
import {
  formatRequest,
  parseReply,
  type Request,
} from "../../src/engine/protocol.ts";
import { anyString } from "../anyString.ts";

const text = () => anyString();

t.test("a question is one line, whatever stands in it", async (t) => {
  fc.assert(
    fc.property(
      text(),
      fc.dictionary(text(), text()),
      text(),
      (id, variables, path) => {
        const request: Request = {
          verb: "approve",
          variables,
          message: path,
          recipients: null,
          emit: null,
          output: path,
        };
        const line = formatRequest(id, request);
        t.equal(line.indexOf("\n"), line.length - 1);
        const back = JSON.parse(Buffer.from(line).toString());
        // A dictionary may hold a "__proto__" of its own.
        t.same(Object.entries(back.variables), Object.entries(variables));
        t.same([back.id, back.output, back.emit], [id, path, null]);
      },
    ),
  );
});

t.test(
  "a line is an answer or named as none, and nothing throws",
  async (t) => {
    fc.assert(
      fc.property(fc.oneof(text(), fc.json()), (line) => {
        const reply = parseReply(line);
        t.ok("malformed" in reply || typeof reply.id === "string");
      }),
    );
  },
);

t.test("answers", async (t) => {
  const cases: [string, unknown][] = [
    ['{"id":"1","code":0}', { id: "1", code: 0 }],
    [
      '{"code":77,"id":"é","reason":"No","more":[]}\r',
      { id: "é", code: 77, reason: "No" },
    ],
    ['{"id":"1","code":0,"stdout":""}', { id: "1", code: 0, stdout: "" }],
    [
      '{"id":"1","code":0,"output":true,"stdout":null,"reason":null}',
      { id: "1", code: 0, output: true },
    ],
  ];
  for (const [line, reply] of cases) t.same(parseReply(line), reply, line);
});

t.test("what is no answer says why", async (t) => {
  const cases: [string, RegExp][] = [
    ["", /^what is not JSON/],
    ["pass", /^what is not JSON: pass$/],
    ["[]", /^what is no object/],
    ["null", /^what is no object/],
    ['{"id":1,"code":0}', /^without a proper "id"/],
    ['{"id":"1"}', /^without a proper "code"/],
    ['{"id":"1","code":"0"}', /^without a proper "code"/],
    ['{"id":"1","code":256}', /^without a proper "code"/],
    ['{"id":"1","code":-1}', /^without a proper "code"/],
    ['{"id":"1","code":0.5}', /^without a proper "code"/],
    ['{"id":"1","code":77,"reason":5}', /^without a proper "reason"/],
    ['{"id":"1","code":0,"stdout":[]}', /^without a proper "stdout"/],
    ['{"id":"1","code":0,"output":"yes"}', /^without a proper "output"/],
  ];
  for (const [line, why] of cases) {
    const reply = parseReply(line);
    t.match("malformed" in reply ? reply.malformed : "", why, line);
  }
});
