import { decodeMulaw, encodeMulaw } from '../../audio/mulaw.ts'
import { SLOT_BYTES } from '../twilio/playout.ts'
import { type EchoPath, LINE_RATE_HZ } from './fixture.ts'

/** A small room: the direct sound and three reflections. */
const REFLECTIONS = [
  { ms: 0, level: 1 },
  { ms: 11, level: 0.5 },
  { ms: 23, level: -0.35 },
  { ms: 37, level: 0.2 },
] as const
/** The share of each new sample that passes: the loudspeaker and the walls absorb what is above about 2 kHz. */
const LOW_PASS = 0.8
/** Below the quietest step of the line. */
const INAUDIBLE = 2

const samplesIn = (ms: number): number => Math.round((ms * LINE_RATE_HZ) / 1_000)
const DECODED = decodeMulaw(Uint8Array.from({ length: 256 }, (_, byte) => byte))
/** Indexed by sample + 32,768. */
const ENCODED = encodeMulaw(Int16Array.from({ length: 65_536 }, (_, i) => i - 32_768))

/**
 * The echo of one line. The returned function takes, slot by slot, the frame that the caller says and the frame that
 * they hear in the same 20 ms. It returns the caller's frame with the echo mixed in.
 */
export function openEcho({ delayMs, levelDb }: EchoPath): (said: Uint8Array, heard: Uint8Array) => Uint8Array {
  const power = REFLECTIONS.reduce((sum, { level }) => sum + level ** 2, 0)
  const gain = 10 ** (levelDb / 20) / Math.sqrt(power)
  const taps = REFLECTIONS.map(({ ms, level }) => ({ lag: samplesIn(delayMs + ms), level: level * gain }))
  const length = Math.max(...taps.map(({ lag }) => lag)) + SLOT_BYTES
  const delayLine = new Float32Array(length)
  let at = 0
  let passed = 0

  return (said, heard) => {
    const echo = new Float32Array(SLOT_BYTES)
    let loudest = 0
    for (let i = 0; i < SLOT_BYTES; i++) {
      passed += LOW_PASS * ((DECODED[heard[i] ?? 0] ?? 0) - passed)
      delayLine[at] = passed
      let sum = 0
      for (const { lag, level } of taps) sum += level * (delayLine[(at - lag + length) % length] ?? 0)
      echo[i] = sum
      loudest = Math.max(loudest, Math.abs(sum))
      at = (at + 1) % length
    }
    if (loudest < INAUDIBLE) return said
    return said.map((byte, i) => ENCODED[Math.round(clipped((DECODED[byte] ?? 0) + (echo[i] ?? 0))) + 32_768] ?? byte)
  }
}

const clipped = (sample: number): number => Math.max(-32_768, Math.min(32_767, sample))
