import t from "tap";
import { Failure } from "../../src/base/errors.ts";
import { chooseAccount, lookUp } from "../../src/engine/account.ts";

t.test("accounts are found by name and number", async (t) => {
  const root = lookUp("root");
  t.match(root, { name: "root", uid: 0, gid: 0 });
  t.match(lookUp("0"), { uid: 0 });
  for (const none of ["no-such-user", "-u", "", "root; id", "$(id)"])
    t.equal(lookUp(none), undefined, `"${none}"`);
});

t.test("hooks are root's only where that is said", async (t) => {
  t.same(chooseAccount(undefined, 0), {
    kind: "none",
    reason: "hooks are not run as root: set hooks.hook_user in listmill.toml",
  });
  t.same(chooseAccount("root", 0), { kind: "own" });
  t.match(chooseAccount("daemon", 0), {
    kind: "other",
    account: { name: "daemon", uid: /^[1-9]\d*$/ },
  });
  t.same(chooseAccount(undefined, 1000), { kind: "own" });
});

t.test("who is not root has an own account only", async (t) => {
  const daemon = lookUp("daemon");
  t.same(chooseAccount("daemon", daemon?.uid), { kind: "own" });
  const refused = (wanted: string, self: number, words: RegExp) => {
    try {
      chooseAccount(wanted, self);
      t.fail(`${wanted} for ${self}`);
    } catch (error) {
      t.ok(error instanceof Failure);
      t.match(error, { exitCode: 78, message: words });
    }
  };
  refused(
    "daemon",
    4711,
    /^listmill\.toml: hooks\.hook_user: only a runner of/,
  );
  refused("root", 4711, /only a runner of root's can run hooks as root/);
  refused("nobody-here", 0, /this host has no account "nobody-here"/);
});
