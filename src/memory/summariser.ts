import type { CallJournal } from '../conversation/lines.ts'
import type { Clock, LanguageModel } from '../conversation/ports.ts'
import { askBeside } from '../conversation/reply/ask-beside.ts'
import { guardedMessages } from '../conversation/reply/guarded.ts'
import { within } from '../conversation/scope.ts'
import type { Summarise } from '../conversation/summary/summing-up.ts'
import { dueSummary } from './due-summary.ts'
import { summaryRequest } from './summary-request.ts'

export interface SummariserParts {
  /** Opened where it is first asked. */
  readonly model: () => LanguageModel
  readonly clock: Clock
  readonly journal: Pick<CallJournal, 'append'>
  /** From how many tokens of the conversation on this agent wants it summed up; undefined where it never does. */
  readonly afterTokensOf: (agent: string) => number | undefined
}

/** Nobody waits for it, but one that hangs must end. */
const LIMIT_MS = 30_000
/** About 400 words. */
const MOST_LETTERS = 2_500
/** So many more messages of the conversation until the next try, after one that failed; twice as many each time. */
const PAUSE_MESSAGES = 8
const MOST_DOUBLINGS = 4

/** Sums up one call by its model. A summary that is empty, or no shorter than what was said, is none. */
export function summariser(parts: SummariserParts): Summarise {
  const { clock, journal, afterTokensOf } = parts
  let model: LanguageModel | undefined
  let failures = 0
  let notBefore = 0

  return async (state, agent, signal) => {
    const afterTokens = afterTokensOf(agent.name)
    if (afterTokens === undefined || state.turn.context.budget === 'none' || state.history.length < notBefore)
      return undefined
    const due = dueSummary(state, afterTokens)
    if (!due) return undefined
    const seen = guardedMessages(agent, due.messages, journal).filter(message => message.role !== 'summary')
    const { prompt, letters } = summaryRequest({ ...due, messages: seen }, agent.language.code)
    model ??= parts.model()
    const asked = { model, journal, of: 'summary', mostLetters: MOST_LETTERS } as const
    try {
      const written = await within(LIMIT_MS, 'the summary', clock, limit => askBeside(prompt, asked, limit), signal)
      const text = cut(written).trim()
      if (!/[\p{L}\p{N}]/u.test(text)) throw new Error('the summary is empty')
      if (text.length >= letters) throw new Error('the summary is no shorter than what was said')
      failures = 0
      return { from: due.from, until: due.until, text }
    } catch (error) {
      notBefore = state.history.length + PAUSE_MESSAGES * 2 ** Math.min(failures++, MOST_DOUBLINGS)
      throw error
    }
  }
}

/** One that goes on for too long ends with its last whole sentence. */
function cut(text: string): string {
  if (text.length <= MOST_LETTERS) return text.toWellFormed()
  const kept = text.slice(0, MOST_LETTERS)
  const end = Math.max(kept.lastIndexOf('. '), kept.lastIndexOf('\n'))
  return (end > 0 ? kept.slice(0, end + 1) : kept).toWellFormed()
}
