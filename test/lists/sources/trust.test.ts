import t from "tap";
import { certificatesOf, secretOf } from "../../../src/lists/sources/trust.ts";

t.test("certificates and secrets come from files of the home", (t) => {
  const ca = "-----BEGIN CERTIFICATE-----\n";
  const home = t.testdir({ ca, key: "s3cret \r\nmore\n", none: "" });
  const place = { home, section: "web" };
  t.equal(certificatesOf(undefined, place), undefined);
  t.equal(certificatesOf("ca", place), ca);
  t.equal(secretOf("token_file", undefined, place), "");
  t.equal(secretOf("token_file", "key", place), "s3cret ");
  t.equal(secretOf("token_file", "none", place), "");
  t.throws(() => certificatesOf("key", place), {
    exitCode: 75,
    message: "[web] ca_file key holds no certificate (PEM)",
  });
  t.throws(() => secretOf("token_file", "gone", place), {
    exitCode: 75,
    message: /^\[web\] token_file cannot be read: ENOENT/,
  });
  t.end();
});
