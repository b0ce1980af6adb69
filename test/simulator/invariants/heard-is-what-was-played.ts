import type { Word } from '../../../src/conversation/ports.ts'
import type { CarrierFrame } from '../carrier.ts'
import type { MadeSpeech } from '../ledger.ts'
import { type Course, hiddenByNetworkMs } from './course.ts'

const SLOT_MS = 20
/** The interval of marks and of reports. */
const MARK_MS = 240
/** A stall is noticed when a mark is this late: 240 ms to the next mark plus 100, or 400 on a line without marks. */
const UNKNOWN_MS = 640

/** False if it cannot be known what was played: a clear removes late marks, and words may be reported too late. */
function isKnowable({ circumstances, carrier, ledger, stalledMs }: Course): boolean {
  const marksAreLate = circumstances.carrier.marksLateMs > 0 || stalledMs > 0 || circumstances.stalls.length > 0
  const { words } = circumstances.voice
  return words !== 'late' && words !== 'none' && carrier.marksLost === 0 && !(marksAreLate && ledger.levels.length > 0)
}

/** The time after which a mark must have confirmed sound: marks are sent every 240 ms, and later in a stall. */
function slackMs(course: Course): number {
  const { toServer, toCarrier, carrier, stalls } = course.circumstances
  const isSteady = carrier.marksLateMs === 0 && course.stalledMs === 0 && stalls.length === 0
  const netMs = toServer.delayMs + toServer.jitterMs + toCarrier.delayMs + toCarrier.jitterMs
  const allStallsMs = course.stalledMs + Math.max(0, ...stalls.map(({ fromMs, toMs }) => toMs - fromMs))
  return netMs + allStallsMs + carrier.marksLateMs + (isSteady ? 2 : 5) * MARK_MS + 2 * SLOT_MS
}

/**
 * Checks the journal's last `heard` of each part of a reply against what the carrier played. Tolerances: a heard word
 * may lack the few frames by which a ducked voice resumed too late, and more only where the line stalled or was lost.
 * Words just before a cut may be missing, as far as the network delay and the interval of marks explain it.
 */
export function heardIsWhatWasPlayed(course: Course): readonly string[] {
  const wrong: string[] = []
  const frames = Map.groupBy(course.carrier.frames, frame => frame.speech)
  for (const [key, number] of course.speechOf) {
    const speech = course.ledger.speeches[number]
    if (!speech) continue
    const reports = course.steps.flatMap(({ event, atMs }) =>
      event.kind === 'heard' && `${event.reply}:${event.part}` === key ? [{ text: event.text, atMs }] : [],
    )
    const played = (frames.get(number) ?? []).filter(frame => !frame.isDropped)
    const dropped = (frames.get(number) ?? []).filter(frame => frame.isDropped).map(({ place }) => place)
    for (const why of problemsOf(speech, reports.at(-1) ?? { text: '', atMs: 0 }, played, dropped, course))
      wrong.push(`part ${key}: ${why}`)
  }
  return wrong
}

function problemsOf(
  { reported }: MadeSpeech,
  heard: { readonly text: string; readonly atMs: number },
  played: readonly CarrierFrame[],
  dropped: readonly number[],
  course: Course,
): readonly string[] {
  const count = heard.text === '' ? 0 : heard.text.split(' ').length
  const expected = reported
    .slice(0, count)
    .map(word => word.text)
    .join(' ')
  if (heard.text !== expected)
    return [`"${heard.text}" is not how "${reported.map(word => word.text).join(' ')}" begins`]
  const lastMs = new Map(played.map(({ place, fromMs }) => [place, fromMs]))
  const silentFromMs = Math.max(0, ...lastMs.values()) + SLOT_MS
  const reachedMs = (Math.max(-1, ...lastMs.keys()) + 1) * SLOT_MS
  const wrong: string[] = []
  for (const [index, word] of reported.entries()) {
    const places = placesOf(word)
    const sounded = places.filter(place => lastMs.has(place))
    const missingMs = (places.length - sounded.length) * SLOT_MS
    const isHidden = missingMs <= hiddenByNetworkMs(course) || word.endMs < reachedMs + stallMs(course, heard.atMs)
    if (index < count && !isHidden)
      wrong.push(
        `"${word.text}" (${index}) counts as heard; ${sounded.length} of its ${places.length} frames were played`,
      )
    const endedMs = (lastMs.get(places.at(-1) ?? -1) ?? Number.POSITIVE_INFINITY) + SLOT_MS
    const untilMs = Math.min(heard.atMs, silentFromMs, course.leftMs)
    const isUnknown = !isKnowable(course) || isAtACut(word, dropped, course)
    if (index >= count && missingMs === 0 && !isUnknown && endedMs + slackMs(course) < untilMs)
      wrong.push(`"${word.text}" (${index}) was played by ${endedMs} and does not count as heard at ${heard.atMs}`)
  }
  return wrong.slice(0, 3)
}

/** On a stalled or lost line too much counts as heard until the missing marks are noticed. */
function stallMs(course: Course, atMs: number): number {
  const { circumstances, stalledMs, leftMs } = course
  const { toCarrier, toServer, carrier, stalls } = circumstances
  const hasStalled = stalledMs > 0 || stalls.length > 0 || atMs > leftMs
  return hasStalled ? toCarrier.delayMs + toServer.delayMs + carrier.marksLateMs + UNKNOWN_MS : 0
}

/** No mark confirms the last frames before a clear, so if it arrives late, it is unknown that they were played. */
function isAtACut({ endMs }: Word, dropped: readonly number[], course: Course): boolean {
  return dropped.some(place => (place + 1) * SLOT_MS > endMs && place * SLOT_MS - endMs <= hiddenByNetworkMs(course))
}

function placesOf({ startMs, endMs }: Word): readonly number[] {
  const from = Math.floor(startMs / SLOT_MS)
  return Array.from({ length: Math.ceil(endMs / SLOT_MS) - from }, (_, index) => from + index)
}
