import { writeFile } from 'node:fs/promises'
import { junitOf } from '../replay/junit.ts'
import type { Criterion } from './judge.ts'
import type { Line } from './line.ts'
import { openMind } from './mind.ts'
import { checkPersona, type Persona } from './persona.ts'
import { type SimulatedCall, simulatedCall } from './simulated-call.ts'
import type { TestModel } from './test-model.ts'

export interface SimulationParts {
  /** Of all calls, for JUnit. */
  readonly name: string
  readonly personas: readonly Persona[]
  /** Calls of each persona. */
  readonly each: number
  /** Of the noise. The same seed gives the same calls, where no real model is asked. */
  readonly seed: number
  readonly criteria: readonly Criterion[]
  readonly player: TestModel | undefined
  readonly judge: TestModel | undefined
  /** The share of the calls that must pass. */
  readonly passRate: number
  /** A file for the JUnit report. */
  readonly junit: string | undefined
  readonly openLine: (persona: Persona, seed: number) => Promise<Line>
  readonly signal: AbortSignal
}

/** How the simulated calls went. */
export interface SimulationReport {
  readonly calls: readonly SimulatedCall[]
  /** The share of them that passed. */
  readonly passRate: number
  /** As XML, with a test case for each call. */
  readonly junit: string
}

/** So many calls are held at once. */
const AT_ONCE = 20

/** Holds all calls, and writes the JUnit report. Rejects where fewer pass than must, with an error that names the others. */
export async function simulated(parts: SimulationParts): Promise<SimulationReport> {
  const { personas, each, seed, player, judge, signal, criteria, openLine, passRate: least } = parts
  if (personas.length === 0 || each < 1) throw new Error('simulate: there is no caller')
  for (const persona of personas) checkPersona(persona)
  const opened = (model: TestModel | undefined) => (model ? openMind(model, signal) : undefined)
  const wanted = personas.flatMap((persona, p) =>
    Array.from({ length: each }, (_, i) => ({
      ...{ persona, seed: seed + p * each + i },
      name: each === 1 ? persona.who : `${persona.who} (${i + 1})`,
    })),
  )
  const calls: SimulatedCall[] = []
  let next = 0
  async function hold(): Promise<void> {
    for (let index = next++; index < wanted.length; index = next++) {
      const one = wanted[index]
      if (!one) return
      signal.throwIfAborted()
      const minds = { player: await opened(player), judge: await opened(judge) }
      calls[index] = await simulatedCall({
        ...{ ...one, ...minds, criteria, signal },
        openLine: () => openLine(one.persona, one.seed),
      })
    }
  }
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, wanted.length) }, hold))
  const junit = junitOf(
    calls.map(({ problems, transcript, ...call }) => ({
      ...call,
      problems: problems.length === 0 ? [] : [...problems, transcript],
    })),
    parts.name,
  )
  if (parts.junit !== undefined) await writeFile(parts.junit, junit)
  const passRate = calls.filter(({ passed }) => passed).length / calls.length
  const report = { calls, passRate, junit }
  if (passRate < least) throw new SimulationError(report, least)
  return report
}

/** Fewer callers got what they wanted than must. */
export class SimulationError extends Error {
  override readonly name = 'SimulationError'
  readonly report: SimulationReport

  constructor(report: SimulationReport, least: number) {
    const { calls } = report
    const failed = calls.filter(({ passed }) => !passed)
    const must = least === 1 ? '' : `, and ${Math.ceil(least * calls.length)} must`
    const about = failed.map(
      ({ name, problems, transcript }) => `${name}:\n${problems.map(line => `  - ${line}`).join('\n')}\n${transcript}`,
    )
    super(`${calls.length - failed.length} of ${calls.length} calls passed${must}.\n\n${about.join('\n\n')}`)
    this.report = report
  }
}
