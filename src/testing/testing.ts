import type { AgentDefinition } from '../agents/author/agent.ts'
import { type Criterion, judged, type Verdict } from './judge.ts'
import type { Line } from './line.ts'
import { openMind } from './mind.ts'
import { type OpenCallOptions, openCall } from './open-call.ts'
import { checkPersona, hearingOf, type Persona } from './persona.ts'
import type { RingOptions, RungCall } from './rung-call.ts'
import { replayedCalls, savedCall } from './saved-call.ts'
import { type Late, type Script, type ScriptedCall, scriptedModel } from './scripted-model.ts'
import { type SimulationReport, simulated } from './simulation.ts'
import type { TestModel } from './test-model.ts'

/** A scripted model, or the one of the settings LLM, whose key must be set. */
export type Model = TestModel | 'settings'

/** What a call is opened with. */
export interface CallOptions extends Omit<OpenCallOptions, 'model'> {
  /** Who answers for the agent. Without one the agent can say only what its file says. */
  readonly model?: Model | undefined
}

/**
 * Calls an agent, in virtual time, by text: the real conversation, with the agent's functions. Resolves when its greeting
 * was heard. Throws AgentFileError for an agent that cannot be used.
 */
export const call = (agent: AgentDefinition, { model, ...options }: CallOptions = {}): Promise<Line> =>
  openCall(agent, { ...options, model: modelOf(model) })

/**
 * A model for tests: rules `{ when, after, answer }`, of which the first that fits is taken, or a list of answers in their
 * order. An answer is words, `calls(…)`, an Error, or several of these.
 */
export const scripted = (script: Script): TestModel => scriptedModel(script)

/** In a script: the model calls this tool. */
export const calls = (name: string, given: object = {}): ScriptedCall => ({ kind: 'calls', name, arguments: given })

/** In a script: the model gives the call to this agent, of those in `handOffs`. `summary`: where they want one. */
export const handsOff = (to: string, summary?: string): ScriptedCall =>
  calls(`hand_off_to_${to.replaceAll('-', '_')}`, summary === undefined ? {} : { summary })

/** In a script: this comes after so many milliseconds of the call. In `tools`: this function runs after so many. */
export const takes = <What>(ms: number, what: What): Late<What> => ({ kind: 'takes', ms, what })

/** Whether `model: 'settings'` can be asked, to skip a test where it cannot. Rejects with a SettingsError. */
export const hasModel = async (): Promise<boolean> => (await import('./settings-model.ts')).hasRealModel(process.env)

/** A simulated caller. Throws an Error for what is none. */
export function persona(about: Persona): Persona {
  checkPersona(about)
  return about
}

/** How callers are simulated and judged. */
export interface SimulateOptions extends CallOptions {
  /** Who plays the callers. Without one they say their steps. */
  readonly callers?: Model | undefined
  /** Who judges by criteria in words. Without one those with patterns are judged. */
  readonly judge?: Model | undefined
  readonly criteria?: readonly Criterion[]
  /** Calls of each caller. Default: 1. */
  readonly each?: number
  /** The share of the calls that must pass. Default: 1. */
  readonly passRate?: number
  /** Of the noise. Default: 1. */
  readonly seed?: number
  /** A file to which the JUnit report is written. */
  readonly junit?: string
}

/**
 * Has these callers call an agent, beside each other. Give a function that makes the agent, if its tools keep anything.
 * Rejects with a SimulationError, which has the report, where fewer calls pass than must.
 */
export async function simulate(
  agent: AgentDefinition | (() => AgentDefinition),
  personas: readonly Persona[],
  {
    callers,
    judge: judging,
    criteria = [],
    each = 1,
    passRate = 1,
    seed = 1,
    junit,
    model,
    ...options
  }: SimulateOptions,
): Promise<SimulationReport> {
  const signal = options.signal ?? new AbortController().signal
  const made = (): AgentDefinition => (typeof agent === 'function' ? agent() : agent)
  const answering = modelOf(model)
  return simulated({
    ...{ name: made().name, personas, each, seed, criteria, passRate, junit, signal },
    ...{ player: modelOf(callers), judge: modelOf(judging) },
    openLine: (one, own) => openCall(made(), { ...options, signal, model: answering }, hearingOf(one, own)),
  })
}

/** Judges a transcript, such as `line.transcript`, by criteria with patterns, and by those in words where a model is given. */
export async function judge(
  transcript: string,
  criteria: readonly Criterion[],
  {
    model,
    signal = new AbortController().signal,
  }: { readonly model?: Model | undefined; readonly signal?: AbortSignal } = {},
): Promise<Verdict> {
  const judging = modelOf(model)
  return judged(transcript, criteria, judging && (await openMind(judging, signal)))
}

/** Keeps a call as a fixture: its journal in this folder, as a server keeps it. */
export const save = (line: Pick<Line, 'journal'>, folder: string): Promise<void> => savedCall(line, folder)

/** Replays the saved call of a folder, or of each folder in it. Rejects with an AssertionError where the code of today decides otherwise. */
export const replay = (path: string): Promise<void> => replayedCalls(path)

/**
 * Rings agents by sound, in real time: a real server with these files, and the sandbox's vendors. The caller says the sentences,
 * one after each answer, and hangs up; the sandbox's model answers. Rejects where the server does not start.
 */
export const ring = async (
  files: string | readonly string[],
  says: readonly string[],
  options: RingOptions = {},
): Promise<RungCall> => (await import('./rung-call.ts')).rung([files].flat(), says, options)

const modelOf = (model: Model | undefined): TestModel | undefined => (model === 'settings' ? ofSettings : model)

/** What reads the settings is loaded only where it is needed: it takes longer than a call. */
const ofSettings: TestModel = {
  open: async parts => (await import('./settings-model.ts')).settingsModel(process.env).open(parts),
}

export type { AgentDefinition } from '../agents/author/agent.ts'
export type { CalledTool } from './call-so-far.ts'
export type { ExpectationError } from './expectation-error.ts'
export type { Criterion, Judgement, Verdict } from './judge.ts'
export type { InterruptOptions, Line, SayOptions, Until } from './line.ts'
export type { Patience, Persona, Step } from './persona.ts'
export type { RingOptions, RungCall } from './rung-call.ts'
export type { Answer, Asked, Late, Rule, Script, ScriptedCall } from './scripted-model.ts'
export type { SimulatedCall } from './simulated-call.ts'
export type { SimulationError, SimulationReport } from './simulation.ts'
export type { TestModel } from './test-model.ts'
