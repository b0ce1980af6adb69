import type { Agent } from '../agent.ts'
import type { Language } from '../language.ts'
import type { Turn, TurnContext, TurnEvent } from './turn.ts'
import { bareText } from './utterance.ts'

/** The languages of a line that speaks several, by their codes: the one that is spoken now, and all of them. */
export interface LineLanguages {
  readonly now: string
  readonly all: readonly string[]
}

/**
 * The language that is spoken in this turn, where the call began in `first`. Throws an Error when it is neither that one nor
 * another that it knows.
 */
export function languageIn({ languages }: TurnContext, first: Language): Language {
  if (languages === undefined || languages.now === first.code) return first
  const found = first.other?.(languages.now)
  if (!found) throw new Error(`the call went on in "${languages.now}", which is not known here`)
  return found
}

/**
 * The turn on a line of these agents, in the language of the first of whom it greets. A call that comes back goes on in the
 * language that was spoken before, if the line still speaks it, and with the agent that had it, if it is still there.
 */
export function onLineOf(turn: Turn, agents: readonly Pick<Agent, 'name' | 'language'>[]): Turn {
  const { languages: before, handedOff, ...others } = turn.context
  const context = agents.some(({ name }) => name === handedOff?.agent) && handedOff ? { ...others, handedOff } : others
  const codes = [...new Set(agents.map(({ language }) => language.code))]
  const [first] = codes
  if (first === undefined || codes.length === 1) return { ...turn, context }
  const now = before && codes.includes(before.now) ? before.now : first
  return { ...turn, context: { ...context, languages: { now, all: codes } } }
}

/** The language for which a whole text asks; undefined for one that is spoken already, or not on this line. */
export function languageAskedFor(text: string, { languages }: TurnContext, { requests }: Language): string | undefined {
  if (languages === undefined) return undefined
  const bare = bareText(text)
  return languages.all.find(code => code !== languages.now && requests.languages[code]?.test(bare))
}

/** From here on the other language is spoken, and listened to by a session of its own. */
export function speaking(context: TurnContext, code: string): TurnContext {
  if (context.languages === undefined || context.languages.now === code) return context
  const id = context.ids + 1
  return { ...context, ids: id, languages: { ...context.languages, now: code }, sttSession: { id, failures: 0 } }
}

/** The model has chosen another language. The reply for which it did goes on in that one. */
export function languageChosen(
  turn: Exclude<Turn, { kind: 'ended' }>,
  { reply, code }: Extract<TurnEvent, { kind: 'language' }>,
): Turn {
  const isOwn = 'reply' in turn && turn.reply.id === reply
  const isSpoken = turn.context.languages?.all.includes(code) === true
  return isOwn && isSpoken ? { ...turn, context: speaking(turn.context, code) } : turn
}
