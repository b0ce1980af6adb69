import alawmulaw from 'alawmulaw'

/** The mu-law byte of silence (ITU-T G.711). */
export const MULAW_SILENCE = 0xff

/** G.711 mu-law bytes to 16-bit samples, one each. */
export function decodeMulaw(bytes: Uint8Array): Int16Array {
  return alawmulaw.mulaw.decode(bytes)
}

/** 16-bit samples to G.711 mu-law bytes, one each. */
export function encodeMulaw(pcm: Int16Array): Uint8Array {
  return alawmulaw.mulaw.encode(pcm)
}

/** Returns a function that makes G.711 mu-law bytes quieter by `byDb`, using a table. */
export function quieterMulaw(byDb: number): (bytes: Uint8Array) => Uint8Array {
  const gain = 10 ** (-byDb / 20)
  const table = encodeMulaw(decodeMulaw(Uint8Array.from({ length: 256 }, (_, byte) => byte)).map(pcm => pcm * gain))
  return bytes => bytes.map(byte => table[byte] ?? MULAW_SILENCE)
}
