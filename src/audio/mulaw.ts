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
