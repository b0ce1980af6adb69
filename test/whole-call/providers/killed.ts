import { receptionist } from '../../../src/agents/built-in.ts'
import { bareText } from '../../../src/conversation/turn/utterance.ts'
import { type Outcome, outcomeOf } from '../../../src/journal/outcome.ts'
import { english } from '../../../src/languages/english.ts'
import type { Port } from '../../../src/providers/entry.ts'
import type { Script } from '../../../src/sandbox/caller/fixture.ts'
import type { Fault } from '../../../src/sandbox/faults.ts'
import type { CallEvent } from '../../../src/sandbox/twilio/call-event.ts'
import type { WholeCall } from '../whole-calls.ts'

export const STAGES = ['connecting', 'idle', 'mid-utterance', 'mid-reply', 'mid-tool'] as const
export type Stage = (typeof STAGES)[number]

/** Dead: what is open is cut, and nothing more opens. Hung: nothing is answered any more, and nothing is closed. */
export const WAYS = ['dead', 'hung'] as const
export type Way = (typeof WAYS)[number]

const ALWAYS = 10_000
export const FAULTS: Readonly<Record<Way, readonly Fault[]>> = {
  dead: [
    { kind: 'drop', times: ALWAYS },
    { kind: 'status', status: 503, times: ALWAYS },
  ],
  hung: [{ kind: 'stall', times: ALWAYS }],
}

/** The first is answered at once, the second after a tool. */
export const QUESTIONS = ['Do you have parking?', 'Could you check if there are tables free?']
/** Longer than any pause within an answer may be. */
const PAUSE_MS = 2_500

export const patient = ({ utterances, hangUp, ...rest }: Script): Script => ({
  ...rest,
  // Between two fillers of a slow tool it is silent, too.
  hangUp: { ...hangUp, ms: PAUSE_MS },
  utterances: utterances.map((utterance, i) =>
    i === 0 ? utterance : { ...utterance, cue: { after: 'agent-stopped', ms: PAUSE_MS } },
  ),
})

/** When a provider is killed: after an event of the call, or before the call; `draw` gives numbers from 0 to 1. */
export function killedAfter(stage: Stage, draw: () => number): { isDue(event: CallEvent): boolean; ms: number } {
  const utterance =
    (index: number) =>
    (event: CallEvent): boolean =>
      event.kind === 'utterance' && event.index === index
  const started = (event: CallEvent): boolean => event.kind === 'stream-started'
  const between = (fromMs: number, toMs: number): number => Math.round(fromMs + draw() * (toMs - fromMs))
  switch (stage) {
    case 'connecting':
      return { isDue: ({ kind }) => kind === 'document', ms: 0 }
    case 'idle':
      return { isDue: started, ms: between(500, 3_500) }
    case 'mid-utterance':
      return { isDue: utterance(0), ms: between(50, 1_100) }
    case 'mid-reply':
      return { isDue: utterance(0), ms: between(1_500, 5_500) }
    case 'mid-tool':
      return { isDue: utterance(1), ms: between(2_000, 4_500) }
  }
}

export const bareWords = (text: string): string => bareText(text)

/** Until the caller hears something, from their last sound on. */
const SOUND_WITHIN_MS = 4_000
/** From the end of the turn, and between two sounds of an answer. The recording has frames of 20 ms. */
const SILENT_MS = 1_500 + 40
/** The journal knows that something sounds when the carrier's first mark comes back. */
const TOLD_MS = 260

const FILLERS = [receptionist.thinking, ...receptionist.patience, 'I am looking it up.']
/** What an answer says, without the words that fill a wait. */
export const spokenWords = (text: string): string =>
  bareText(FILLERS.reduce((left, some) => left.replaceAll(some, ' '), text))

/**
 * What the caller of a call may have noticed of a provider's death; `usual` is the same call without one. `isNeeded`: the
 * provider certainly had something to do after it.
 */
export function noticed(call: WholeCall, usual: Outcome, port: Port, isNeeded: boolean): readonly string[] {
  const { record, lines } = call
  const outcome = outcomeOf(lines, english)
  const problems: string[] = []
  const expectSame = (what: string, now: readonly string[], before: readonly string[]): void => {
    if (now.join('\n') !== before.join('\n'))
      problems.push(`${what}: ${JSON.stringify(now)}, not ${JSON.stringify(before)}`)
  }
  expectSame('heard of the caller', outcome.callerTurns.map(bareText), usual.callerTurns.map(bareText))
  expectSame('said', outcome.agentReplies.map(spokenWords), usual.agentReplies.map(spokenWords))
  expectSame('tools', outcome.tools, usual.tools)
  if (record.endedBy !== 'caller' || record.gaveUp) problems.push(`ended by the ${record.endedBy}: ${record.why}`)
  problems.push(...record.warnings.map(text => `the carrier warned: ${text}`))
  for (const gap of record.gaps) {
    if (gap.kind !== 'answered') problems.push(`a turn was ${gap.kind}`)
    else if (gap.gapMs > SOUND_WITHIN_MS) problems.push(`the next sound came after ${Math.round(gap.gapMs)} ms`)
  }
  problems.push(...deadAir(call))
  const switches = lines.flatMap(line =>
    'noted' in line && line.noted.kind === 'provider-switched' ? [line.noted] : [],
  )
  if (switches.length > 1 || switches.some(some => some.port !== port) || (isNeeded && switches.length === 0))
    problems.push(`switches: ${switches.map(({ from, to, why }) => `${from} to ${to}: ${why}`).join('; ') || 'none'}`)
  return problems
}

/** Silences of the agent: after the end of a turn, and within an answer. */
function deadAir({ record, lines }: WholeCall): readonly string[] {
  const problems: string[] = []
  let turnOverMs: number | undefined
  for (const line of lines) {
    if ('decided' in line && line.decided.kind === 'turn') {
      const { turn } = line.decided
      // Who goes on before they hear anything was not kept waiting.
      if (turn.kind !== 'replying' || turn.reply.sounding) turnOverMs = undefined
      else turnOverMs ??= line.atMs
    }
    if ('input' in line && line.input.kind === 'reply-sounding') {
      if (turnOverMs !== undefined && line.atMs - turnOverMs > SILENT_MS + TOLD_MS)
        problems.push(`silent for ${Math.round(line.atMs - turnOverMs)} ms after a turn`)
      turnOverMs = undefined
    }
  }
  for (const [i, { startMs }] of record.agentSpans.entries()) {
    const before = record.agentSpans[i - 1]
    const isWithin = before && !record.callerSpans.some(span => span.endMs > before.endMs && span.startMs < startMs)
    if (isWithin && startMs - before.endMs > SILENT_MS)
      problems.push(`silent for ${Math.round(startMs - before.endMs)} ms within an answer`)
  }
  return problems
}
