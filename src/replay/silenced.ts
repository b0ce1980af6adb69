import { z } from 'zod'
import { decodeWav, encodeWav } from '../audio/wav.ts'
import type { JournalLine } from '../conversation/lines.ts'
import type { Attempt } from './attempts.ts'

/** A stretch of one side's sound that is silent in a fixture. Milliseconds since the call began. */
export interface SilencedSpan {
  readonly side: 'caller' | 'agent'
  readonly fromMs: number
  readonly toMs: number
}

/** The kind of the note that tells of a silence. */
export const SILENCED = 'silenced'

/** What a fixture's journal says of the silence in a recording, and when in the call that begins. */
export interface Silence {
  readonly spans: readonly SilencedSpan[]
  readonly fromMs: number
}

const silence = z.object({
  spans: z.array(z.object({ side: z.enum(['caller', 'agent']), fromMs: z.number(), toMs: z.number() })),
  fromMs: z.number(),
})

/** The silence in this attempt's recording; undefined where there is none. Throws an Error for a note that is broken. */
export function silenceIn({ lines }: Attempt): Silence | undefined {
  const noted = lines.flatMap(line => ('noted' in line && line.noted.kind === SILENCED ? [line.noted] : []))[0]
  return noted && silence.parse(noted)
}

/** Sound is silenced so long before and after what was detected: consonants are soft, and lines are late. */
const MARGIN_MS = 300
/** Words come at most so long after they were said. */
const WORDS_LATE_MS = 3_000

/** The stretches in which something was said that these lines had replaced: whole utterances, and whole parts of replies. */
export function spansOf({ lines }: Attempt, touched: ReadonlySet<number>): readonly SilencedSpan[] {
  return [...callerSpans(lines, touched), ...keySpans(lines, touched), ...agentSpans(lines, touched)]
}

function callerSpans(lines: readonly JournalLine[], touched: ReadonlySet<number>): readonly SilencedSpan[] {
  const voiced: { fromMs: number; toMs: number | undefined }[] = []
  for (const line of lines) {
    if (!('input' in line)) continue
    if (line.input.kind === 'speech-start') voiced.push({ fromMs: line.input.firstVoicedMs, toMs: undefined })
    const last = voiced.at(-1)
    if (line.input.kind === 'speech-end' && last) last.toMs = line.input.lastVoicedMs
  }
  return lines.flatMap(line => {
    if (!touched.has(line.seq) || !('input' in line) || line.input.kind !== 'words') return []
    const { atMs } = line.input
    const near = voiced.filter(({ fromMs, toMs }) => fromMs <= atMs && (toMs ?? atMs) >= atMs - WORDS_LATE_MS)
    // Words of a voice that nobody detected may be anywhere before.
    const all = near.length > 0 ? near : [{ fromMs: atMs - WORDS_LATE_MS, toMs: atMs }]
    return all.map(({ fromMs, toMs }) => ({
      ...{ side: 'caller' as const, fromMs: fromMs - MARGIN_MS, toMs: (toMs ?? atMs) + MARGIN_MS },
    }))
  })
}

/** Keys can be heard as tones. */
const keySpans = (lines: readonly JournalLine[], touched: ReadonlySet<number>): readonly SilencedSpan[] =>
  lines.flatMap(line =>
    touched.has(line.seq) && 'input' in line && line.input.kind === 'digit'
      ? [{ side: 'caller' as const, fromMs: line.input.atMs - 3 * MARGIN_MS, toMs: line.input.atMs + MARGIN_MS }]
      : [],
  )

function agentSpans(lines: readonly JournalLine[], touched: ReadonlySet<number>): readonly SilencedSpan[] {
  const parts = new Map<string, { fromMs: number; toMs: number; isTouched: boolean }>()
  for (const line of lines) {
    if (!('input' in line) || !('part' in line.input)) continue
    const { input, atMs, seq } = line
    const place = `${input.reply}:${input.part}`
    const part = parts.get(place) ?? { fromMs: atMs, toMs: atMs, isTouched: false }
    parts.set(place, part)
    if (input.kind === 'reply-sounding') part.fromMs = atMs
    if (input.kind === 'heard') part.toMs = atMs
    part.isTouched ||= touched.has(seq) && (input.kind === 'heard' || input.kind === 'speech-words')
  }
  return [...parts.values()].flatMap(({ fromMs, toMs, isTouched }) =>
    isTouched ? [{ side: 'agent' as const, fromMs: fromMs - MARGIN_MS, toMs: toMs + MARGIN_MS }] : [],
  )
}

/** The recording with silence in these stretches of its sides. `fromMs` is when in the call it begins. */
export function silenced(wav: Uint8Array, spans: readonly SilencedSpan[], fromMs: number): Uint8Array {
  const { pcm, rateHz, channels } = decodeWav(wav)
  const quiet = pcm.slice()
  for (const { side, ...span } of spans) {
    const channel = side === 'caller' || channels === 1 ? 0 : 1
    const sample = (ms: number): number =>
      Math.min(pcm.length / channels, Math.max(0, Math.round(((ms - fromMs) * rateHz) / 1_000)))
    for (let at = sample(span.fromMs); at < sample(span.toMs); at++) quiet[at * channels + channel] = 0
  }
  return encodeWav({ pcm: quiet, rateHz, channels })
}
