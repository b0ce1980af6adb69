import type { Word } from '../../../src/conversation/ports.ts'
import type { CarrierFrame } from '../carrier.ts'
import type { MadeSpeech } from '../ledger.ts'
import { type Course, hiddenByTheNetMs } from './course.ts'

const SLOT_MS = 20
/** A mark comes this often, and a report. */
const MARK_MS = 240
/** A stall shows when a mark is so late: 240 ms to the next one, 100 or, on a line of which nothing is known, 400 more. */
const UNKNOWN_MS = 640
/** Can all that was played be known? A clear takes the marks that are late; words may be told when all is over. */
function isToldOf({ circumstances, carrier, ledger, stalledMs }: Course): boolean {
  const marksAreLate = circumstances.carrier.marksLateMs > 0 || stalledMs > 0 || circumstances.stalls.length > 0
  return circumstances.voice.words !== 'late' && carrier.marksLost === 0 && !(marksAreLate && ledger.levels.length > 0)
}

/** What was played so long ago that a mark must have told of it: they come every 240 ms, and later where the line stalls. */
function slackMs(course: Course): number {
  const { toServer, toCarrier, carrier, stalls } = course.circumstances
  const isSteady = carrier.marksLateMs === 0 && course.stalledMs === 0 && stalls.length === 0
  const netMs = toServer.delayMs + toServer.jitterMs + toCarrier.delayMs + toCarrier.jitterMs
  const haltedMs = course.stalledMs + Math.max(0, ...stalls.map(({ fromMs, toMs }) => toMs - fromMs))
  return netMs + haltedMs + carrier.marksLateMs + (isSteady ? 2 : 5) * MARK_MS + 2 * SLOT_MS
}

/**
 * The journal's last word on each part of a reply is held against what the carrier played. The tolerance: a word that
 * counts as heard may lack the few frames by which a ducked voice went on too late, and more only where the line stalled
 * or was lost; words of the last moments before a cut, as many as the way and the marks' distance explain, may be missing.
 */
export function heardIsWhatWasPlayed(course: Course): readonly string[] {
  const wrong: string[] = []
  const frames = Map.groupBy(course.carrier.frames, frame => frame.speech)
  for (const [key, number] of course.speechOf) {
    const speech = course.ledger.speeches[number]
    if (!speech) continue
    const heards = course.steps.flatMap(({ event, atMs }) =>
      event.kind === 'heard' && `${event.reply}:${event.part}` === key ? [{ text: event.text, atMs }] : [],
    )
    const played = (frames.get(number) ?? []).filter(frame => !frame.isDropped)
    const told = `part ${key}`
    const dropped = (frames.get(number) ?? []).filter(frame => frame.isDropped).map(({ place }) => place)
    for (const why of heardOf(speech, heards.at(-1) ?? { text: '', atMs: 0 }, played, dropped, course))
      wrong.push(`${told}: ${why}`)
  }
  return wrong
}

function heardOf(
  { told }: MadeSpeech,
  heard: { readonly text: string; readonly atMs: number },
  played: readonly CarrierFrame[],
  dropped: readonly number[],
  course: Course,
): readonly string[] {
  const count = heard.text === '' ? 0 : heard.text.split(' ').length
  const expected = told
    .slice(0, count)
    .map(word => word.text)
    .join(' ')
  if (heard.text !== expected) return [`"${heard.text}" is not how "${told.map(word => word.text).join(' ')}" begins`]
  const lastMs = new Map(played.map(({ place, fromMs }) => [place, fromMs]))
  const silentFromMs = Math.max(0, ...lastMs.values()) + SLOT_MS
  const reachedMs = (Math.max(-1, ...lastMs.keys()) + 1) * SLOT_MS
  const wrong: string[] = []
  for (const [index, word] of told.entries()) {
    const places = placesOf(word)
    const sounded = places.filter(place => lastMs.has(place))
    const missingMs = (places.length - sounded.length) * SLOT_MS
    const isHidden = missingMs <= hiddenByTheNetMs(course) || word.endMs < reachedMs + stallMs(course, heard.atMs)
    if (index < count && !isHidden)
      wrong.push(
        `"${word.text}" (${index}) counts as heard; ${sounded.length} of its ${places.length} frames were played`,
      )
    const endedMs = (lastMs.get(places.at(-1) ?? -1) ?? Number.POSITIVE_INFINITY) + SLOT_MS
    const untilMs = Math.min(heard.atMs, silentFromMs, course.leftMs)
    const isUnknown = !isToldOf(course) || isAtACut(word, dropped, course)
    if (index >= count && missingMs === 0 && !isUnknown && endedMs + slackMs(course) < untilMs)
      wrong.push(`"${word.text}" (${index}) was played by ${endedMs} and does not count as heard at ${heard.atMs}`)
  }
  return wrong.slice(0, 3)
}

/** Where the line stalls or the caller has gone, more is taken for heard than was, until marks that do not come tell of it. */
function stallMs(course: Course, atMs: number): number {
  const { circumstances, stalledMs, leftMs } = course
  const { toCarrier, toServer, carrier, stalls } = circumstances
  const hasStalled = stalledMs > 0 || stalls.length > 0 || atMs > leftMs
  return hasStalled ? toCarrier.delayMs + toServer.delayMs + carrier.marksLateMs + UNKNOWN_MS : 0
}

/** No mark tells of the last frames before a clear: where it comes a little late, they are not known to be played. */
function isAtACut({ endMs }: Word, dropped: readonly number[], course: Course): boolean {
  return dropped.some(place => (place + 1) * SLOT_MS > endMs && place * SLOT_MS - endMs <= hiddenByTheNetMs(course))
}

function placesOf({ startMs, endMs }: Word): readonly number[] {
  const from = Math.floor(startMs / SLOT_MS)
  return Array.from({ length: Math.ceil(endMs / SLOT_MS) - from }, (_, index) => from + index)
}
