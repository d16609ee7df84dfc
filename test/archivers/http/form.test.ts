import t from "tap";
import { hyperkittyForm } from "../../../src/archivers/http/form.ts";
import { bytes } from "../../../src/base/pieces.ts";

t.test("a form that others can read, with the message as it is", async (t) => {
  const message = "Subject: x\n\n--listmill-\r\n\xff\0";
  const { type, body } = hyperkittyForm("dev@x.org", [
    Buffer.from(message, "latin1"),
  ]);
  const read = await new Response(new Uint8Array(await bytes(body, 10_000)), {
    headers: { "content-type": type },
  }).formData();
  t.equal(read.get("mlist"), "dev@x.org");
  const file = read.get("message") as File;
  t.equal(file.name, "message.txt");
  t.equal(Buffer.from(await file.arrayBuffer()).toString("latin1"), message);
});

t.test("no stranger can know what separates the parts", async (t) => {
  t.not(hyperkittyForm("a", []).type, hyperkittyForm("a", []).type);
});
