/**
 * Memory outside of the heap, given back when it is not needed any more. The collector would leave
 * it for a while, and a list of a million needs several such pieces one after the other. Pure.
 */

/** Gives the memory of an array back; it is empty then, and so is what shares its buffer. */
export function release(
  array: Uint8Array | Uint16Array | Uint32Array | Int32Array,
): void {
  (array.buffer as ArrayBuffer).transfer(0);
}
