/**
 * The spool's code with one thing broken, each with a scenario in which the model must find it, and
 * what it then says.
 */
import type { Mutant } from "./load.ts";

interface Case extends Mutant {
  /** A scenario's name. */
  readonly scenario: string;
  readonly finds: RegExp;
}

export const mutants: Readonly<Record<string, Case>> = {
  "a rename's ENOENT is taken for a loss": {
    file: "nfs.ts",
    from: "return stands(to);",
    to: "return false;",
    scenario: "an MTA's file, two compete, and one dies",
    finds: /ENOTEMPTY: rmdir/,
  },
  "an MTA's file is linked, then removed": {
    file: "claim.ts",
    from: 'if (!move(join(spool.waiting(queue), file), join(path, "message"))) {',
    to: `const there = join(spool.waiting(queue), file);
  const mine = claimName(there, join(path, "message"));
  rmSync(there, { force: true });
  if (!mine) {`,
    scenario: "an MTA's file, two compete, and one dies",
    finds: /there twice/,
  },
  "a file's rename is not looked after": {
    file: "nfs.ts",
    from: "|| isThere(from) || !isThere(to)",
    to: "|| true",
    scenario: "given back: one dies, and the next goes on; a reply is lost",
    finds: /ENOENT: rename/,
  },
  "a link's EEXIST is taken for another's file": {
    file: "nfs.ts",
    from: "return mine.ino === there.ino && mine.dev === there.dev;",
    to: "return false;",
    scenario: "split: one dies, and the next goes on; a reply is lost",
    finds: /there already/,
  },
  "a commit's ENOENT is not looked after": {
    file: "commit.ts",
    from: 'if (!listFolder(this.#claim.path).includes("out"))',
    to: "",
    scenario: "split: one dies, and the next goes on; a reply is lost",
    finds: /ENOENT: rename/,
  },
  "children are written where they are committed": {
    file: "commit.ts",
    from: "this.#draft = draftOf(claim);",
    to: 'this.#draft = join(claim.path, "out");',
    scenario: "split: both die, one after the other",
    finds: /lost/,
  },
  "children are published as copies": {
    file: "commit.ts",
    from: "moveOut(claim, to, join(out, file));",
    to: `mkdirSync(to);
    for (const part of listFolder(join(out, file)))
      claimName(join(out, file, part), join(to, part));
    rmSync(join(out, file), { recursive: true });`,
    scenario: "split: both die, one after the other",
    finds: /not whole/,
  },
  "the hooks run again on what is committed": {
    file: "claim.ts",
    from: 'if (found.includes("out")) return "committed";',
    to: "",
    scenario: "split: both die, one after the other",
    finds: /there twice/,
  },
  "what is committed is thrown away when it is taken over": {
    file: "sweep.ts",
    from: "const to = join(spool.waiting(queue), formatName(next));",
    to: `const to = join(spool.waiting(queue), formatName(next));
    rmSync(join(folder, file, "out"), { recursive: true, force: true });`,
    scenario: "split: both die, one after the other",
    finds: /not whole/,
  },
  "an entry's out/ is removed first": {
    file: "commit.ts",
    from: "for (const file of listFolder(claim.path))\n    if",
    to: `rmSync(join(claim.path, "out"), { recursive: true, force: true });
  for (const file of listFolder(claim.path))\n    if`,
    scenario: "split: both die, one after the other",
    finds: /there twice/,
  },
  "an entry ends where it lies": {
    file: "commit.ts",
    from: "const grave = bury(spool, claim);",
    to: "return clear(claim);",
    scenario: "ended: both die, one after the other",
    finds: /not whole/,
  },
  "a taken-over entry's folder comes back": {
    file: "claim.ts",
    from: "mkdirSync(path);\n  } catch (error) {\n    if",
    to: "mkdirSync(path, { recursive: true });\n  } catch (error) {\n    if",
    scenario: "passed on: one is taken for dead, and never learns of it",
    finds: /not whole: work/,
  },
  "mail is written where it waits": {
    file: "enqueue.ts",
    from: "draft: join(spool.writing(queue), formatName(name)),",
    to: "draft: join(spool.waiting(queue), formatName(name)),",
    scenario: "a message is brought, and taken at once",
    finds: /not whole/,
  },
  "a release that is cut short forgets where to": {
    file: "operator.ts",
    from: '{ ...envelope, ...(passed ? { passed } : {}) },\n    "released",',
    to: '{ ...envelope, rest: undefined, ...(passed ? { passed } : {}) },\n    "released",',
    scenario: "two persons release it",
    finds: /nobody can release it/,
  },
  "a commit is several renames": {
    file: "commit.ts",
    from: 'renameSync(this.#draft, join(this.#claim.path, "out"));',
    to: `const out = join(this.#claim.path, "out");
      mkdirSync(out);
      for (const child of listFolder(this.#draft))
        renameSync(join(this.#draft, child), join(out, child));`,
    scenario: "split: both die, one after the other",
    finds: /lost/,
  },
  "a commit is not synced": {
    file: "commit.ts",
    from: "await syncPath(this.#claim.path);",
    to: "",
    scenario: "split: the power fails",
    finds: /there twice/,
  },
  "a child's folder is not synced": {
    file: "commit.ts",
    from: "await allEnded(writes);\n  await syncPath(path);",
    to: "await allEnded(writes);",
    scenario: "split: the power fails",
    finds: /lost/,
  },
  "a file's content is not synced": {
    file: "durable.ts",
    from: "await sync(fd);\n  } catch",
    to: "} catch",
    scenario: "split: the power fails",
    finds: /not whole/,
  },
  "mail is taken before it is synced": {
    file: "enqueue.ts",
    from: "await syncPath(spool.waiting(queue));",
    to: "",
    scenario: "a message is brought, and the power fails",
    finds: /lost/,
  },
};
