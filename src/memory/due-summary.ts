import type { Entry } from '../conversation/history.ts'
import type { Message } from '../conversation/ports.ts'
import type { ConversationState } from '../conversation/state.ts'
import { partsTold } from '../conversation/told.ts'

/** The older part of a conversation that is to be summed up now. */
export interface Due {
  readonly from: number
  readonly until: number
  /** The summary of what was before, if there is one. */
  readonly earlier: string | undefined
  readonly messages: readonly Message[]
}

/** Models lose track of long lists before their windows are full. */
const MOST_MESSAGES = 120
/** So many of the last exchanges are always told as they were said. */
const LEAST_KEPT = 4
/** The share of what may be told that is kept, or that must be there to be summed up. */
const SHARE = 0.25
const BYTES_A_TOKEN = 4

/**
 * What is to be summed up, where more than so many tokens, by an estimate, or 120 messages would be told of the conversation;
 * undefined where nothing is. An exchange is summed up whole, so that no call of a tool is parted from its result, and none
 * in which a tool still runs is.
 */
export function dueSummary(state: ConversationState, afterTokens: number): Due | undefined {
  const { handedOff } = state.turn.context
  const { summary, rest } = partsTold(state, Number.POSITIVE_INFINITY, handedOff)
  if (tokensOf(rest) <= afterTokens && rest.length <= MOST_MESSAGES) return undefined
  const exchanges = [...Map.groupBy(rest, ({ exchange }) => exchange)]
  const running = exchanges.findIndex(([, entries]) => entries.some(isRunning))
  const older = exchanges.slice(0, running < 0 ? undefined : running).slice(0, firstKept(exchanges, afterTokens))
  const entries = older.flatMap(([, some]) => some)
  // A few words are not worth a request at each turn.
  if (tokensOf(entries) < afterTokens * SHARE && entries.length < MOST_MESSAGES * SHARE) return undefined
  const until = older.at(-1)?.[0]
  if (until === undefined) return undefined
  return {
    from: handedOff?.history === 'none' ? handedOff.reply : 0,
    until: Math.max(until, summary?.until ?? 0),
    earlier: summary?.text,
    messages: entries.map(({ message }) => message),
  }
}

/** How many exchanges come before those that are kept. */
function firstKept(exchanges: readonly (readonly [number, readonly Entry[]])[], afterTokens: number): number {
  let first = exchanges.length
  let [tokens, messages] = [0, 0]
  for (const [, entries] of exchanges.toReversed()) {
    tokens += tokensOf(entries)
    messages += entries.length
    const isMuch = tokens > afterTokens * SHARE || messages > MOST_MESSAGES * SHARE
    if (isMuch && exchanges.length - first >= LEAST_KEPT) return first
    first--
  }
  return first
}

const isRunning = ({ message }: Entry): boolean => message.role === 'tool' && message.result === undefined

/** Signs of other scripts take more bytes, and more tokens. */
function tokensOf(entries: readonly Entry[]): number {
  const bytes = entries.reduce((sum, { message }) => sum + Buffer.byteLength(lettersOf(message)), 0)
  return Math.ceil(bytes / BYTES_A_TOKEN)
}

function lettersOf(message: Message): string {
  switch (message.role) {
    case 'caller':
    case 'agent':
      return message.text
    case 'tool':
      return message.call.name + message.call.arguments + (message.result ?? '')
  }
}
