import { done, waitingUntil } from './enter.ts'
import { failed } from './failures.ts'
import { isFiller, type Phrase, type Rules, type Turn, type TurnEvent, type TurnOf } from './turn.ts'

/** After these phrases the caller's words still answer what was asked before. */
const ASKS_NOTHING: readonly Phrase[] = ['notice', 'still-there', 'pardon', 'take-your-time', 'apology', 'joined']

/** The turn after an event of its own reply; undefined for all other events. */
export function progressed(turn: TurnOf<'replying' | 'yielding'>, event: TurnEvent, rules: Rules): Turn | undefined {
  const { context, reply } = turn
  if (!('reply' in event) || event.reply !== reply.id) return undefined
  switch (event.kind) {
    case 'reply-sounding':
      return { ...turn, reply: { ...reply, sounding: true }, deadAir: isFiller(event.part) ? turn.deadAir : undefined }
    case 'tool-called':
      return { ...turn, reply: { ...reply, acted: true, running: reply.running + 1 }, deadAir: undefined }
    case 'tool-result': {
      const next = { ...turn, reply: { ...reply, running: reply.running - 1 } }
      if (next.reply.running > 0) return next
      return { ...next, ...waitingUntil(context, 'deadAir', event.atMs + rules.policy.deadAirMs, 'dead air') }
    }
    case 'tool-asked': {
      const asks = { call: event.call, question: event.question, again: false }
      return { ...turn, reply: { ...reply, running: reply.running - 1, asks } }
    }
    case 'secret-asked':
      // What the caller was just saying is not heard any more.
      return { kind: 'replying', context, reply: { ...reply, secret: event.again }, deadAir: undefined }
    case 'secret-over': {
      const { secret: _, ...rest } = reply
      return {
        ...turn,
        reply: rest,
        ...waitingUntil(context, 'deadAir', event.atMs + rules.policy.deadAirMs, 'dead air'),
      }
    }
    case 'language':
    case 'hand-off':
      return undefined
    case 'reply-done':
      return done(context, reply, event.atMs, rules)
    case 'reply-failed':
      return failed(context, reply, event.atMs, rules)
    case 'heard': {
      const { content } = reply
      const asks = !isFiller(event.part) && !(content.kind === 'phrase' && ASKS_NOTHING.includes(content.phrase))
      const asked = asks ? event.text : context.asked
      const spoken = { text: lastWords(context.spoken.text, reply.heard, event.text), atMs: event.atMs }
      const next = { ...turn, context: { ...context, asked, spoken }, reply: { ...reply, heard: event.text } }
      // Words from before a tool may still be heard after its result, and put off the wait for dead air.
      if (!turn.deadAir || isFiller(event.part)) return next
      return { ...next, ...waitingUntil(next.context, 'deadAir', event.atMs + rules.policy.deadAirMs, 'dead air') }
    }
  }
}

/** On a line that echoes: what was still heard of a reply that was cut off comes back, too. */
export function withCutOff(turn: Turn, { text, atMs }: Extract<TurnEvent, { kind: 'heard' }>): Turn {
  const { context } = turn
  if (!context.echoes || text === '') return turn
  const words = text.split(' ')
  const told = ` ${context.spoken.text}`
  const known = words.findLastIndex((_, at) => told.endsWith(` ${words.slice(0, at + 1).join(' ')}`)) + 1
  if (known === words.length) return turn
  const spoken = { text: lastWords(context.spoken.text, '', words.slice(known).join(' ')), atMs }
  return { ...turn, context: { ...context, spoken } }
}

/** An echo comes at most so many words later. */
const MOST_SPOKEN = 24

/** The last words of `spoken` and the new words in `heard`, of which `before` was heard already. */
function lastWords(spoken: string, before: string, heard: string): string {
  const more = heard.startsWith(before) ? heard.slice(before.length) : heard
  return `${spoken} ${more}`.trim().split(/\s+/).slice(-MOST_SPOKEN).join(' ')
}
