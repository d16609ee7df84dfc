/** Lets what else this process has to do go on: for long work that would never wait otherwise. */
export function breath(): Promise<void> {
  return new Promise((done) => setImmediate(done));
}
