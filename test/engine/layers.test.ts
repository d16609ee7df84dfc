import {
  chmodSync,
  chownSync,
  mkdirSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import t, { type Test } from "tap";
import {
  type Layer,
  listPipeline,
  type Pipeline,
  Pipelines,
} from "../../src/engine/layers.ts";

function home(t: Test) {
  const root = t.testdir();
  const layers: Layer[] = (["package", "site", "domain", "list"] as const).map(
    (name) => ({ name, dir: join(root, name) }),
  );
  const file = (path: string, mode = 0o755, text = "#!/bin/sh\n") => {
    const full = join(root, path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, text);
    chmodSync(full, mode);
    return full;
  };
  const link = (path: string, to: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    symlinkSync(to, join(root, path));
  };
  return { root, layers, file, link };
}

function shown(pipeline: Pipeline): string[] {
  return pipeline.stages.flatMap(({ hooks }) =>
    hooks.map(({ layer, path }) => `${layer} ${path}`),
  );
}

t.test("stages and hooks come in sort order, over all layers", async (t) => {
  const { layers, file } = home(t);
  file("list/q/20-edit/05-early");
  file("package/q/20-edit/10-b");
  file("package/q/10-approve/20-z");
  file("site/q/10-approve/10-a");
  file("package/q/05-route/10-x");
  file("package/other/10-approve/10-a");
  const pipeline = listPipeline("q", layers);
  t.same(shown(pipeline), [
    "package q/05-route/10-x",
    "site q/10-approve/10-a",
    "package q/10-approve/20-z",
    "list q/20-edit/05-early",
    "package q/20-edit/10-b",
  ]);
  t.same(
    pipeline.stages.map(({ verb }) => verb),
    ["route", "approve", "edit"],
  );
  t.same(pipeline.problems, []);
  t.same(listPipeline("none", layers).stages, []);
});

t.test(
  "the same path in a later layer takes the earlier's place",
  async (t) => {
    const { layers, file } = home(t);
    file("package/q/10-approve/10-a");
    file("site/q/10-approve/10-a");
    file("list/q/10-approve/10-a");
    file("package/q/10-approve/20-b.hook.ts");
    const pipeline = listPipeline("q", layers);
    t.same(shown(pipeline), [
      "list q/10-approve/10-a",
      "package q/10-approve/20-b.hook.ts",
    ]);
    t.same(
      pipeline.stages[0]?.hooks.map(({ how }) => how),
      ["forked", "inline"],
    );
  },
);

t.test("a link to /dev/null removes a hook or a stage", async (t) => {
  const { layers, file, link } = home(t);
  file("package/q/10-approve/10-a");
  file("package/q/10-approve/20-b");
  file("package/q/20-edit/10-a");
  file("list/q/20-edit/20-later");
  link("site/q/10-approve/10-a", "/dev/null");
  link("site/q/20-edit", "/dev/null");
  const pipeline = listPipeline("q", layers);
  t.same(shown(pipeline), [
    "package q/10-approve/20-b",
    "list q/20-edit/20-later",
  ]);
  t.same(pipeline.ignored, []);
  t.same(pipeline.problems, []);
});

t.test("what is no hook is ignored and named", async (t) => {
  const { layers, file, link, root } = home(t);
  const names = [
    ".hidden",
    "10-a~",
    "10-a.bak",
    "10-a.dpkg-new",
    "10-a.rpmsave",
    "10-a.swp",
  ];
  for (const name of names) file(`site/q/10-approve/${name}`);
  file("site/q/10-approve/20-plain", 0o644);
  file("site/q/10-approve/25-no\nbreak");
  mkdirSync(join(root, "site/q/10-approve/30-folder"));
  link("site/q/10-approve/40-dangling", "nowhere");
  link("site/q/10-approve/50-circle", "50-circle");
  file("site/q/.git/10-a");
  file("site/q/README.md", 0o644);
  file("site/q/10-approve/90-real");
  const { ignored, problems, ...pipeline } = listPipeline("q", layers);
  t.same(shown({ ignored, problems, ...pipeline }), [
    "site q/10-approve/90-real",
  ]);
  t.same(problems, []);
  const why = (name: string) =>
    ignored.find((line) => line.includes(`/${name}: `))?.split(": ")[1];
  for (const name of names) t.equal(why(name), "not a hook's name", name);
  t.equal(why("20-plain"), "not executable");
  t.equal(why("25-no\nbreak"), "a control character in its name");
  t.equal(why("30-folder"), "a folder, not a hook");
  t.equal(why("40-dangling"), "a link to nothing");
  t.equal(why("50-circle"), "a link to nothing");
});

t.test("a plain file in a later layer does not take a hook away", async (t) => {
  const { layers, file } = home(t);
  file("package/q/10-approve/10-a");
  file("site/q/10-approve/10-a", 0o644);
  t.same(shown(listPipeline("q", layers)), ["package q/10-approve/10-a"]);
});

t.test("what others can write to is refused", async (t) => {
  const { layers, file, root } = home(t);
  const open = (path: string) => chmodSync(join(root, path), 0o777);
  file("package/q/10-approve/10-a");
  file("site/q/10-approve/10-a", 0o757);
  file("site/r/10-approve/10-a");
  file("site/s/10-approve/10-a");
  file("list/u/10-approve/10-a");
  open("site/r/10-approve");
  open("site/s");
  open("list");
  for (const [queue, refused] of [
    ["q", "site/q/10-approve/10-a"],
    ["r", "site/r/10-approve"],
    ["s", "site/s"],
    ["u", "list"],
  ] as const) {
    const pipeline = listPipeline(queue, layers);
    t.same(shown(pipeline), [], queue);
    t.ok(
      pipeline.problems.includes(
        `${root}/${refused}: refused, others can write to it (chmod o-w)`,
      ),
      `${queue}: ${pipeline.problems}`,
    );
  }
});

t.test(
  "a stage whose verb nobody knows is a problem that names it",
  async (t) => {
    const { layers, file, root } = home(t);
    file("site/q/10-aprove/10-a");
    file("site/q/notes/10-a");
    const { problems, stages } = listPipeline("q", layers);
    t.same(stages, []);
    t.match([...problems].sort(), [
      `${root}/site/q/10-aprove: a stage is called NN-verb with one of approve, `,
      `${root}/site/q/notes: `,
    ]);
  },
);

t.test("every change of a folder counts from the next look on", async (t) => {
  const { layers, file, link, root } = home(t);
  const pipelines = new Pipelines();
  const look = () => shown(pipelines.get("q", layers, Date.now()));
  const a = join(root, "site/q/10-approve/10-a");
  // Many rounds, so that changes fall into one tick of the file system's clock.
  for (let round = 0; round < 50; round += 1) {
    t.same(look(), []);
    file("site/q/10-approve/10-a");
    t.same(look(), ["site q/10-approve/10-a"]);
    chmodSync(a, 0o644);
    t.same(look(), []);
    chmodSync(a, 0o755);
    t.same(look(), ["site q/10-approve/10-a"]);
    renameSync(a, `${a}.bak`);
    t.same(look(), []);
    renameSync(`${a}.bak`, a);
    t.same(look(), ["site q/10-approve/10-a"]);
    link("list/q/10-approve/10-a", "/dev/null");
    t.same(look(), []);
    rmSync(join(root, "list"), { recursive: true });
    t.same(look(), ["site q/10-approve/10-a"]);
    rmSync(join(root, "site"), { recursive: true });
  }
});

t.test(
  "a listing is remembered once it is old, and what changes later counts",
  async (t) => {
    const { layers, file, link, root } = home(t);
    const pipelines = new Pipelines();
    const hook = file("site/q/10-approve/10-a");
    link("site/q/20-edit", join(root, "elsewhere"));
    // An hour later, for the mill: nothing has just changed.
    const look = () => pipelines.get("q", layers, Date.now() + 3_600_000);
    const first = look();
    t.equal(look(), first, "the same listing");
    const young = new Pipelines();
    const now = Date.now();
    t.not(
      young.get("q", layers, now),
      young.get("q", layers, now),
      "what changed just now may change again within a tick of the clock",
    );
    const version = (pipeline: Pipeline) =>
      pipeline.stages[0]?.hooks[0]?.version;
    writeFileSync(hook, "#!/bin/sh\nexit 0\n");
    const changed = look();
    t.not(version(changed), version(first), "a changed file has a new version");
    chmodSync(dirname(hook), 0o777);
    t.equal(look().problems.length, 1, "a folder that becomes open");
    chmodSync(dirname(hook), 0o755);
    file("elsewhere/10-b");
    t.same(
      shown(look()),
      ["site q/10-approve/10-a", "site q/20-edit/10-b"],
      "a stage's link that leads somewhere now",
    );
    rmSync(hook);
    t.same(shown(look()), ["site q/20-edit/10-b"]);
  },
);

t.test("a folder far above counts, in a remembered listing too", async (t) => {
  const root = realpathSync(t.testdir());
  const dir = join(root, "srv/home/hooks.d");
  mkdirSync(join(dir, "q/10-approve"), { recursive: true });
  writeFileSync(join(dir, "q/10-approve/10-a"), "", { mode: 0o755 });
  const pipelines = new Pipelines();
  const look = () =>
    pipelines.get("q", [{ name: "site", dir }], Date.now() + 3_600_000);
  const first = look();
  t.same(first.problems, []);
  writeFileSync(join(root, "srv/anything"), "");
  t.equal(look(), first, "what happens beside it is no matter");
  chmodSync(join(root, "srv"), 0o777);
  t.same(shown(look()), []);
  t.same(look().problems, [
    `${root}/srv: refused, others can write to it (chmod o-w)`,
  ]);
  chmodSync(join(root, "srv"), 0o1777);
  t.same(shown(look()), ["site q/10-approve/10-a"], "a sticky one is none");
  chmodSync(join(root, "srv/home"), 0o1777);
  t.match(look().problems, [/home: refused, others can write/]);
});

t.test(
  "hooks of the home's owner run, those of others do not",
  { skip: process.getuid?.() !== 0 && "only root can give files to others" },
  async (t) => {
    const { root, layers, file } = home(t);
    const hook = file("site/q/10-approve/10-a");
    const folders = ["site", "site/q", "site/q/10-approve"];
    for (const path of folders) chownSync(join(root, path), 4711, 4711);
    chownSync(hook, 4711, 4711);
    const told = (from: readonly Layer[]) =>
      [...new Set(listPipeline("q", from).problems)].join("\n");
    t.match(told(layers), `/site: refused, it belongs to user 4711`);
    chownSync(root, 4711, 4711);
    const own = layers.map((layer) => ({ ...layer, home: root }));
    t.equal(told(own), "");
    chownSync(hook, 4712, 4712);
    t.match(told(own), `/10-a: refused, it belongs to user 4712`);
    t.same(shown(listPipeline("q", own)), []);
    chownSync(root, 0, 0);
  },
);

t.test(
  "who was there before a check may go by it for a moment, who comes later not",
  async (t) => {
    const { layers, file } = home(t);
    const pipelines = new Pipelines();
    const old = Date.now() + 3_600_000;
    file("site/q/10-approve/10-a");
    const before = performance.now();
    const first = pipelines.get("q", layers, old);
    file("site/q/10-approve/20-b");
    const now = performance.now();
    // Where a machine is slow the moment may be over.
    const again = pipelines.get("q", layers, old, before);
    t.ok(again === first || performance.now() - before > 100);
    t.same(shown(pipelines.get("q", layers, old, now)), [
      "site q/10-approve/10-a",
      "site q/10-approve/20-b",
    ]);
  },
);
