/**
 * A distribution list in portions of one transaction each. Pure: no address is read before it is
 * asked for, so memory is one portion.
 */

/**
 * @param addresses recipients; no address is read ahead of the portion that it belongs to
 * @param size most addresses in a portion, at least 1
 */
export async function* portions(
  addresses: AsyncIterable<string>,
  size: number,
): AsyncGenerator<string[]> {
  let portion: string[] = [];
  for await (const address of addresses) {
    portion.push(address);
    if (portion.length < size) continue;
    yield portion;
    portion = [];
  }
  if (portion.length > 0) yield portion;
}
