import t from "tap";
import { Networks, networkIn } from "../../src/base/network.ts";

t.test("what is a network", async (t) => {
  for (const text of [
    "192.0.2.0/24",
    "192.0.2.1",
    "0.0.0.0/0",
    "2001:db8::/32",
    "::1",
    "::/0",
    "::ffff:10.0.0.0/104",
  ])
    t.ok(networkIn(text), text);
  for (const text of [
    "",
    "example.org",
    "192.0.2/24",
    "192.0.2.0/33",
    "192.0.2.0/",
    "192.0.2.0/-1",
    "192.0.2.0/8/8",
    "::1/129",
    "fe80::1%eth0",
    "1.2.3.4/24 ",
  ])
    t.equal(networkIn(text), undefined, text);
});

t.test("which addresses are in it", async (t) => {
  const has = (networks: string[], address: string) =>
    new Networks(networks).has(address);
  t.ok(has(["127.0.0.0/8"], "127.1.2.3"));
  t.notOk(has(["127.0.0.0/8"], "128.0.0.1"));
  t.ok(has(["192.0.2.9"], "192.0.2.9"));
  t.notOk(has(["192.0.2.9"], "192.0.2.8"));
  t.ok(has(["2001:db8::/32"], "2001:db8:1::5"));
  t.notOk(has(["2001:db8::/32"], "2001:db9::5"));
  t.ok(has(["fe80::/10"], "fe80::1%eth0"), "a link's zone says nothing");
  t.notOk(has([], "127.0.0.1"));
  t.notOk(has(["0.0.0.0/0"], "nonsense"));
  t.notOk(has(["0.0.0.0/0"], ""));
});

t.test("IPv4 that IPv6 brings is IPv4", async (t) => {
  const ten = new Networks(["10.0.0.0/8"]);
  t.ok(ten.has("::ffff:10.1.2.3"));
  t.ok(ten.has("::FFFF:a01:203"));
  t.notOk(ten.has("::ffff:11.1.2.3"));
  t.notOk(new Networks(["::/8"]).has("::ffff:10.1.2.3"), "and no IPv6");
  const mapped = new Networks(["::ffff:10.0.0.0/104"]);
  t.ok(mapped.has("10.9.9.9"));
  t.notOk(mapped.has("11.9.9.9"));
});
