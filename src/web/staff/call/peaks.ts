import type { Recording } from '../server/shapes.ts'

const BYTE = 255

/** A side's loudness from 0 to 1, out of base64: the API gives bytes, each the square root of its share of full scale. */
export function loudnessIn(base64: string): Float32Array {
  const bytes = atob(base64)
  return Float32Array.from({ length: bytes.length }, (_, at) => (bytes.charCodeAt(at) / BYTE) ** 2)
}

/** What is drawn of a recording: the caller above, the agent below. */
export interface Wave {
  readonly seconds: number
  readonly sides: readonly [caller: Float32Array, agent: Float32Array]
}

export const waveOf = ({ lengthMs, caller, agent }: Recording): Wave => ({
  seconds: Math.max(0.1, lengthMs / 1_000),
  sides: [loudnessIn(caller), loudnessIn(agent)],
})

/** Where nothing was recorded, or the sound cannot be had: silence that is as long. */
export const silence = (lengthMs: number): Wave => ({
  seconds: Math.max(1, lengthMs / 1_000),
  sides: [new Float32Array(2), new Float32Array(2)],
})
