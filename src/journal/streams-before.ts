import type { Language } from '../conversation/language.ts'
import type { JournalLine } from '../conversation/lines.ts'
import { restore } from '../conversation/restore.ts'
import type { ConversationState } from '../conversation/state.ts'
import { begin } from '../conversation/turn/enter.ts'
import type { Policy, Turn, TurnContext } from '../conversation/turn/turn.ts'
import type { Store } from './store.ts'

interface Warning {
  error(fields: object, message: string): void
}

const languagesOf = ({ context: { languages } }: Turn): Pick<TurnContext, 'languages'> =>
  languages ? { languages } : {}

/** A call that comes back goes on where its committed journal ends; one whose journal makes no sense begins anew. */
export function stateAfter(
  before: readonly JournalLine[],
  fresh: ConversationState,
  policy: Policy,
  left: TurnContext['budget'],
  language: Language,
  callId: string,
  log: Warning,
): ConversationState {
  try {
    if (before.length > 0) {
      const { turn, history } = restore(before, language)
      // The call's longest time is that of all its streams; the time of each begins anew.
      const lasts = before.filter(({ atMs }, i) => (before[i + 1]?.atMs ?? -1) < atMs)
      const usedMs = lasts.reduce((sum, { atMs }) => sum + atMs, 0)
      const back = begin(policy, -usedMs, 'back', turn.context.ids, left)
      return { turn: { ...back, context: { ...back.context, ...languagesOf(turn) } }, history }
    }
  } catch (error) {
    log.error({ call: callId, err: error }, 'journal makes no sense: the call begins anew')
  }
  return fresh
}

export async function linesBefore(store: Store, callId: string, log: Warning): Promise<readonly JournalLine[]> {
  try {
    return (await store.linesOf(callId)).map(line => JSON.parse(line) as JournalLine)
  } catch (error) {
    log.error({ call: callId, err: error }, 'journal cannot be read: the call begins anew')
    return []
  }
}
