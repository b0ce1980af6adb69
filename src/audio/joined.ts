/** Two sounds as one. */
export function joined(first: Int16Array, second: Int16Array): Int16Array {
  const pcm = new Int16Array(first.length + second.length)
  pcm.set(first)
  pcm.set(second, first.length)
  return pcm
}
