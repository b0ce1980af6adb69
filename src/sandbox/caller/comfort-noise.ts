import { SLOT_BYTES } from '../twilio/playout.ts'

/** Mu-law bytes of the quietest steps around zero, as on an idle telephone line (below -70 dBFS). */
const QUIET_BYTES = [0xff, 0xff, 0xfe, 0x7f, 0x7e, 0xff, 0xfd, 0x7f]
const FRAMES = 32

/** An endless source of 20 ms frames of an idle line. Frames are shared: do not change them. */
export function openComfortNoise(random: () => number): () => Uint8Array {
  const frames = Array.from({ length: FRAMES }, () =>
    Uint8Array.from({ length: SLOT_BYTES }, () => QUIET_BYTES[Math.floor(random() * QUIET_BYTES.length)] ?? 0xff),
  )
  return () => frames[Math.floor(random() * FRAMES)] ?? new Uint8Array(SLOT_BYTES).fill(0xff)
}
