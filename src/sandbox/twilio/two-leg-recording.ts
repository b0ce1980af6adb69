import { decodeMulaw } from '../../audio/mulaw.ts'
import { encodeWav } from '../../audio/wav.ts'
import { LINE_RATE_HZ } from '../caller/fixture.ts'

/** Both legs of a call as mu-law bytes at 8 kHz on one timeline: the caller as sent, the agent as heard. */
export interface Legs {
  readonly caller: Uint8Array
  readonly agent: Uint8Array
}

const CHUNK_BYTES = LINE_RATE_HZ * 8

/** Grows by 8 s at a time and stays mu-law, so that hundreds of calls fit into memory: 16 kB a second. */
export interface TwoLegRecording {
  readonly lengthMs: number
  /** Both frames have the same length; they are copied. */
  append(caller: Uint8Array, agent: Uint8Array): void
  legs(): Legs
}

export function openTwoLegRecording(): TwoLegRecording {
  const chunks: { caller: Uint8Array; agent: Uint8Array }[] = []
  let bytes = 0
  return {
    get lengthMs() {
      return (bytes * 1000) / LINE_RATE_HZ
    },
    append(caller, agent) {
      for (let from = 0; from < caller.length; ) {
        const at = bytes % CHUNK_BYTES
        if (at === 0) chunks.push({ caller: new Uint8Array(CHUNK_BYTES), agent: new Uint8Array(CHUNK_BYTES) })
        const to = Math.min(caller.length, from + CHUNK_BYTES - at)
        chunks.at(-1)?.caller.set(caller.subarray(from, to), at)
        chunks.at(-1)?.agent.set(agent.subarray(from, to), at)
        bytes += to - from
        from = to
      }
    },
    legs: () => ({
      caller: Buffer.concat(chunks.map(chunk => chunk.caller)).subarray(0, bytes),
      agent: Buffer.concat(chunks.map(chunk => chunk.agent)).subarray(0, bytes),
    }),
  }
}

/** A call as a stereo WAV file: caller left, agent right, 16 bits at 8 kHz. */
export function stereoWav({ caller, agent }: Legs): Uint8Array {
  const [left, right] = [decodeMulaw(caller), decodeMulaw(agent)]
  const pcm = new Int16Array(left.length * 2)
  for (let i = 0; i < left.length; i++) {
    pcm[i * 2] = left[i] ?? 0
    pcm[i * 2 + 1] = right[i] ?? 0
  }
  return encodeWav({ pcm, rateHz: LINE_RATE_HZ, channels: 2 })
}
