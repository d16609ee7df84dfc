/**
 * Strings of any characters of Unicode, controls and private ones among them. fast-check's own unit
 * "binary" takes most of a second to be made, in each file that uses it.
 */
import fc from "fast-check";

/** As many as there are without the surrogates, which stand at SURROGATES. */
const LAST = 0x10ffff - 0x800;
const SURROGATES = 0xd800;

const unit = fc
  .integer({ min: 0, max: LAST })
  .map((n) => String.fromCodePoint(n < SURROGATES ? n : n + 0x800));
/** Half of them such as people write. */
const mixed = fc.oneof(fc.string({ minLength: 1, maxLength: 1 }), unit);

export function anyString(
  bounds: { readonly minLength?: number; readonly maxLength?: number } = {},
): fc.Arbitrary<string> {
  return fc.string({ ...bounds, unit: mixed });
}
