import { z } from 'zod'
import { encodeMulaw } from '../../audio/mulaw.ts'
import { resample } from '../../audio/resample.ts'
import type { Clock } from '../../conversation/ports.ts'
import type { Spoken } from '../../flite/flite.ts'
import type { Faults } from '../faults.ts'

const CHUNK_MS = 100
const LONGEST_TEXT = 10_000

/** What a request says on the socket and over HTTP alike. */
export const speechRequest = z.object({
  model_id: z.string(),
  transcript: z.string().max(LONGEST_TEXT),
  voice: z.union([z.string(), z.object({ id: z.string() })]),
  language: z.string().optional(),
  context_id: z.string().min(1).max(200).optional(),
  add_timestamps: z.boolean().default(false),
  generation_config: z
    .object({
      speed: z.number().min(0.6).max(1.5).default(1),
      volume: z.number().min(0.5).max(2).optional(),
      emotion: z.string().optional(),
    })
    .optional(),
  output_format: z.object({
    container: z.literal('raw'),
    encoding: z.enum(['pcm_mulaw', 'pcm_s16le']),
    sample_rate: z.union([z.literal(8_000), z.literal(16_000), z.literal(24_000)]),
  }),
})
export type SpeechRequest = z.infer<typeof speechRequest>

/** The vendor refuses a speech whose first text has nothing to voice. */
export const REFUSED_TEXT = 'transcript empty or contains only punctuation'
export const hasNothingToVoice = (transcript: string): boolean => !/[\p{L}\p{N}]/u.test(transcript)

/** What it takes to speak, the same for every connection. */
export interface Voice {
  readonly faults: Faults
  readonly clock: Clock
  /** Draws how long the next speech is to wait for its first sound. */
  readonly firstSoundMs: () => number
  readonly speak: (text: string, signal: AbortSignal, speed?: number) => Promise<Spoken>
}

/** The messages that carry a speech: its words first, if they were asked for, then its sound in pieces of 100 ms. */
export function* speechMessages(
  spoken: Spoken,
  { context_id, output_format, add_timestamps }: SpeechRequest,
  startMs: number,
): Generator<object> {
  const pcm = resample(spoken.pcm, spoken.rateHz, output_format.sample_rate)
  if (add_timestamps) {
    const at = (ms: number): number => (startMs + ms) / 1_000
    yield {
      type: 'timestamps',
      context_id,
      done: false,
      status_code: 206,
      word_timestamps: {
        words: spoken.words.map(word => word.text),
        start: spoken.words.map(word => at(word.startMs)),
        end: spoken.words.map(word => at(word.endMs)),
      },
    }
  }
  const chunk = (CHUNK_MS / 1_000) * output_format.sample_rate
  for (let from = 0; from < pcm.length; from += chunk) {
    const part = pcm.slice(from, from + chunk)
    const bytes = output_format.encoding === 'pcm_mulaw' ? encodeMulaw(part) : new Uint8Array(part.buffer)
    yield {
      type: 'chunk',
      context_id,
      done: false,
      status_code: 206,
      step_time: 0,
      data: Buffer.from(bytes).toString('base64'),
    }
  }
}
