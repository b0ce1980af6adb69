import type { JournalLine, Stream } from './lines.ts'
import { advance, type Talk } from './state.ts'
import type { Policy, TurnEvent } from './turn/turn.ts'

const isEvent = (input: TurnEvent | Stream): input is TurnEvent =>
  input.kind !== 'delta' && input.kind !== 'speech' && input.kind !== 'speech-words'

/**
 * Folds a journal into the conversation that it records: the way back after a crash, and the way to see a call again.
 * Throws an Error when the lines do not begin with the start of a call or are out of order.
 */
export function restore(lines: Iterable<JournalLine>): Talk {
  let talk: Talk | undefined
  let policy: Policy | undefined
  let seq = 0
  for (const line of lines) {
    if (line.seq <= seq) throw new Error(`journal line ${line.seq} comes after line ${seq}: the lines are out of order`)
    seq = line.seq
    if ('started' in line) {
      policy = line.started.policy
      talk = { turn: line.started.turn, history: talk?.history ?? [] }
    } else if ('input' in line && isEvent(line.input)) {
      if (!talk || !policy) throw new Error(`journal line ${line.seq} comes before the start of the call`)
      talk = advance(talk, line.input, policy)
    }
  }
  if (!talk) throw new Error('the journal has no start of a call')
  return talk
}
