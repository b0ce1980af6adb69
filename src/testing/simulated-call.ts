import type { JournalLine } from '../conversation/lines.ts'
import { seeded } from '../sandbox/chance.ts'
import { type Criterion, judged, type Verdict } from './judge.ts'
import type { Line } from './line.ts'
import type { Mind } from './mind.ts'
import { byItsSteps, byModel, PATIENCE, type Persona } from './persona.ts'

/** What came of one simulated caller's call. */
export interface SimulatedCall {
  /** Who called. */
  readonly name: string
  readonly passed: boolean
  /** Why it did not pass, a line for each. */
  readonly problems: readonly string[]
  readonly transcript: string
  readonly journal: readonly JournalLine[]
  /** Undefined where there was nothing to judge by, or the call broke off. */
  readonly verdict: Verdict | undefined
  /** Of the call's time. */
  readonly tookMs: number
}

export interface SimulatedCallParts {
  readonly name: string
  readonly persona: Persona
  readonly seed: number
  readonly openLine: () => Promise<Line>
  /** Plays the caller; without it they say their steps. */
  readonly player: Mind | undefined
  readonly judge: Mind | undefined
  readonly criteria: readonly Criterion[]
  readonly signal: AbortSignal
}

/** Sounds around the caller, at the loudest before every second turn. */
const NOISES = 0.5
const NOISE_MS = { least: 150, more: 350 }

/** Holds one call. Rejects with the signal's reason alone: all else that goes wrong is one of its problems. */
export async function simulatedCall(parts: SimulatedCallParts): Promise<SimulatedCall> {
  const { name, criteria, judge, signal, openLine } = parts
  let line: Line | undefined
  let verdict: Verdict | undefined
  const problems: string[] = []
  try {
    line = await openLine()
    problems.push(...(await held(line, parts)))
    await line.hangUp()
    if (criteria.length > 0) verdict = await judged(line.transcript, criteria, judge)
    problems.push(...(verdict?.reasons ?? []).flatMap(({ passed, what, why }) => (passed ? [] : [`${what}: ${why}`])))
  } catch (error) {
    signal.throwIfAborted()
    problems.push(firstPart(error))
    await line?.[Symbol.asyncDispose]().catch(() => undefined)
  }
  const { transcript = '', journal = [], nowMs = 0 } = line ?? {}
  return { name, passed: problems.length === 0, problems, transcript, journal, verdict, tookMs: nowMs }
}

/** The caller's side of a call. Resolves with what they did not get. */
async function held(line: Line, { persona, player, seed }: SimulatedCallParts): Promise<readonly string[]> {
  const { turns, words: mostWords } = PATIENCE[persona.patience ?? 'usual']
  const mind = player ? byModel(persona, player) : byItsSteps(persona)
  const chance = seeded(seed)
  const until = mostWords === undefined ? 'listening' : 'speaking'
  let heard = line.lastWords
  for (let turn = 0; turn < turns && !line.isOver; turn++) {
    const act = await mind.next(heard)
    if (act.kind === 'hang-up') return act.open === undefined ? [] : [`the caller gave up: ${act.open}`]
    if (!line.isSpeaking && chance() < (persona.noise ?? 0) * NOISES)
      await line.noise(NOISE_MS.least + chance() * NOISE_MS.more)
    if (line.isOver) break
    if (line.isSpeaking) await line.interrupt(act.words, { until })
    else await line.say(act.words, { until })
    heard = mostWords === undefined ? line.lastWords : await line.listen({ atMost: mostWords })
  }
  const unsaid = mind.unsaid()
  if (line.isOver) return unsaid.length === 0 ? [] : [`the call ended before the caller had said: ${unsaid.join('; ')}`]
  return [`the caller gave up after ${turns} turns`]
}

/** An ExpectationError has the transcript after its first part, and a simulated call has its own. */
const firstPart = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n\nThe call so far:')[0] ?? ''
