import type { Language } from '../conversation/language.ts'
import type { JournalLine } from '../conversation/lines.ts'
import { restore } from '../conversation/restore.ts'
import type { ConversationState } from '../conversation/state.ts'
import { begin } from '../conversation/turn/enter.ts'
import type { Policy } from '../conversation/turn/turn.ts'
import type { Store } from './store.ts'

interface Log {
  error(fields: object, message: string): void
}

/** A call that comes back goes on where its committed journal ends; one whose journal makes no sense begins anew. */
export function stateAfter(
  before: readonly JournalLine[],
  fresh: ConversationState,
  policy: Policy,
  language: Language,
  callId: string,
  log: Log,
): ConversationState {
  try {
    if (before.length > 0) {
      const { turn, history } = restore(before, language)
      // The call's longest time is that of all its streams; the time of each begins anew.
      const lasts = before.filter(({ atMs }, i) => (before[i + 1]?.atMs ?? -1) < atMs)
      const usedMs = lasts.reduce((sum, { atMs }) => sum + atMs, 0)
      return { turn: begin(policy, -usedMs, 'back', turn.context.ids), history }
    }
  } catch (error) {
    log.error({ call: callId, err: error }, 'journal makes no sense: the call begins anew')
  }
  return fresh
}

/** The lines of the call's streams before; none where they cannot be read. */
export async function linesBefore(store: Store, callId: string, log: Log): Promise<readonly JournalLine[]> {
  try {
    return (await store.linesOf(callId)).map(line => JSON.parse(line) as JournalLine)
  } catch (error) {
    log.error({ call: callId, err: error }, 'journal cannot be read: the call begins anew')
    return []
  }
}
