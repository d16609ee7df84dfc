/**
 * The one name whose addresses are wanted, of many in a file: compared as Postfix does, in lower
 * case. A name that is not there throws at the end: it was taken for somebody's list. Pure.
 */
import { oneLine } from "../../../base/log.ts";
import { placeholder, type SourceContext } from "../context.ts";
import { filledIn } from "../placeholders.ts";

export class Wanted {
  readonly #name: string | undefined;
  #found = false;

  /**
   * @param key the setting, with placeholders such as %{local}; undefined: all names are wanted
   * Throws where there is no such placeholder.
   */
  constructor(key: string | undefined, context: SourceContext) {
    if (key === undefined) return;
    const filled = filledIn(key, (name, whole) => {
      const value = placeholder(context, name);
      if (value !== undefined) return value;
      throw new Error(`key: there is no ${whole}`);
    });
    this.#name = filled.toLowerCase();
  }

  /** Whether the addresses of a name are wanted. */
  has(name: string): boolean {
    if (this.#name === undefined) return true;
    if (name.toLowerCase() !== this.#name) return false;
    this.#found = true;
    return true;
  }

  /** Throws where a name was wanted and never came. */
  end(): void {
    if (this.#name === undefined || this.#found) return;
    throw new Error(`there is no entry ${oneLine(this.#name, 100)} in it`);
  }
}
