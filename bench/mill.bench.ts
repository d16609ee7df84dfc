/**
 * The whole mill, from the MTA's Maildir to smtp-sink, archive copy included: posts a second to a
 * small list, recipients a second of one post to a large one, and memory for a very large one.
 * The reference is smtp-source, which brings the same mail into the same sink in one step.
 */
import { Home, type Run } from "./home.ts";
import { medians } from "./measure.ts";
import { type Sink, sinkMissing, startSink } from "./sink.ts";
import { runSource } from "./source.ts";
import type { Result, Row } from "./table.ts";

const ROUNDS = 3;
const SIZE = 10_240;
const POSTS = 300;
const MEMBERS = 10;
const LARGE = 10_000;
const VERY_LARGE = 1_000_000;

export async function bench(): Promise<Result> {
  const title = `the mill: posts of 10 KB (start of the process included)`;
  const skipped = sinkMissing();
  if (skipped !== undefined) return { title, skipped };
  const sink = await startSink();
  const homes: Home[] = [];
  const home = async (members: number) => {
    const made = await Home.make(sink.url, members);
    homes.push(made);
    return made;
  };
  try {
    return { title, rows: await rows(sink, home) };
  } finally {
    for (const made of homes) made.remove();
    await sink.stop();
  }
}

async function rows(
  sink: Sink,
  home: (members: number) => Promise<Home>,
): Promise<Row[]> {
  const small = await home(MEMBERS);
  const shells = await home(MEMBERS);
  shells.addShellHooks(5);
  const large = await home(LARGE);
  const [
    plain = 0,
    hooked = 0,
    postReference = 0,
    exploded = 0,
    reference = 0,
  ] = await medians(ROUNDS, [
    () => posts(small),
    () => posts(shells),
    async () => (await source(sink, POSTS, MEMBERS)) / MEMBERS,
    async () => LARGE / (await explosion(large)).seconds,
    () => source(sink, LARGE / 100, 100),
  ]);
  const unit = "posts/s";
  const found: Row[] = [
    {
      name: `${MEMBERS} members, default hooks`,
      figure: plain,
      unit,
      reference: postReference,
    },
    {
      name: `${MEMBERS} members, and 5 shell hooks`,
      figure: hooked,
      unit,
      reference: postReference,
    },
    {
      name: `smtp-source, ${MEMBERS} recipients a message`,
      figure: postReference,
      unit,
    },
    {
      name: `one post to ${LARGE}`,
      figure: exploded,
      unit: "recipients/s",
      reference,
    },
    {
      name: "smtp-source, 100 recipients a message",
      figure: reference,
      unit: "recipients/s",
    },
  ];
  const huge = await home(VERY_LARGE);
  huge.post(1, SIZE);
  const { peak, seconds } = await huge.run(["incoming", "posts"]);
  found.push(
    {
      name: `peak memory, explosion to ${VERY_LARGE}`,
      figure: peak,
      unit: "MB",
    },
    {
      name: `explosion to ${VERY_LARGE}, until all is on disk`,
      figure: seconds,
      unit: "s",
    },
  );
  return found;
}

async function posts(home: Home): Promise<number> {
  home.post(POSTS, SIZE);
  return POSTS / (await home.run()).seconds;
}

async function explosion(home: Home): Promise<Run> {
  home.post(1, SIZE);
  return home.run();
}

function source(
  sink: Sink,
  messages: number,
  recipients: number,
): Promise<number> {
  return runSource({
    address: sink.address,
    messages,
    recipients,
    size: SIZE,
    sessions: 4,
  });
}
