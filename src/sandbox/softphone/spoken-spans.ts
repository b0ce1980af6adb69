import { wordedText } from '../../conversation/turn/utterance.ts'
import { LINE_RATE_HZ } from '../caller/fixture.ts'
import { type Span, voicedSpans } from '../ringing/voiced-spans.ts'
import type { HeardWords, JournalSide } from './journal-side.ts'
import { MOST_UTTERANCES, type SpokenSpan } from './messages.ts'

/** A shorter pause ends no turn: it is within one utterance. */
const LEAST_PAUSE_MS = 500
/** So far the detector's edges of a voice are from those of the sound. */
const EDGES_DIFFER_MS = 250
const UNSURE_MS = 60
const BYTES_PER_MS = LINE_RATE_HZ / 1_000
/** A transcript is of no sound that began less than this before it came. */
const KNOWN_AFTER_MS = 150

/**
 * The caller's utterances in a call: stretches of voice with no longer pause than half a second in them, with the words
 * that the server understood. What the server took for no voice is left out, such as a noisy room. Without a journal it is
 * not known what the server heard: then each sound counts, and has no words.
 */
export function spokenSpans(caller: Uint8Array, journal: JournalSide | undefined): readonly SpokenSpan[] {
  const sounds = voicedSpans(caller)
  const lengthMs = caller.length / BYTES_PER_MS
  const voice = journal ? journal.voice.map(heard => exactly(heard, sounds, lengthMs)) : sounds
  const spans = withoutShortPauses(voice.filter(({ startMs, endMs }) => endMs > startMs)).slice(0, MOST_UTTERANCES)
  const said = saidIn(spans, journal?.words ?? [])
  return spans.map(({ startMs, endMs }, index) => ({ index, say: said[index] ?? '', startMs, endMs }))
}

/** The edges of a voice by its loudness, where that tells them: not in a noisy room, and not with a soft voice. */
function exactly(heard: Span, sounds: readonly Span[], lengthMs: number): Span {
  const loud = sounds.filter(({ startMs, endMs }) => startMs < heard.endMs && endMs > heard.startMs)
  const [startMs, endMs] = [loud[0]?.startMs, loud.at(-1)?.endMs]
  const isNear = (one: number | undefined, other: number): one is number =>
    one !== undefined && Math.abs(one - other) <= EDGES_DIFFER_MS
  return {
    startMs: Math.max(0, isNear(startMs, heard.startMs) ? startMs : heard.startMs - UNSURE_MS),
    endMs: Math.min(lengthMs, isNear(endMs, heard.endMs) ? endMs : heard.endMs + UNSURE_MS),
  }
}

function withoutShortPauses(spans: readonly Span[]): readonly Span[] {
  const joined: { startMs: number; endMs: number }[] = []
  for (const { startMs, endMs } of spans) {
    const last = joined.at(-1)
    if (last && startMs - last.endMs < LEAST_PAUSE_MS) last.endMs = endMs
    else joined.push({ startMs, endMs })
  }
  return joined
}

/** The words of each span. A final transcript may be of several: then the interim ones before it tell where it is cut. */
function saidIn(spans: readonly Span[], transcripts: readonly HeardWords[]): readonly string[] {
  const said = spans.map((): string[] => [])
  /** Since the last final: how many words were known by the end of which span. */
  const known = new Map<number, number>()
  let unfinished: { readonly at: number; readonly words: readonly string[] } | undefined

  function share(words: readonly string[], last: number): void {
    let from = 0
    for (let at = 0; at < last; at++) {
      const to = Math.min(words.length, Math.max(from, known.get(at) ?? from))
      said[at]?.push(...words.slice(from, to))
      from = to
    }
    said[last]?.push(...words.slice(from))
    known.clear()
    unfinished = undefined
  }

  for (const { atMs, text, final } of transcripts) {
    const words = wordedText(text).split(/\s+/).filter(Boolean)
    const at = spans.findLastIndex(({ startMs }) => startMs <= atMs - KNOWN_AFTER_MS)
    if (final) share(words, Math.max(0, at))
    else if (words.length > 0 && at >= 0) {
      known.set(at, words.length)
      unfinished = { at, words }
    }
  }
  if (unfinished) share(unfinished.words, unfinished.at)
  return said.map(words => words.join(' '))
}
