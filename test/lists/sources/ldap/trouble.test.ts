import {
  BusyError,
  InvalidCredentialsError,
  SizeLimitExceededError,
  TimeLimitExceededError,
  UnavailableError,
  UnknownStatusCodeError,
  UnwillingToPerformError,
} from "ldapts";
import t from "tap";
import { Failure } from "../../../../src/base/errors.ts";
import {
  told,
  Unreachable,
} from "../../../../src/lists/sources/ldap/trouble.ts";

const where = "[ldap] ldap://x";
const coded = (code: string) => Object.assign(new Error("said"), { code });

t.test(
  "who does not answer, or cannot just now, leaves it to another server",
  async (t) => {
    const errors = [
      new BusyError("later"),
      new UnavailableError("later"),
      new TimeLimitExceededError("later"),
      coded("ECONNREFUSED"),
      coded("ENOTFOUND"),
      new Error("SearchRequest: Operation timed out"),
    ];
    for (const error of errors)
      t.type(told(error, where, 500), Unreachable, error.message);
  },
);

t.test("every other answer is one, with what to do", async (t) => {
  const errors: [Error, RegExp][] = [
    [
      new InvalidCredentialsError("x"),
      /^\[ldap\] ldap:\/\/x: the server refuses bind_dn or its password \(x\)$/,
    ],
    [new SizeLimitExceededError("x"), /limit of entries cuts the answer/],
    [new UnknownStatusCodeError(10, "x"), /lies on another server/],
    [new UnwillingToPerformError("x"), /the server refuses \(x\)/],
    [new UnwillingToPerformError(""), /the server refuses \(result code 53\)/],
    [coded("ERR_TLS_CERT_ALTNAME_INVALID"), /certificate is not trusted/],
    [coded("UNABLE_TO_VERIFY_LEAF_SIGNATURE"), /certificate is not trusted/],
    [coded("DEPTH_ZERO_SELF_SIGNED_CERT"), /certificate is not trusted/],
    [coded("CERT_HAS_EXPIRED"), /certificate is not trusted/],
  ];
  for (const [error, message] of errors)
    t.match(told(error, where, 500), {
      name: "Failure",
      exitCode: 75,
      message,
    });
});

t.test("it is said in few words", async (t) => {
  const said: [Error, string][] = [
    [
      new Error(
        "Connection closed before message response was received. Message type: BindRequest (0x60)",
      ),
      "the server closed the connection",
    ],
    [new Error("BindRequest: Operation timed out"), "no answer within 0.5 s"],
    [
      new Error(
        "Socket error. Message type: SearchRequest (0x63)\nread ECONNRESET",
      ),
      "read ECONNRESET",
    ],
    [new AggregateError([coded("ECONNREFUSED"), coded("EACCES")], ""), "said"],
    [new BusyError(""), "result code 51"],
  ];
  for (const [error, message] of said)
    t.equal(told(error, where, 500).message, message);
});

t.test("what was told already stays as it is", async (t) => {
  for (const error of [new Failure(75, "x"), new Unreachable("x")])
    t.equal(told(error, where, 500), error);
});
