import { isLastForm } from './answered.ts'
import type { TurnContext, TurnEvent } from './turn.ts'
import { bareText } from './utterance.ts'

type WordsEvent = Extract<TurnEvent, { kind: 'words' }>

/** What is known of the agent's voice around the caller's words. */
export interface AgentAround {
  /** How much (0 to 1) of the sound in which they came was the agent's own. Without it the agent was silent. */
  readonly own?: number
  /** How like (0 to 1) the sound of each word is to the agent's, where the ears tell when it was said; null: not known. */
  readonly ownEach?: readonly (number | null)[]
  /** On a line that echoes: what the agent is just saying, and does not count as heard yet. */
  readonly aloud?: string
}

/** The agent's last words that the caller heard, of one reply or several, those that they may have heard besides, and when. */
export interface SpokenWords {
  readonly text: string
  readonly aloud?: string
  readonly atMs: number
}

/** All of these words: what comes back of them is the agent's. */
export const saidOf = ({ text, aloud = '' }: SpokenWords): string => `${text} ${aloud}`.trim()

/** A transcript of which some words are the agent's own, word by word. */
export interface OwnWords {
  /** As bare text. */
  readonly words: readonly string[]
  readonly own: readonly boolean[]
  /** Those that may be the agent's all the same: neither words nor sound showed whose they are. */
  readonly unsure: readonly boolean[]
  /** When it was told last. */
  readonly atMs: number
  /** Its words do not change any more; the same ones may be told once more. */
  readonly isFinal: boolean
}

/** So much of the sound makes its words the agent's: the rest is noise. On a line that is known to echo, less is enough. */
const ALL_OWN = 0.8
const MOST_OWN = 0.5
/** Less is none: where the newest sound is the agent's, it is as much at least. */
const LITTLE_OWN = 0.1
/** A word whose own sound is so like the agent's is the agent's; one that is less alike than the other is the caller's (measured: test/channels/line/own-echo). */
const OWN_WORD = 0.55
const OTHER_WORD = 0.2
/** After a word that is the agent's by its sound, this is enough. */
const RATHER_OWN = 0.4
/** So many words may have been misheard ones of the agent's. */
const MOST_UNSURE = 2
/** On a line that echoes, the agent's words may be transcribed so long after they were heard; their last form comes later. */
const LATE_MS = 800
export const LATE_FINAL_MS = 1_300
/** A transcript has its next form within this time, and a final one is repeated. */
const NEXT_FORM_MS = 1_500
/** A form that follows sooner has come together with the one before. */
const HELD_UP_MS = 50
/** A longer or its last form may come so late: recognisers that are busy, or a network that stood still. */
const LAST_FORM_MS = 6_000

/**
 * The event without the agent's own words, and the context that knows which those are. Words that were told before keep
 * what they were judged to be; new ones are judged by their sound, and where it is mixed or unknown by what was heard lately.
 */
export function withoutOwnWords(
  before: TurnContext,
  told: WordsEvent,
): { readonly context: TurnContext; readonly event: WordsEvent } {
  const echoes = before.echoes || isEchoing(before, told)
  const context = whileSaying({ ...before, echoes }, told)
  // A form that comes at once after another one, in another sound, was held up: the sound of now tells nothing of it.
  const isTogether = context.own !== undefined && told.atMs < context.own.atMs + HELD_UP_MS
  const isHeldUp = isTogether && context.own?.isFinal === false && (told.own ?? 0) < MOST_OWN
  const event = isHeldUp ? withoutShare(told) : told
  const tokens = event.text.split(/\s+/).filter(token => bareText(token) !== '')
  if (tokens.length === 0) return { context: event.final ? withoutOwn(context) : context, event }
  const words = tokens.map(bareText)
  const each = soundsOf(words, eachOf(event, tokens), context, event)
  const earlier = isOpen(context.own, event) ? context.own : undefined
  const { own, unsure } = ownOf(words, each, { before: earlier, isHeldUp, isTogether }, context, event)
  const left = tokens.filter((_, at) => !own[at])
  const others = withoutOwn(context)
  const isNone = left.length === tokens.length
  // Also a transcript without an own word is kept on such a line: what is judged once is not judged again.
  const next =
    isNone && !echoes
      ? { ...others, echoes }
      : { ...others, echoes, own: { words, own, unsure, atMs: event.atMs, isFinal: event.final } }
  return { context: next, event: isNone ? event : { ...event, text: left.join(' ') } }
}

/** Does this show that the line echoes? */
function isEchoing(context: TurnContext, event: WordsEvent): boolean {
  const tokens = event.text.split(/\s+/).filter(token => bareText(token) !== '')
  const each = soundsOf(tokens.map(bareText), eachOf(event, tokens), context, event)
  return (event.own !== undefined && event.own >= ALL_OWN) || each.some(like => bySoundOf(like) === true)
}

/** What the agent is saying is true of this moment alone. */
function whileSaying(context: TurnContext, { aloud }: WordsEvent): TurnContext {
  const { aloud: _, ...spoken } = context.spoken
  return { ...context, spoken: aloud === undefined ? spoken : { ...spoken, aloud } }
}

/** Which of the words are the agent's, and of which others that is not sure. */
function ownOf(
  words: readonly string[],
  each: readonly (number | null)[],
  { before, isHeldUp, isTogether }: Form,
  context: TurnContext,
  event: WordsEvent,
): Pick<OwnWords, 'own' | 'unsure'> {
  const known = sameBeginning(before?.words ?? [], words)
  const fresh = words.slice(known)
  const judgedBefore = (before?.own ?? []).slice(0, known)
  const unsureBefore = (before?.unsure ?? []).slice(0, known)
  // Nobody's echo begins in the middle of what they hear somebody else say, unless it is louder.
  const isOthers = judgedBefore.some((isOwn, at) => !isOwn && !unsureBefore[at])
  const isCallers = isOthers || each.some(like => bySoundOf(like) === false)
  const callers = words.slice(0, known).filter((_, at) => !judgedBefore[at])
  const { answered } = context
  const isLast = answered !== undefined && isLastForm(answered, { ...event, text: [...callers, ...fresh].join(' ') })
  // Words that were answered are the caller's, whatever sounds by now.
  const covered = isLast ? answered.late.split(' ').length - callers.length : 0
  const judge = (some: readonly string[]): readonly boolean[] =>
    judged(some, context, event, { isCallers, isLast, isAfterOwn: judgedBefore.at(-1) === true })
  const isNext = !isCallers && !isLast && comesNext(words, context.spoken, event)
  const byShare = isNext ? fresh.map(() => true) : judge(fresh)
  // By the share of a mixed sound a word is judged once, unless that was the wrong sound; by its own sound also later.
  const again = isHeldUp || isOtherSound(words, context, event) ? judge(words) : judgedBefore
  // All that was heard lately was the agent's: so were the words of which that was not sure.
  const isAllOwn =
    event.final && !isLast && (event.own ?? 0) >= ALL_OWN && unsureBefore.filter(Boolean).length <= MOST_UNSURE
  const own = judgedBefore.map(
    (before, at) =>
      bySoundOf(each[at]) ?? (isNext || (before && again[at] === true) || (isAllOwn && unsureBefore[at] === true)),
  )
  for (const [at, word] of fresh.entries()) {
    const isAfterOwn = each.length > known && context.echoes && own.at(-1) === true
    const goesOn = isAfterOwn && comesSoon(words[known + at - 1], word, saidOf(context.spoken))
    own.push(at >= covered && (bySoundOf(each[known + at]) ?? (goesOn || (byShare[at] ?? false))))
  }
  const isMixed = event.own === undefined ? event.aloud !== undefined || isTogether : event.own >= LITTLE_OWN
  return {
    own: own.map((isOwn, at) => isOwn || isAmongOwn(each, at)),
    unsure: words.map((_, at) => bySoundOf(each[at]) === undefined && (unsureBefore[at] ?? (isMixed && !isCallers))),
  }
}

/** The transcript of which these words are the next form, and how it came. */
interface Form {
  readonly before: OwnWords | undefined
  readonly isHeldUp: boolean
  readonly isTogether: boolean
}

/** The last form of words of which the agent has said none, when the newest sound is not the agent's: a short one is not known sooner. */
function isOtherSound(words: readonly string[], { spoken }: TurnContext, { own, final }: WordsEvent): boolean {
  const recent = recentWords(spoken)
  return final && own !== undefined && own < MOST_OWN && !words.some(word => recent.includes(word))
}

/** The likeness of each word, if the ears have dated them all. Signs alone are no words. */
function eachOf({ text, ownEach = [] }: WordsEvent, tokens: readonly string[]): readonly (number | null)[] {
  const all = text.trim().split(/\s+/)
  const worded = ownEach.filter((_, at) => bareText(all[at] ?? '') !== '')
  return all.length === ownEach.length && worded.length === tokens.length ? worded : []
}

/**
 * The likeness of each word as far as it may be believed. By chance one word of 200 ms in fifty is like the agent's, of the
 * same voice one in ten (700 pairs of the fixtures each), so on a line of which no echo is known more must show one: a
 * share of the sound, and either a word that the agent has just said or most words alike.
 */
function soundsOf(
  words: readonly string[],
  each: readonly (number | null)[],
  { echoes, spoken }: TurnContext,
  { own }: WordsEvent,
): readonly (number | null)[] {
  const alike = words.filter((_, at) => bySoundOf(each[at]) === true)
  const dated = each.filter(like => like !== null).length
  const recent = recentWords(spoken)
  const isMost = alike.length > 1 && 2 * alike.length > dated
  const isEcho = echoes || (own !== 0 && (isMost || alike.some(word => recent.includes(word))))
  return isEcho ? each : each.map(like => (bySoundOf(like) === true ? null : like))
}

/** A word or two of an unknown sound between two that are the agent's by theirs, or one that is rather alike and follows such words. */
function isAmongOwn(each: readonly (number | null)[], at: number): boolean {
  const of = (index: number): boolean | undefined => bySoundOf(each[index])
  if (of(at) !== undefined) return false
  const [before, after] = [of(at - 1) ?? of(at - 2), of(at + 1) ?? of(at + 2)]
  return before === true && (after === true || (each[at] ?? 0) >= RATHER_OWN)
}

/** An echo comes at most three seconds after the agent's words, with all that delays it. */
const RECENT_WORDS = 12
/** What comes back of words that are just being said begins with one of these last that were heard, or first that were not. */
const MOST_JUST = 2
const MOST_NEXT = 3
/** So many of the agent's words may be missed between two that are transcribed. */
const MOST_MISSED = 8

/** Whether the agent has said this word soon after that one, which was its own. */
function comesSoon(before: string | undefined, word: string, spoken: string): boolean {
  const heard = bareText(spoken).split(' ')
  const at = before === undefined ? -1 : heard.lastIndexOf(before)
  return at >= 0 && heard.slice(at + 1, at + 2 + MOST_MISSED).includes(word)
}

function bySoundOf(like: number | null | undefined): boolean | undefined {
  if (like === null || like === undefined) return undefined
  if (like >= OWN_WORD) return true
  return like < OTHER_WORD ? false : undefined
}

/** Are these the words that the agent is just saying? One alone may be the caller's, who chooses from what the agent lists. */
function comesNext(words: readonly string[], { text, aloud = '' }: SpokenWords, { own }: WordsEvent): boolean {
  const isOthers = words.length === 1 && own !== undefined && own < LITTLE_OWN
  if (aloud === '' || isOthers) return false
  const next = [...bareText(text).split(' ').slice(-MOST_JUST), ...bareText(aloud).split(' ')]
  let at = -1
  return words.every((word, index) => {
    at = next.indexOf(word, at + 1)
    return at >= 0 && (index > 0 || at < MOST_JUST + MOST_NEXT)
  })
}

const withoutShare = ({ own: _, ...event }: WordsEvent): WordsEvent => event

const withoutOwn = ({ own: _, ...others }: TurnContext): TurnContext => others

/** The words of the open transcript have turned out to be the agent's. */
export const withAllOwn = ({ own, ...context }: TurnContext): TurnContext =>
  own ? { ...context, own: { ...own, own: own.words.map(() => true), unsure: own.words.map(() => false) } } : context

/** Is this transcript the next form of that one? After a pause the same words are said anew, unless it is their last form. */
function isOpen(before: OwnWords | undefined, event: WordsEvent): boolean {
  if (before === undefined) return false
  const bare = bareText(event.text)
  const isMore = bare.split(' ').length > before.words.length || event.final
  const withinMs = isMore && !before.isFinal ? LAST_FORM_MS : NEXT_FORM_MS
  if (event.atMs > before.atMs + withinMs) return false
  // What follows a final in another sound is said anew, even where its words are the same.
  if (before.isFinal && !event.final && event.own !== undefined && event.own < OTHER_WORD) return false
  return !before.isFinal || `${before.words.join(' ')} `.startsWith(`${bare} `)
}

function sameBeginning(before: readonly string[], words: readonly string[]): number {
  const differs = words.findIndex((word, at) => word !== before[at])
  return differs === -1 ? words.length : differs
}

function judged(
  words: readonly string[],
  { echoes, spoken }: TurnContext,
  { own, final, atMs }: WordsEvent,
  {
    isCallers,
    isLast,
    isAfterOwn,
  }: { readonly isCallers: boolean; readonly isLast: boolean; readonly isAfterOwn: boolean },
): readonly boolean[] {
  const all = (isOwn: boolean): readonly boolean[] => words.map(() => isOwn)
  const recent = recentWords(spoken)
  const isOver = atMs > spoken.atMs + (final ? LATE_FINAL_MS : LATE_MS)
  const lastSaid = words.findLastIndex(word => recent.includes(word))
  if (own !== undefined && own >= (echoes ? MOST_OWN : ALL_OWN)) {
    // The answered turn was said before the agent's sound of now.
    if (isLast) return words.map(word => recent.includes(word))
    // The caller's words may still come with the agent's that follow them.
    const isOwnEnd = lastSaid >= 0 || isAfterOwn
    return words.map((word, at) => !isCallers || (isOwnEnd && at > lastSaid) || recent.includes(word))
  }
  if (isCallers || (own !== undefined && own < LITTLE_OWN) || !echoes || (isOver && spoken.aloud === undefined))
    return all(false)
  const heard = bareText(isOver ? (spoken.aloud ?? '') : saidOf(spoken)).split(' ')
  let next = 0
  const begin = words.findIndex(word => {
    const at = heard.indexOf(word, next)
    next = at + 1
    return at === -1
  })
  // A single word of many may be the caller's: common words are in everything that was heard.
  const count = begin === -1 ? words.length : begin === 1 ? 0 : begin
  return words.map((_, at) => at < count)
}

const recentWords = ({ text, aloud = '' }: SpokenWords): readonly string[] => [
  ...bareText(text).split(' ').slice(-RECENT_WORDS),
  ...bareText(aloud).split(' '),
]
