import type { Language } from './language.ts'
import { isEvent, JOURNAL_VERSION, type JournalLine } from './lines.ts'
import { advance, begun, type ConversationState } from './state.ts'
import type { Rules } from './turn/turn.ts'

/**
 * Folds a journal into the conversation that it records. Used after a crash, and to look at a call again.
 * Throws an Error when the lines do not begin with the start of a call, are out of order, or are of
 * another version, and when the call was held in another language.
 */
export function restore(lines: Iterable<JournalLine>, language: Language): ConversationState {
  let state: ConversationState | undefined
  let rules: Rules | undefined
  let seq = 0
  for (const line of lines) {
    const version: number = line.v
    if (version !== JOURNAL_VERSION)
      throw new Error(`journal line ${line.seq} is of version ${version}; this server reads version ${JOURNAL_VERSION}`)
    if (line.seq <= seq) throw new Error(`journal line ${line.seq} comes after line ${seq}: the lines are out of order`)
    seq = line.seq
    if ('started' in line) {
      const { policy, language: held } = line.started
      if (held !== language.code)
        throw new Error(`the call was held in "${held}": its journal cannot be restored in "${language.code}"`)
      rules = { policy, language }
      state = begun(line.started.turn, state)
    } else if ('input' in line && isEvent(line.input)) {
      if (!state || !rules) throw new Error(`journal line ${line.seq} comes before the start of the call`)
      state = advance(state, line.input, rules)
    }
  }
  if (!state) throw new Error('the journal has no start of a call')
  return state
}
