import { createHmac } from "node:crypto";
import t from "tap";
import { signaturesOf } from "../../../src/archivers/http/signature.ts";

async function* body(...parts: string[]) {
  for (const part of parts) yield Buffer.from(part);
}

t.test("the example of the specification", async (t) => {
  const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  t.equal(
    await signaturesOf(
      [secret],
      "msg_p5jXN8AQM9LWM0D4loKWxJek",
      1_614_265_330,
      body('{"test": 2432', "232314}"),
    ),
    "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
  );
});

t.test("a signature for each secret, any text is one", async (t) => {
  const of = (key: Buffer | string) =>
    `v1,${createHmac("sha256", key).update("a/1.5.x").digest("base64")}`;
  t.equal(
    await signaturesOf(["old one", "whsec_AAEC"], "a/1", 5, body("x")),
    `${of("old one")} ${of(Buffer.from([0, 1, 2]))}`,
  );
});

t.test("what is no Base64 behind whsec_ is refused", async (t) => {
  for (const secret of ["whsec_", "whsec_ab-_", "whsec_AAECA", "whsec_a=b"])
    await t.rejects(signaturesOf([secret], "a/1", 5, body("x")), {
      message: /secret_file: behind whsec_ there must be Base64/,
      exitCode: 75,
    });
});
