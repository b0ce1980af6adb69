import type { Language } from '../conversation/language.ts'
import { type CallStarted, isEvent, type JournalLine } from '../conversation/lines.ts'
import { restore } from '../conversation/restore.ts'
import { advance, begun, type ConversationState } from '../conversation/state.ts'
import type { TurnEvent } from '../conversation/turn/turn.ts'

/** One stretch of a recorded call: from its start, or its return to a server, to where its lines end. */
export interface Attempt {
  /** Counted from 1, as the recordings are. */
  readonly number: number
  readonly started: CallStarted
  readonly startedMs: number
  /** What was said before it, and its first turn. */
  readonly state: ConversationState
  /** From its `started` line on. */
  readonly lines: readonly JournalLine[]
  readonly language: Language
}

/** An event of an attempt, with the states before and after it. */
export interface Step {
  readonly event: TurnEvent
  readonly before: ConversationState
  readonly after: ConversationState
}

/** Parts a call's journal into its attempts. Throws as `restore` does. */
export function attemptsOf(lines: readonly JournalLine[], languageOf: (code: string) => Language): readonly Attempt[] {
  const starts = lines.flatMap((line, index) => ('started' in line ? [{ line, index, started: line.started }] : []))
  if (starts.length === 0) throw new Error('the journal has no start of a call')
  return starts.map(({ line, index, started }, i) => {
    const language = languageOf(started.language)
    const known = lines.slice(0, index).filter(({ seq }) => seq <= (started.afterSeq ?? line.seq))
    const said = known.some(other => 'started' in other) ? restore(known, language) : undefined
    const own = lines.slice(index, starts[i + 1]?.index)
    return {
      number: i + 1,
      started,
      startedMs: line.atMs,
      state: begun(started.turn, said),
      lines: own,
      language,
    }
  })
}

/** Folds an attempt's events, in their order. */
export function stepsOf({ lines, started: { policy }, state, language }: Attempt): readonly Step[] {
  const steps: Step[] = []
  let now = state
  for (const line of lines) {
    if (!('input' in line) || !isEvent(line.input)) continue
    const after = advance(now, line.input, { policy, language })
    steps.push({ event: line.input, before: now, after })
    now = after
  }
  return steps
}
