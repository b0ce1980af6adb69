/**
 * Reads the chunks of one sound as samples: 16 bits, little-endian. A chunk may end inside a sample; its byte waits for
 * the next chunk.
 */
export function pcmReader(): (bytes: Uint8Array) => Int16Array {
  let odd: Uint8Array = new Uint8Array(0)
  return bytes => {
    const all = Buffer.concat([odd, bytes])
    const pcm = new Int16Array(all.length >> 1)
    for (let i = 0; i < pcm.length; i++) pcm[i] = all.readInt16LE(i * 2)
    odd = all.subarray(pcm.length * 2)
    return pcm
  }
}
