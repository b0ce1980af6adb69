import type { TurnContext, TurnEvent } from './turn.ts'
import { bareText } from './utterance.ts'

type WordsEvent = Extract<TurnEvent, { kind: 'words' }>

/** A transcript of which some words are the agent's own, word by word. */
export interface OwnWords {
  /** As bare text. */
  readonly words: readonly string[]
  readonly own: readonly boolean[]
  /** Its words do not change any more since then; the same ones may be told once more. */
  readonly finalMs?: number
}

/** So much of the sound makes its words the agent's: the rest is noise. On a line that is known to echo, less is enough. */
const ALL_OWN = 0.8
const MOST_OWN = 0.5
const LAST_WORDS = 6
/** On a line that echoes, the agent's words may be transcribed so long after they were heard; their last form comes later. */
const LATE_MS = 800
const LATE_FINAL_MS = 1_300
/** A final transcript is repeated within this time. */
const TWICE_MS = 1_500

/**
 * The event without the agent's own words, and the context that knows which those are. Words that were told before keep
 * what they were judged to be; new ones are judged by their sound, and where it is mixed or unknown by what was heard lately.
 */
export function withoutOwnWords(
  context: TurnContext,
  event: WordsEvent,
): { readonly context: TurnContext; readonly event: WordsEvent } {
  const before = isOpen(context.own, event) ? context.own : undefined
  const tokens = event.text.split(/\s+/).filter(token => bareText(token) !== '')
  if (tokens.length === 0) return { context, event }
  const words = tokens.map(bareText)
  const known = sameBeginning(before?.words ?? [], words)
  const fresh = words.slice(known)
  const own = [...(before?.own ?? []).slice(0, known), ...judged(fresh, context, event)]
  const isOwnSound = event.own !== undefined && event.own >= ALL_OWN
  const echoes = context.echoes || isOwnSound
  const left = tokens.filter((_, at) => !own[at])
  const { own: _, ...others } = context
  const isNone = left.length === tokens.length
  // Also a transcript without an own word is kept on such a line: what is judged once is not judged again.
  const next = isNone && !echoes ? { ...others, echoes } : { ...others, echoes, own: kept(words, own, event) }
  return { context: next, event: isNone ? event : { ...event, text: left.join(' ') } }
}

/** The words of the open transcript have turned out to be the agent's. */
export const withAllOwn = ({ own, ...context }: TurnContext): TurnContext =>
  own ? { ...context, own: { ...own, own: own.words.map(() => true) } } : context

const kept = (words: readonly string[], own: readonly boolean[], { final, atMs }: WordsEvent): OwnWords => ({
  words,
  own,
  ...(final && { finalMs: atMs }),
})

/** Is this transcript the next form of that one? */
function isOpen(before: OwnWords | undefined, event: WordsEvent): boolean {
  if (before?.finalMs === undefined) return before !== undefined
  const bare = bareText(event.text)
  return event.atMs <= before.finalMs + TWICE_MS && `${before.words.join(' ')} `.startsWith(`${bare} `)
}

function sameBeginning(before: readonly string[], words: readonly string[]): number {
  const differs = words.findIndex((word, at) => word !== before[at])
  return differs === -1 ? words.length : differs
}

function judged(
  words: readonly string[],
  { echoes, spoken }: TurnContext,
  { own, final, atMs }: WordsEvent,
): readonly boolean[] {
  const all = (isOwn: boolean): readonly boolean[] => words.map(() => isOwn)
  if (own !== undefined && own >= (echoes ? MOST_OWN : ALL_OWN)) return all(true)
  if (!echoes || atMs > spoken.atMs + (final ? LATE_FINAL_MS : LATE_MS)) return all(false)
  // Where the sound is not the agent's, only its very last words may still be.
  const heard = bareText(spoken.text)
    .split(' ')
    .slice(own === 0 ? -LAST_WORDS : 0)
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
