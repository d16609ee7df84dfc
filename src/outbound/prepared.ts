/**
 * Messages made ready for the line, kept for the next entry of the same post: all of them share the
 * message by hard link, so it is known by its inode. Small ones stay in memory up to a limit, large
 * ones as open files, a few of each.
 */
import { statSync } from "node:fs";
import { isRange, lengthOf, type Piece } from "../base/pieces.ts";

/** Messages that are kept ready. */
const MOST = 32;
/** Bytes of them together, as they lie in the spool. */
const BYTES = 16 * 1024 * 1024;

/** What a message is made into. */
interface Form {
  /** Gives files back. */
  close(): void;
}

interface Kept {
  readonly form: Promise<Form>;
  readonly size: number;
  users: number;
}

export class Prepared {
  /** The one used last is the last. */
  readonly #kept = new Map<string, Kept>();

  /**
   * Makes a message ready, or finds it ready.
   * @param how in which form, for whom
   * @returns it, and what to call when it is not used any more. Throws what making it throws.
   */
  async use<F extends Form>(
    pieces: readonly Piece[],
    how: string,
    make: () => Promise<F>,
  ): Promise<{ form: F; release: () => void }> {
    const file = fileOf(pieces);
    const key = file === undefined ? undefined : `${file} ${how}`;
    const found = key === undefined ? undefined : this.#kept.get(key);
    const kept = found ?? { form: make(), size: lengthOf(pieces), users: 0 };
    kept.users += 1;
    if (key !== undefined) {
      this.#kept.delete(key);
      this.#kept.set(key, kept);
    }
    try {
      const form = (await kept.form) as F;
      let isReleased = false;
      const release = () => {
        if (isReleased) return;
        isReleased = true;
        kept.users -= 1;
        if (key === undefined) form.close();
        else this.#trim();
      };
      return { form, release };
    } catch (error) {
      if (key !== undefined && this.#kept.get(key) === kept)
        this.#kept.delete(key);
      throw error;
    }
  }

  /** Lets go of all of them. */
  close(): void {
    for (const { form } of this.#kept.values()) closeLater(form);
    this.#kept.clear();
  }

  /** Those that were used longest ago go first, never one in use. */
  #trim(): void {
    let bytes = 0;
    for (const { size } of this.#kept.values()) bytes += size;
    for (const [key, { form, users, size }] of this.#kept) {
      if (this.#kept.size <= MOST && bytes <= BYTES) return;
      if (users > 0) continue;
      this.#kept.delete(key);
      bytes -= size;
      closeLater(form);
    }
  }
}

function closeLater(form: Promise<Form>): void {
  // One that could not be made was told to whoever asked for it.
  form.then(
    (ready) => ready.close(),
    () => {},
  );
}

/** What tells one message file from all others; undefined where the message was edited. */
function fileOf(pieces: readonly Piece[]): string | undefined {
  const [piece] = pieces;
  if (pieces.length !== 1 || !piece || !isRange(piece)) return undefined;
  const { dev, ino, size, mtimeMs } = statSync(piece.path);
  if (piece.start !== 0 || piece.end !== size) return undefined;
  return `${dev} ${ino} ${size} ${mtimeMs}`;
}
