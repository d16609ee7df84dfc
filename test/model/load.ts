/**
 * Loads the spool's own source beside what the test itself uses, with the model's file system in
 * place of `node:fs`; a mutant is loaded with some of its text replaced. Each is a row of modules of
 * its own, told apart by a query behind their names.
 */
import { registerHooks } from "node:module";

/** The code with something wrong in it. */
export interface Mutant {
  /** A file below `src/spool/`. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

const src = new URL("../../src/", import.meta.url).href;
const shim = new URL("./shim.ts", import.meta.url).href;
const mutants: Mutant[] = [];

registerHooks({
  resolve(specifier, context, next) {
    const { search } = new URL(context.parentURL ?? "file:///");
    if (!search.startsWith("?model=")) return next(specifier, context);
    if (specifier === "node:fs" || specifier === "node:crypto")
      return { url: shim, shortCircuit: true };
    const found = next(specifier, context);
    const isOurs = found.url.startsWith(src) && !found.url.includes("?");
    return isOurs ? { ...found, url: found.url + search } : found;
  },
  load(url, context, next) {
    const [file = "", name] = url.split("?model=");
    if (name === undefined) return next(url, context);
    const loaded = next(file, context);
    const mutant = mutants[Number(name)];
    if (!mutant || file !== `${src}spool/${mutant.file}`) return loaded;
    const text = String(loaded.source);
    if (text.split(mutant.from).length !== 2)
      throw new Error(`${mutant.file} has no single "${mutant.from}"`);
    return { ...loaded, source: text.replace(mutant.from, mutant.to) };
  },
});

/** The code under test. */
export async function loadSpool(mutant?: Mutant) {
  const name = mutant ? mutants.push(mutant) - 1 : "none";
  const load = (file: string) => import(`${src}spool/${file}.ts?model=${name}`);
  return {
    ...((await load("claim")) as typeof import("../../src/spool/claim.ts")),
    ...((await load("commit")) as typeof import("../../src/spool/commit.ts")),
    ...((await load("enqueue")) as typeof import("../../src/spool/enqueue.ts")),
    ...((await load("name")) as typeof import("../../src/spool/name.ts")),
    ...((await load(
      "operator",
    )) as typeof import("../../src/spool/operator.ts")),
    ...((await load("queue")) as typeof import("../../src/spool/queue.ts")),
    ...((await load("spool")) as typeof import("../../src/spool/spool.ts")),
    ...((await load("sweep")) as typeof import("../../src/spool/sweep.ts")),
  };
}

export type SpoolCode = Awaited<ReturnType<typeof loadSpool>>;
