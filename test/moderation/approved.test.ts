import t from "tap";
import { hashOf } from "../../src/lists/password.ts";
import { Header } from "../../src/mail/header.ts";
import { isApproved, withoutApproval } from "../../src/moderation/approved.ts";

t.test(
  "a post with the password is approved, and the password is taken out",
  async (t) => {
    const moderation = { password: await hashOf("secret") };
    const settings = { moderation } as Parameters<typeof isApproved>[1];
    const header = new Header().add("From", "a@b.org");
    for (const name of ["Approved", "approve", "X-Approved"]) {
      const marked = header.add(name, " secret ");
      t.ok(await isApproved(marked, settings));
      t.notMatch(withoutApproval(marked).bytes().toString(), "secret");
    }
    const wrong = header.add("Approved", "guess").add("Approved", "secret");
    t.notOk(await isApproved(wrong, settings), "one guess a post");
    t.notMatch(withoutApproval(wrong).bytes().toString(), /guess|secret/);
    t.notOk(await isApproved(header, settings));
    t.equal(withoutApproval(header), header);
    const none = { moderation: {} } as Parameters<typeof isApproved>[1];
    t.notOk(await isApproved(header.add("Approved", ""), none));
  },
);
