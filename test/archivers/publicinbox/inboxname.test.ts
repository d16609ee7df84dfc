import t from "tap";
import { inboxName } from "../../../src/archivers/publicinbox/inboxname.ts";

const of = (address: string) => {
  const [local = "", domain = ""] = address.split("@");
  return inboxName({ address, local, domain });
};

t.test("the address with a dot, where that can be read back", async (t) => {
  t.equal(of("dev@lists.example.org"), "dev.lists.example.org");
  t.equal(of("a_b-c@x.org"), "a_b-c.x.org");
});

t.test("no two lists share a name", async (t) => {
  const addresses = [
    ...["dev@lists.x.org", "dev.lists@x.org"],
    ...["a_b@x.org", "a+b@x.org", "a=b@x.org", "ü@x.org", "ä@x.org"],
  ];
  const names = addresses.map(of);
  t.equal(new Set(names).size, names.length);
  for (const name of names) t.match(name, /^[\w.-]+$/);
  t.match(of("dev.lists@x.org"), /^dev\.lists\.x\.org-[0-9a-f]{8}$/);
});
