/**
 * Verbs that have actions: `member add`, `queue retry`.
 */

/** The action of a word; undefined where there is none of that name. */
export function actionOf<T>(
  actions: Readonly<Record<string, T>>,
  word: string | undefined,
): T | undefined {
  return word !== undefined && Object.hasOwn(actions, word)
    ? actions[word]
    : undefined;
}
