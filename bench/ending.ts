/**
 * What must be undone however a bench ends: after an error, and where somebody interrupts it.
 */

const acts: (() => void)[] = [];

/**
 * Has it done when the process ends, the last act first.
 * @param act does not wait for anything
 * @returns to be called where it was done already
 */
export function atEnd(act: () => void): () => void {
  acts.push(act);
  return () => {
    const at = acts.lastIndexOf(act);
    if (at >= 0) acts.splice(at, 1);
  };
}

process.on("exit", () => {
  for (const act of acts.splice(0).reverse())
    try {
      act();
    } catch (error) {
      console.error(error);
    }
});
for (const [signal, code] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const)
  process.on(signal, () => process.exit(code));
