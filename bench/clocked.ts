/**
 * A sink of our own that tells when mail came: noting.ts, in a process of its own.
 */
import { join } from "node:path";
import { Process } from "./process.ts";

const PORT = /^\{"port":(\d+)\}$/m;
const FIRST = /^\{"first":(\d+)\}$/m;
const NOTED = /^\{"recipient":.*"at":(\d+)\}$/gm;

export class ClockedSink {
  readonly url: string;
  readonly #process: Process;

  private constructor(process: Process, port: string) {
    this.#process = process;
    this.url = `smtp://127.0.0.1:${port}`;
  }

  /** @param domain whose recipients are noted each */
  static async start(domain: string): Promise<ClockedSink> {
    const args = [join(import.meta.dirname, "noting.ts"), domain];
    const sink = new Process({ file: process.execPath, args });
    const [, port = ""] = await sink.prints((text) => PORT.exec(text));
    return new ClockedSink(sink, port);
  }

  /** When it has taken its first message, in milliseconds since 1970. */
  async first(): Promise<number> {
    const [, at] = await this.#process.prints((text) => FIRST.exec(text));
    return Number(at);
  }

  /** When it has taken the mail for so many recipients in the domain, likewise. */
  async noted(count: number): Promise<number> {
    const [, at] = await this.#process.prints(
      (text) => [...text.matchAll(NOTED)][count - 1],
    );
    return Number(at);
  }

  stop(): void {
    this.#process.kill();
  }
}
