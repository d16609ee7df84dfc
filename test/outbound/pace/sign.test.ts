import t from "tap";
import { outcome } from "../../../src/outbound/outcome.ts";
import { isSign, signIn } from "../../../src/outbound/pace/sign.ts";

t.test("replies that speak of the relay", (t) => {
  for (const reply of [
    "421 4.3.2 Service shutting down",
    "421 mail.example.org too busy",
    "421 4.7.0 mail.example.org Error: too many connections from 192.0.2.1",
    "450 4.3.2 Service currently unavailable",
    "450 4.7.1 Error: too much mail from 192.0.2.1",
    "451 Requested action aborted: local error in processing",
    "451 4.3.0 Error: queue file write error",
    "451 4.3.5 Server configuration error",
    "451 4.4.5 congestion",
    "452 Requested action not taken: insufficient system storage",
    "452 4.3.1 Insufficient system storage",
    "454 4.3.0 Try again later",
  ])
    t.ok(isSign(reply), reply);
  t.end();
});

t.test("replies that speak of a recipient, a domain or the session", (t) => {
  for (const reply of [
    "250 ok",
    "354 go on",
    "450 mailbox unavailable",
    "450 4.1.8 <a@x.example>: Sender address rejected: Domain not found",
    "450 4.2.0 <a@x.example>: Recipient address rejected: Greylisted",
    "450 4.2.1 The user is receiving mail at a rate that prevents delivery",
    "450 4.7.1 <a@x.example>: try again later",
    "451 Greylisting in action, please come back later",
    "451 4.7.1 Graylisted",
    "451 4.4.3 no answer from the DNS",
    "452 4.2.2 mailbox full",
    "452 4.5.3 too many recipients",
    "421 4.4.2 idle for too long",
    "454 4.7.0 Temporary authentication failure",
    "550 5.1.1 no such user",
    "552 5.3.4 too large",
    "",
    "timeout",
  ])
    t.notOk(isSign(reply), reply);
  t.end();
});

t.test("the first sign of a transaction", (t) => {
  const full = outcome("b@x", "later", "452 4.3.1 full");
  const sent = outcome("a@x", "sent", "250 ok");
  t.equal(signIn([sent, full]), "452 4.3.1 full");
  t.equal(signIn([sent]), undefined);
  const bare = outcome("c@x", "later", "452 too many recipients");
  t.equal(signIn([sent, bare]), undefined, "others were taken");
  t.equal(signIn([bare]), "452 too many recipients");
  const broken = outcome("d@x", "later", "no answer in 600 s", "broken");
  t.equal(signIn([broken]), "no answer in 600 s");
  const away = outcome("e@x", "later", "ECONNREFUSED");
  t.equal(signIn([away]), undefined);
  t.end();
});
