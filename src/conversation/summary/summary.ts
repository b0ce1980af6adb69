import type { Entry } from '../history.ts'
import type { HandedOff } from '../turn/hand-off.ts'
import type { TurnEvent } from '../turn/turn.ts'

/** The older part of a conversation in a few words, and the first and the last exchange that it stands for. */
export interface Summary {
  readonly from: number
  readonly until: number
  readonly text: string
}

/** `after`: replies with ids up to this one had begun when it came, and are told what they were told before. */
export interface KeptSummary extends Summary {
  readonly after: number
}

/** The summary in what the model is told, with what the tools had answered, word for word: it may need an id of it. */
export interface SummaryMessage {
  readonly role: 'summary'
  readonly text: string
  readonly results: readonly string[]
}

/** A reply that began before the last one came is told the one before it. */
const MOST_KEPT = 2
const MOST_RESULTS = 12
const LONGEST_RESULT = 400
const LONGEST_ARGUMENTS = 200

/** The summaries after an event. `ids`: the last id that was given to a work then. */
export function summariesAfter(
  summaries: readonly KeptSummary[] | undefined,
  event: TurnEvent,
  ids: number,
): readonly KeptSummary[] | undefined {
  if (event.kind !== 'summarised') return summaries
  const { from, until, text } = event
  return [...(summaries ?? []), { from, until, text, after: ids }].slice(-MOST_KEPT)
}

/** The summary that a reply is told. An agent who is told nothing of what was before is told no summary of it either. */
export function summaryFor(
  summaries: readonly KeptSummary[] | undefined,
  reply: number,
  handedOff: HandedOff | undefined,
): KeptSummary | undefined {
  const first = handedOff?.history === 'none' ? handedOff.reply : 0
  const summary = summaries?.findLast(({ after }) => after < reply)
  return summary && summary.until >= first ? summary : undefined
}

/** The last results of tools in these entries. Of the same call that was made again, the last one. */
export function resultsOf(entries: readonly Entry[]): readonly string[] {
  const results = new Map<string, string>()
  for (const { message } of entries) {
    if (message.role !== 'tool' || message.result === undefined) continue
    const call = `${message.call.name} ${cut(message.call.arguments, LONGEST_ARGUMENTS)}`
    results.delete(call)
    results.set(call, `${call}: ${cut(message.result, LONGEST_RESULT)}`)
  }
  return [...results.values()].slice(-MOST_RESULTS)
}

const cut = (text: string, most: number): string =>
  text.length > most ? `${text.slice(0, most).toWellFormed()} …` : text
