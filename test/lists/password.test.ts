import t from "tap";
import { hashOf, isPassword } from "../../src/lists/password.ts";

t.test("a password is known by its hash", async (t) => {
  const hash = await hashOf("pässword 1");
  t.match(hash, /^scrypt:[\w+/=]+:[\w+/=]+$/);
  t.notMatch(hash, "ssword");
  t.not(await hashOf("pässword 1"), hash, "no two are alike");
  t.ok(await isPassword("pässword 1", hash));
  t.ok(await isPassword("pa\u0308ssword 1", hash), "however it was typed");
  t.notOk(await isPassword("password 1", hash));
  t.notOk(await isPassword("", hash));
});

t.test("a broken hash fits nothing", async (t) => {
  for (const kept of ["", "scrypt::", "md5:AAAA:AAAA", "scrypt:AAAA:AAAA"])
    t.notOk(await isPassword("", kept), kept);
});
