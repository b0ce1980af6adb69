import type { Language } from '../language.ts'
import type { Transcript } from '../ports.ts'
import type { Policy, TurnContext, TurnEvent } from './turn.ts'
import { bareText, isEmpty, type Utterance, wordsOf } from './utterance.ts'
import { digitsIn, endsInNumber, type Wanted } from './wanted.ts'

/** How long the agent waits for the caller to go on, counted from their last voiced sample, and why. */
export interface Patience {
  readonly ms: number
  readonly why: 'complete' | 'uncertain' | 'trails off' | 'prompted' | 'spelling' | 'keys' | 'no words yet'
}

/** How long a pause may be before the agent answers, in milliseconds. */
export interface PatienceWindow {
  /** For words that sound complete. */
  readonly shortMs: number
  /** For words that may or may not be all. */
  readonly middleMs: number
  /** For words that trail off. */
  readonly longMs: number
  /** After any of these, interim words have this long to become final, unless the provider says that they are all. */
  readonly finalMs: number
}

const KEYS_MS = 2_000
/** For a pause between the groups of a number. */
const SPELLING_MS = 1_500
/** For a caller who was told to take their time. After that their words are answered as they are. */
const PROMPTED_MS = 6_000
/** For the transcript of speech without words. After that the agent says that it did not catch it. */
const NO_WORDS_MS = 3_000

/** So many numbers in a row are one that is spelt out, and more may come after a breath. */
const SPELT = 3

/** The words at the end that are read for what is announced there; more would take too long where all are alike. */
const MOST_TRAILING = 30
/** A question is judged by so many of its last words. */
const LAST_WORDS = 10

/** Do the words end in a way that asks for more, or say that the caller is thinking? */
export function trailsOff(text: string, { unfinished }: Language): boolean {
  const { lastWords, thinking, correcting, naming, butWhole } = unfinished
  const bare = bareText(text)
  const words = bare.split(' ')
  const end = words.slice(-MOST_TRAILING).join(' ')
  if (thinking.test(end) || correcting.test(bare)) return true
  const goesOn = lastWords.has(words.at(-1) ?? '') || naming.test(end)
  return goesOn && !butWhole.test(words.slice(-LAST_WORDS).join(' '))
}

/** Has the provider written a question mark at the end of its final words? It also heard the voice rise. */
function isAsked({ finalWords, late, interimWords }: Utterance, { unfinished }: Language): boolean {
  const last = bareText(finalWords).split(' ').at(-1) ?? ''
  return late === '' && interimWords === '' && /\?["')\]]*$/.test(finalWords) && !unfinished.neverLast.has(last)
}

/** Have the ears written a comma at the end of their final words? Then they heard the voice of somebody who goes on. */
const isPausing = ({ finalWords, late, interimWords }: Utterance): boolean =>
  late === '' && interimWords === '' && /[,，、]["')\]]*\s*$/.test(finalWords)

/** Do the words end in a number that is spelt out? */
export function spells(text: string, { digits }: Language): boolean {
  const isNumber = (word: string): boolean => /^\d+$/.test(word) || digits.names.has(word) || digits.times.has(word)
  const last = bareText(text).split(' ').slice(-SPELT)
  return last.length === SPELT && last.every(isNumber)
}

/** More likely than not, on turns that the judge was not trained on. */
const LIKELY = 0.5
/** Below this the turn is incomplete. On the phone one complete turn in thirty is below it. */
export const UNLIKELY = 0.12

/** At most so many words are a likely answer to a question that wants a yes or a no. */
const YES_OR_NO_WORDS = 4
const LIKELY_ANSWER = 0.25
/** A caller may pause so much longer than their longest pause so far. */
const PAUSE_MARGIN_MS = 150

/**
 * How likely (0 to 1) the turn is complete: the mean of our judge's and the provider's likelihood, or the only one that
 * is known. A higher likelihood of the provider's counts alone when it ends the turn, unless the words are unfinished.
 */
export function likelihoodOf(ours: number | undefined, { endOfTurn, final }: Transcript): number | undefined {
  if (ours === undefined || endOfTurn === undefined) return ours ?? endOfTurn
  const mean = (ours + endOfTurn) / 2
  return final && ours >= UNLIKELY ? Math.max(mean, endOfTurn) : mean
}

/** Are the words so far a complete turn, after what was asked? */
export function soundsComplete(utterance: Utterance, wanted: Wanted, language: Language): boolean {
  return judged(utterance, wanted, language) === 'complete'
}

function judged(
  utterance: Utterance,
  wanted: Wanted,
  language: Language,
): 'complete' | 'uncertain' | 'trails off' | 'spelling' | 'half given' {
  const words = wordsOf(utterance)
  if (isAllDigits(utterance, wanted, language)) return 'complete'
  if (wanted.kind === 'number') {
    const digits = digitsIn(words, language) + utterance.digits.length
    if (digits > 0 && endsInNumber(words, language))
      return isShortOf(wanted.lengths, digits) ? 'half given' : 'spelling'
  }
  if (spells(words, language)) return 'spelling'
  if (isAsked(utterance, language)) return 'complete'
  const likely = utterance.complete ?? (trailsOff(words, language) ? 0 : 1)
  if (trailsOff(words, language) || likely < UNLIKELY) return 'trails off'
  const isShort = words.split(' ').length <= YES_OR_NO_WORDS
  const isAnswer = wanted.kind === 'yes or no' && isShort && likely >= LIKELY_ANSWER
  if ((likely < LIKELY || isPausing(utterance)) && !isAnswer) return 'uncertain'
  return wanted.kind === 'details' ? 'uncertain' : 'complete'
}

/** Spoken and keyed digits together are as many as were asked for. */
const isAllDigits = (utterance: Utterance, wanted: Wanted, language: Language): boolean =>
  wanted.kind === 'number' &&
  wanted.lengths.length > 0 &&
  digitsIn(wordsOf(utterance), language) + utterance.digits.length >= Math.max(...wanted.lengths)
const isShortOf = (lengths: readonly number[], digits: number): boolean =>
  lengths.length > 0 && !lengths.includes(digits)

/** The window for a caller who has paused up to `pauseMs` after words that sounded complete, and then gone on. */
export const forCaller = (window: PatienceWindow, pauseMs: number): PatienceWindow => ({
  ...window,
  shortMs: Math.min(window.middleMs, Math.max(window.shortMs, pauseMs + PAUSE_MARGIN_MS)),
})

/** How long to wait after the words so far, as an answer to what was asked. */
export function patienceFor(
  utterance: Utterance,
  window: PatienceWindow,
  wanted: Wanted,
  language: Language,
): Patience {
  if (isEmpty(utterance)) return { ms: NO_WORDS_MS, why: 'no words yet' }
  if (utterance.digits !== '' && !isAllDigits(utterance, wanted, language)) return { ms: KEYS_MS, why: 'keys' }
  const why = judged(utterance, wanted, language)
  switch (why) {
    case 'complete':
      return { ms: window.shortMs, why }
    case 'uncertain':
      return { ms: window.middleMs, why }
    case 'spelling':
      return { ms: Math.min(SPELLING_MS, window.longMs), why }
    case 'half given':
      return { ms: window.longMs, why: 'spelling' }
    case 'trails off':
      return utterance.prompted ? { ms: PROMPTED_MS, why: 'prompted' } : { ms: window.longMs, why }
  }
}

/** With each turn that ends or goes on after a pause, the caller's longest pause shrinks to this part. */
const PAUSE_KEPT = 0.8
export const withShorterPause = (context: TurnContext): TurnContext => ({
  ...context,
  pauseMs: Math.round(context.pauseMs * PAUSE_KEPT),
})

/** The utterance with the pause before this sound, which came after words that sounded complete. */
export const resumed = (utterance: Utterance, firstVoicedMs: number): Utterance => ({
  ...utterance,
  pausedMs: Math.round(Math.max(0, firstVoicedMs - utterance.lastVoicedMs)),
})

/** More words after such a sound show that the caller pauses so long. Without words it was a noise, and no pause. */
export function withPause(
  context: TurnContext,
  before: Utterance,
  next: Utterance,
): { context: TurnContext; utterance: Utterance } {
  const hasMore = bareText(wordsOf(next)).length > bareText(wordsOf(before)).length
  if (next.pausedMs === 0 || !hasMore) return { context, utterance: next }
  const shorter = withShorterPause(context)
  const pauseMs = Math.max(shorter.pauseMs, next.pausedMs)
  return { context: { ...shorter, pauseMs }, utterance: { ...next, pausedMs: 0 } }
}

/** Somebody who hears another one through an interpreter, or who goes to a computer, opens a page there and chooses a screen says nothing for so long. */
const BESIDE_MS = 60_000

/** How long the caller may be silent before they are asked whether they are still there. */
export const idleMsOf = ({ beside }: TurnContext, { idleMs, interprets }: Policy): number =>
  beside || interprets ? Math.max(idleMs, BESIDE_MS) : idleMs

/** A sound that never becomes words, with or without gaps, is asked about so long after it began. */
const MOST_WORDLESS_MS = 20_000
/** Words without an end are most likely a television. They are asked about so long after they began. */
const MOST_WORDS_MS = 75_000
/** Short noises put off the question whether the caller is still there, but no longer than this after the last word. */
const MOST_SILENT_MS = 25_000

/**
 * When the wait for the end of the caller's turn is over: at `lullDueMs`, or earlier if the sound has lasted too long. It
 * is counted from the first sound, or from the agent's last words, because the caller had to hear those.
 */
export function endOfSound(
  utterance: Utterance,
  spokenMs: number,
  atMs: number,
  lullDueMs: number,
): readonly [dueMs: number, why: 'lull' | 'endless'] {
  const most = isEmpty(utterance) ? MOST_WORDLESS_MS : MOST_WORDS_MS
  const endMs = Math.max(atMs, Math.max(utterance.firstVoicedMs, spokenMs) + most)
  return endMs < lullDueMs ? [endMs, 'endless'] : [lullDueMs, 'lull']
}

/** When a caller who made only a short noise is asked whether they are still there. */
export const idleAfterNoise = (lastWordMs: number, atMs: number, idleMs: number): number =>
  Math.min(atMs + idleMs, Math.max(atMs, lastWordMs + Math.max(idleMs, MOST_SILENT_MS)))

type EventOf<Kind extends TurnEvent['kind']> = Extract<TurnEvent, { kind: Kind }>

/** A detector reports within half a second. One that needs so long is behind, and has not heard the latest words. */
const BEHIND_MS = 1_000

/**
 * When the caller's silence began, as far as an end of speech tells. A late one tells only of sound long past: the caller
 * may have said more since, so their silence counts from the report. (Measured here on a machine with four times the work
 * it can do: ends came four seconds late, and cut callers off after the first word of what they said next.)
 */
export const quietSince = ({ atMs, lastVoicedMs }: EventOf<'speech-end'>): number =>
  atMs - lastVoicedMs > BEHIND_MS ? atMs : lastVoicedMs

/** Does a detector that is behind only report the beginning of this utterance? */
export const isBegunBy = (utterance: Utterance, { atMs, firstVoicedMs }: EventOf<'speech-start'>): boolean =>
  atMs - firstVoicedMs > BEHIND_MS && firstVoicedMs < utterance.lastVoicedMs

/** Interim words come at most so long after they were spoken. */
const LATE_INTERIM_MS = 600

/** Words long after the last detected sound: the detector does not hear this caller, or is behind, so the words date their speech. */
export function datedByWords(utterance: Utterance, next: Utterance, { atMs, final }: EventOf<'words'>): Utterance {
  const hasMore = wordsOf(next).length > wordsOf(utterance).length
  return hasMore && !final && atMs > utterance.lastVoicedMs + LATE_INTERIM_MS ? { ...next, lastVoicedMs: atMs } : next
}
