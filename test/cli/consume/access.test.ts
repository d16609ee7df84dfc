import t from "tap";
import { accessOf } from "../../../src/cli/consume/access.ts";

const section = {
  url: "amqps://home:5671",
  user: "listmill",
  password_file: "secrets/rabbit",
  ca_file: "ca.pem",
};
const schemes = ["amqp:", "amqps:"];

t.test("the login of the home goes to its own server alone", async (t) => {
  t.same(accessOf({}, section, schemes), section);
  t.match(accessOf({ url: "amqps://home:5671/" }, section, schemes), {
    user: "listmill",
  });
  for (const url of ["amqps://other:5671", "amqp://home:5671"])
    t.same(accessOf({ url }, section, schemes), {
      ...{ url, user: undefined },
      ...{ password_file: undefined, ca_file: undefined },
    });
});

t.test("what the command says counts before that", async (t) => {
  const said = { url: "amqp://other", user: "me", "password-file": "mine" };
  t.match(accessOf(said, section, schemes), {
    ...{ url: "amqp://other", user: "me", password_file: "mine" },
  });
});
