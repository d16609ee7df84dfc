import t from "tap";
import { isPersonal } from "../../../src/lists/schema/personal.ts";
import { environmentOf, listSettings } from "../../../src/lists/settings.ts";

const site = { list: {} };
const settings = (content: string) => listSettings(site, content, "list.toml");

t.test("any of the settings makes a list personal", async (t) => {
  const is = (content: string) => isPersonal(settings(content).personal);
  t.notOk(is(""));
  t.notOk(is('[personal]\nfooter = " \\n"'));
  t.ok(is('[personal]\nfooter = "You are {{address}}"'));
  t.ok(is('[personal]\nheaders = ["X-Member: {{address}}"]'));
  t.ok(is('[personal]\nunsubscribe_url = "https://x.org/{{token}}"'));
  t.match(environmentOf(settings('[personal]\nfooter = "{{list}}\\nx"')), {
    LISTMILL_SETTING_PERSONAL_FOOTER: "{{list}} x",
  });
});

t.test("what cannot work is told with its line", async (t) => {
  const url = "must be an https:// URL of up to 300 characters";
  const header = "must be one field on one line";
  const bad: [string, string, string][] = [
    [
      "footer",
      '"{{adress}}"',
      "there is no {{adress}}; there are {{address}}, {{list}}, {{token}}, {{unsubscribe}}",
    ],
    ["footer", '"{{ list }}"', "there is no {{ list }}"],
    ["footer", "5", "must be text, not 5"],
    ["headers.0", '["X-A: {{who}}"]', "there is no {{who}}"],
    ["headers.1", '["X-A: 1", "X-A: 1\\r\\nBcc: x"]', header],
    ["headers.0", '["no field"]', header],
    ["headers.0", '["X-A: "]', header],
    ["headers.0", '[".A: x"]', header],
    ["headers.0", '["X Y: x"]', header],
    ["headers.0", `["X: ${"x".repeat(500)}"]`, "is longer than 500 characters"],
    ["headers.0", '["From: {{list}}"]', "From must stay what it is"],
    [
      "headers.0",
      '["content-type: text/html"]',
      "content-type must stay what it is",
    ],
    [
      "headers.0",
      '["List-Unsubscribe: <mailto:x@y>"]',
      "is made of unsubscribe_url: set that",
    ],
    ["unsubscribe_url", '"https://x.org/"', "must have {{token}} in it, once"],
    [
      "unsubscribe_url",
      '"https://x.org/{{token}}{{token}}"',
      "must have {{token}} in it, once",
    ],
    [
      "unsubscribe_url",
      '"https://x.org/{{token}}?{{list}}{{list}}"',
      "may have {{list}} in it once",
    ],
    [
      "unsubscribe_url",
      '"https://x.org/{{token}}/{{address}}"',
      "there is no {{address}}; there are {{token}}, {{list}}",
    ],
    ["unsubscribe_url", '"http://x.org/{{token}}"', url],
    ["unsubscribe_url", '"https://x.org/a b/{{token}}"', url],
    ["unsubscribe_url", '"https://x.org/>,<mailto:x>{{token}}"', url],
    ["unsubscribe_url", '"https://{{token}}:x"', url],
    ["unsubscribe_url", `"https://x.org/${"x".repeat(300)}{{token}}"`, url],
  ];
  for (const [name, value, what] of bad) {
    const content = `\n[personal]\n${name.split(".")[0]} = ${value}\n`;
    const told = (): string => {
      try {
        settings(content);
        return "";
      } catch (error) {
        return (error as Error).message;
      }
    };
    const start = `list.toml:3: personal.${name.replace(/\.(\d)/, (_, at) => `[${Number(at) + 1}]`)}: ${what}`;
    t.equal(told().slice(0, start.length), start, value);
  }
});

t.test("what can work is taken as it is", async (t) => {
  const { personal } = settings(`[personal]
headers = ["To: {{address}}", "X-Greeting: Grüße von {{list}} für {{address}}"]
footer = "{{token}} {{unsubscribe}} {not} {{}"
unsubscribe_url = "https://x.org/u?list={{list}}&t={{token}}"
`);
  t.same(personal.headers.length, 2);
  t.equal(personal.footer, "{{token}} {{unsubscribe}} {not} {{}");
});
