// People are away, and bad programs answer for them whatever comes: those who ask, those whom somebody
// else signs up, members, owners, moderators. All comes to rest, after few messages.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { POSTS } from "../../src/lists/policy/echo.ts";
import { needServers } from "./servers.ts";
import { type Manner, vacation } from "./vacation.ts";
import { Village } from "./village.ts";

t.setTimeout(400_000);

/** Most automatic answers a day, and posts after which a list stops. */
const [A_DAY, FLOOD] = [4, 6];

const people = ["anna", "eve", "maria", "olga", "robot", "robin"] as const;
type Name = (typeof people)[number];
type Count = Partial<Record<Name, number>>;

const of = (name: Name) => `${name}@box.test`;
const [anna, eve, robot, robin] = [
  of("anna"),
  of("eve"),
  of("robot"),
  of("robin"),
];

/** What each scene brings to whom, by how bad the programs are. */
const expected: Readonly<Record<Manner, Readonly<Record<string, Count>>>> = {
  marked: {
    asking: { robot: A_DAY },
    signed: { robin: 1 },
    // And the answer that goes past the list, to the author.
    member: { anna: 2, robot: 1 },
    owner: { robot: 1, eve: 1 },
    moderator: { maria: 1, robin: 1 },
    talk: { anna: 1, robot: 1, robin: 1 },
    chat: { anna: 1, robot: 1 },
  },
  worst: {
    // Its answers to what a list says reach the owners.
    asking: { robot: A_DAY, olga: A_DAY },
    // The question is answered, and so is the welcome.
    signed: { robin: 2, olga: 1 },
    member: { anna: 3, robot: 1, robin: 1 },
    owner: { robot: 1, eve: 1 },
    // Its answer decides nothing.
    moderator: { maria: 1, robin: 1, olga: 1 },
    // Each post is answered by both, until the list stops: then only what is left of a day's answers.
    talk: { anna: FLOOD, robot: FLOOD, maria: 1 },
    // No setting says so, but nobody writes so many posts.
    chat: { anna: 1 + POSTS, robot: 1 + POSTS, maria: 1 },
  },
};

for (const manner of ["marked", "worst"] as const)
  t.test(`${manner} vacation programs`, { timeout: 190_000 }, async (t) => {
    if (!needServers(t, "postfix", "swaks")) return;
    const common = [`owners=${of("olga")}`, "digest.enabled=false"];
    const village = await Village.open(t, {
      people,
      lists: {
        "news@lists.test": common,
        "staff@lists.test": [`owners=${robot}`, "digest.enabled=false"],
        "tea@lists.test": [
          ...[...common, "others=hold"],
          `moderators=${of("maria")},${robin}`,
        ],
        "talk@lists.test": [
          ...[...common, "reply_to=list", `moderators=${of("maria")}`],
          `flood.posts=${FLOOD}`,
        ],
        "chat@lists.test": [
          ...[...common, "reply_to=list", `moderators=${of("maria")}`],
        ],
      },
      site: `[answers]\na_day = ${A_DAY}\n`,
      instead: {
        robot: `vacation-${manner}:`,
        robin: `vacation-${manner}:`,
      },
      master: (dir) => vacation(dir, manner),
    });
    const { home } = village;
    await home.tell("member", "add", "news@lists.test", anna, robot);
    await home.tell("member", "add", "tea@lists.test", anna);
    await home.tell("member", "add", "talk@lists.test", anna, robot, robin);
    await home.tell("member", "add", "chat@lists.test", anna, robot);
    const held = () => readdirSync(join(home.dir, "spool/held/new")).length;

    /** How many messages have come to whom since the last time. */
    async function brought(): Promise<Count> {
      await village.rest(90);
      const counts: Count = {};
      for (const name of people) {
        const { length } = await village.unread(of(name));
        if (length > 0) counts[name] = length;
      }
      return counts;
    }
    const { asking, signed, member, owner, moderator, talk, chat } =
      expected[manner];

    for (let at = 0; at < 2 * A_DAY; at += 1)
      village.write(robot, "news-help@lists.test");
    t.same(await brought(), asking, "one who asks");

    village.write(eve, "news-request@lists.test", `subscribe ${robin}`);
    t.same(await brought(), signed, "one who is signed up");

    village.write(anna, "news@lists.test", "A post");
    t.same(await brought(), member, "a member");

    village.write(eve, "staff-owner@lists.test", "A question");
    t.same(await brought(), owner, "an owner");

    village.write(eve, "tea@lists.test", "A post of a stranger");
    t.same(await brought(), moderator, "a moderator");
    t.equal(held(), 1);

    village.write(anna, "talk@lists.test", "A word");
    const { robin: away = 0, olga = 0, ...others } = await brought();
    t.same(
      { ...others, ...(manner === "marked" ? { robin: away } : {}) },
      talk,
    );
    t.ok(away <= FLOOD + A_DAY && olga <= 1 + A_DAY, "answers are bounded");

    village.write(anna, "chat@lists.test", "Another word");
    t.same(await brought(), chat, "and no setting stops it");
    t.notMatch(village.state, /status=(deferred|bounced)|failed:/);
  });
