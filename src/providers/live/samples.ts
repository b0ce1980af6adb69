/** Bytes of 16-bit samples, little-endian, without a copy. */
export const bytesOf = (pcm: Int16Array): Uint8Array => new Uint8Array(pcm.buffer, pcm.byteOffset, pcm.byteLength)

export function joined(one: Int16Array, other: Int16Array): Int16Array {
  if (one.length === 0) return other
  const both = new Int16Array(one.length + other.length)
  both.set(one)
  both.set(other, one.length)
  return both
}
