import type { JournalLine } from '../../conversation/lines.ts'
import { wordsOf } from '../../conversation/turn/utterance.ts'
import { type Span, voicedSpans } from '../ringing/voiced-spans.ts'
import type { CallEvent } from '../twilio/call-event.ts'
import type { Legs } from '../twilio/two-leg-recording.ts'
import { MOST_UTTERANCES, type SpokenSpan } from './messages.ts'

/** A shorter pause of the caller's is one within what they say. */
const ONE_UTTERANCE_MS = 700
/** Words come so long after their sound. */
const WORDS_LATE_MS = 1_500

interface Said extends Span {
  readonly say: string
}

/**
 * What the caller said, stretch by stretch, on the recording's timeline. By the journal where there is one: a turn with the
 * words that were answered is one stretch with its pauses, and a sound that was no turn, such as "mm-hm", another. Without
 * a journal by the recording alone, without words.
 */
export function spokenSpans(
  legs: Legs,
  lines: readonly JournalLine[],
  events: readonly CallEvent[],
): readonly SpokenSpan[] {
  const lengthMs = legs.caller.length / 8
  const told = stretches(lines, events)
  const found: readonly Said[] = told.length > 0 ? told.flatMap(saidIn) : joined(voicedSpans(legs.caller), legs)
  return found
    .map(({ say, startMs, endMs }) => ({ say, startMs: Math.max(0, startMs), endMs: Math.min(lengthMs, endMs) }))
    .filter(({ startMs, endMs }) => endMs > startMs)
    .toSorted((one, other) => one.startMs - other.startMs)
    .slice(0, MOST_UTTERANCES)
    .map((span, index) => ({ index, ...span }))
}

/** One stretch of the call on the line, from a stream's start: its journal counts its time anew. */
interface Stretch {
  readonly lines: readonly JournalLine[]
  /** Where its journal's 0 lies on the recording. */
  readonly zeroMs: number
}

function stretches(lines: readonly JournalLine[], events: readonly CallEvent[]): readonly Stretch[] {
  const begun = lines.flatMap((line, index) => ('started' in line ? [index] : []))
  const streams = events.filter(event => event.kind === 'stream-started')
  return begun.map((from, nth) => ({ lines: lines.slice(from, begun[nth + 1]), zeroMs: streams[nth]?.atMs ?? 0 }))
}

function saidIn({ lines, zeroMs }: Stretch): readonly Said[] {
  const turns = turnsIn(lines)
  const isOfTurn = ({ startMs, endMs }: Span): boolean =>
    turns.some(turn => startMs < turn.endMs && endMs > turn.startMs)
  const others = voices(lines)
    .filter(span => !isOfTurn(span))
    .map(span => ({ ...span, say: wordsIn(lines, span) }))
  return [...turns, ...others].map(({ say, startMs, endMs }) => ({
    say,
    startMs: startMs + zeroMs,
    endMs: endMs + zeroMs,
  }))
}

/** The caller's turns as they were answered; one that was answered, and then gone on with, only as it was in the end. */
function turnsIn(lines: readonly JournalLine[]): readonly Said[] {
  const turns = new Map<number, Said>()
  for (const line of lines) {
    if (!('decided' in line) || line.decided.kind !== 'turn') continue
    const { turn } = line.decided
    if (turn.kind !== 'replying' || turn.reply.content.kind !== 'answer') continue
    const { to } = turn.reply.content
    if (wordsOf(to) === '') continue
    turns.set(to.firstVoicedMs, { startMs: to.firstVoicedMs, endMs: to.lastVoicedMs, say: wordsOf(to) })
  }
  return [...turns.values()]
}

/** Every stretch in which the server heard a voice. */
function voices(lines: readonly JournalLine[]): readonly Span[] {
  const spans: { startMs: number; endMs: number }[] = []
  let startMs: number | undefined
  for (const line of lines) {
    if (!('input' in line)) continue
    if (line.input.kind === 'speech-start') startMs ??= line.input.firstVoicedMs
    if (line.input.kind !== 'speech-end' || startMs === undefined) continue
    const last = spans.at(-1)
    if (last && startMs - last.endMs < ONE_UTTERANCE_MS) last.endMs = line.input.lastVoicedMs
    else spans.push({ startMs, endMs: line.input.lastVoicedMs })
    startMs = undefined
  }
  return spans
}

/** The final words that came with this sound. */
function wordsIn(lines: readonly JournalLine[], { startMs, endMs }: Span): string {
  return lines
    .flatMap(line => ('input' in line && line.input.kind === 'words' && line.input.final ? [line.input] : []))
    .filter(({ atMs, text }) => text.trim() !== '' && atMs > startMs && atMs < endMs + WORDS_LATE_MS)
    .map(({ text }) => text.trim())
    .join(' ')
}

/** Sounds with a short pause between them are one stretch, unless the agent spoke in it. */
function joined(spans: readonly Span[], { agent }: Legs): readonly Said[] {
  const heard = voicedSpans(agent)
  const all: { startMs: number; endMs: number; say: string }[] = []
  for (const { startMs, endMs } of spans) {
    const last = all.at(-1)
    const isOne = last && startMs - last.endMs < ONE_UTTERANCE_MS
    if (isOne && !heard.some(span => span.startMs < startMs && span.endMs > last.endMs)) last.endMs = endMs
    else all.push({ startMs, endMs, say: '' })
  }
  return all
}
