import type { Decision } from '../conversation/lines.ts'
import type { Turn } from '../conversation/turn/turn.ts'
import { wordsOf } from '../conversation/turn/utterance.ts'
import type { Difference } from './report.ts'
import type { CallResult } from './results.ts'

/** More of a call's problems are not printed; the JSON report has all. */
const MOST_PRINTED = 10

/** One difference as a line for people. */
export function differenceInWords({ seq, atMs, recorded, now }: Difference): string {
  const at = `line ${seq} at ${(atMs / 1_000).toFixed(2)} s`
  if (!recorded || !now) return `${at}: recorded ${decisionInWords(recorded)}, now ${decisionInWords(now)}`
  const [before, after] = [decisionInWords(recorded), decisionInWords(now)]
  if (before !== after) return `${at}: recorded ${before}, now ${after}`
  return `${at}: ${before}, but ${differingFields(recorded, now).join(', ')}`
}

function decisionInWords(decision: Decision | undefined): string {
  switch (decision?.kind) {
    case undefined:
      return 'nothing'
    case 'turn':
      return turnInWords(decision.turn)
    case 'clause':
      return `the clause ${JSON.stringify(decision.text)} of reply ${decision.reply}`
    case 'model-asked':
      return `the model asked with ${decision.messages} messages for reply ${decision.reply}`
    case 'tool-refused':
      return `the tool call ${decision.call} refused`
  }
}

function turnInWords(turn: Turn): string {
  switch (turn.kind) {
    case 'listening':
      return 'listening'
    case 'hearing':
      return `hearing ${JSON.stringify(wordsOf(turn.utterance))}${turn.draft ? ' with a draft' : ''}`
    case 'settling': {
      const { why, dueMs } = turn.patience
      const draft = turn.draft ? ' with a draft' : ''
      return `waiting until ${(dueMs / 1_000).toFixed(2)} s (${why})${draft} after ${JSON.stringify(wordsOf(turn.utterance))}`
    }
    case 'replying':
      return `reply ${turn.reply.id} (${contentOf(turn)})`
    case 'yielding':
      return `reply ${turn.reply.id} talked over${turn.silenced ? ', and silent' : ''}`
    case 'ended':
      return `the end: ${turn.next} (${turn.why})`
  }
}

function contentOf({ reply: { content } }: Extract<Turn, { kind: 'replying' }>): string {
  switch (content.kind) {
    case 'phrase':
      return content.phrase
    case 'question':
    case 'repeat':
      return 'the question again'
    case 'relay':
      return `what the other person said: ${JSON.stringify(content.text)}`
    case 'answer':
      return `to ${JSON.stringify(wordsOf(content.to))}`
  }
}

/** The paths at which the two are not alike, as the journal writes them. */
function differingFields(recorded: unknown, now: unknown, path = ''): readonly string[] {
  const isObject = (some: unknown): some is Record<string, unknown> => typeof some === 'object' && some !== null
  if (isObject(recorded) && isObject(now)) {
    const names = new Set([...Object.keys(recorded), ...Object.keys(now)])
    return [...names].flatMap(name =>
      differingFields(recorded[name], now[name], path === '' ? name : `${path}.${name}`),
    )
  }
  return Object.is(recorded, now) ? [] : [`${path} was ${JSON.stringify(recorded)} and is ${JSON.stringify(now)}`]
}

/** One call's result as it is printed. */
export function resultInWords({ name, report, problems, tookMs }: CallResult): string {
  const seconds = report ? report.lengthMs / 1_000 : 0
  const times = report && tookMs > 0 ? `, ${Math.round(report.lengthMs / tookMs)} × real time` : ''
  const about = report
    ? ` (${report.lines} lines, ${report.decisions} decisions, ${seconds.toFixed(1)} s of call${times})`
    : ''
  const head = `${problems.length === 0 ? 'as recorded' : 'DIFFERS'}  ${name}${about}`
  const more = problems.length - MOST_PRINTED
  return [
    head,
    ...(report?.notes ?? []).map(note => `  note: ${note}`),
    ...problems.slice(0, MOST_PRINTED).map(problem => `  ${problem}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
  ].join('\n')
}
