import { z } from 'zod'
import {
  askSecret,
  type FunctionTool,
  handOff,
  say,
  type ToolAnswer,
  type ToolCallContext,
} from '../agents/author/tool.ts'
import { isKnownLanguage, languageOf } from '../languages/languages.ts'
import type { About } from './collector.ts'
import { afterRun, afterSecret, type Given, heard } from './fold.ts'
import { phrase } from './phrases.ts'
import { spokenAt } from './questions.ts'
import { ranOf } from './running.ts'
import { secretAsked, takenIn } from './secret-step.ts'
import { type FlowState, givenTo, NEW, type Ran } from './state.ts'
import type { FlowDefinition, Step } from './steps.ts'
import { filledIn } from './template.ts'
import { toldOf, whatWasMade } from './told.ts'
import { type Walk, walk } from './walk.ts'
import { notSaid } from './was-said.ts'

/** States of so many calls are kept; more than any server has at once. */
const MOST_CALLS = 2_000
const MOST_WORDS = 500
/** With all else that another server is told of a call this has a place in a result of 2,000 letters. */
const MOST_TURN = 300
const LIMIT_MS = 7_500

export const RESERVED: ReadonlySet<string> = new Set(['right', 'leave', 'again'])

/** What a flow's tool takes: for each thing the caller's own words. */
function parametersOf({ steps }: FlowDefinition): z.ZodObject {
  const answers = Object.entries(steps).flatMap(([name, step]): [string, z.ZodType][] => {
    if (step.kind === 'collect') {
      const about = `The caller's own words for ${step.as.wanted}.${step.optional ? ' They need not have any: then their words for that.' : ''}`
      return [[name, z.string().max(MOST_WORDS).optional().describe(about)]]
    }
    if (step.kind === 'secret') {
      const about = `true when the caller wants to give another ${step.as.what} than before. Never what they give.`
      return [[name, z.boolean().optional().describe(about)]]
    }
    return step.kind === 'task' ? [[name, step.result.optional().describe(step.instructions)]] : []
  })
  return z.object({
    ...Object.fromEntries(answers),
    right: z
      .string()
      .max(MOST_WORDS)
      .optional()
      .describe(
        'The caller\'s own words when they answer a question for a yes or a no: "is that right?", or whether to go ahead.',
      ),
    leave: z.boolean().optional().describe('true when the caller no longer wants this. What they said is kept.'),
    again: z
      .boolean()
      .optional()
      .describe('true to begin anew from the first question, when the caller asks for that or for another one.'),
  })
}

const givenOf = ({ right, leave, again, ...answers }: Record<string, unknown>): Given => ({
  ...(typeof right === 'string' && { right }),
  ...(typeof leave === 'boolean' && { leave }),
  ...(typeof again === 'boolean' && { again }),
  answers: Object.fromEntries(Object.entries(answers).filter(([, value]) => value !== undefined)),
})

const aboutOf = (language: string, now: Date): About => ({
  language: languageOf(isKnownLanguage(language) ? language : 'en'),
  now,
})

/** How far a call is, and when it was called last. */
interface Kept {
  readonly state: FlowState
  readonly atMs: number
}

/** How a call was understood: when, in which language, and what of it the caller has said. */
interface HeardBy {
  readonly about: About
  readonly unsaid: readonly string[]
  readonly turn: string | undefined
  readonly asked: string | undefined
}

/** What became of the secret of a step. */
interface Taken {
  readonly step: string
  readonly ran: Ran
}

/** The state after a call with all that was run for it; `run` gives what a function did, and nothing where that is not known. */
interface Went {
  readonly state: FlowState
  readonly walked: Walk
  readonly remarks: readonly string[]
  readonly fresh: readonly string[]
  readonly said: readonly string[]
  readonly ran: Readonly<Record<string, Ran>>
  readonly handedOff: ToolAnswer | undefined
}

/** The tool by which an agent's model moves through a flow. */
export function flowTool(flow: FlowDefinition): FunctionTool {
  const states = new Map<string, Kept>()
  const running = new Map<string, Promise<unknown>>()

  function keep(callId: string, kept: Kept): void {
    states.delete(callId)
    states.set(callId, kept)
    const [oldest] = states.keys()
    if (states.size > MOST_CALLS && oldest !== undefined) states.delete(oldest)
  }

  /** Everything that one call does to the state. The functions on the way give what `runs` says. */
  async function go(
    callId: string,
    given: Given,
    about: About,
    runs: (step: string, state: FlowState) => Promise<{ readonly ran: Ran; readonly answer?: ToolAnswer }>,
    taken?: Taken,
  ): Promise<Went> {
    const before = states.get(callId)?.state ?? NEW
    const now = taken
      ? {
          state: afterSecret(flow, before, taken.step, taken.ran),
          remarks: taken.ran.kind === 'unknown' ? [phrase('notKnown', about)] : [],
          fresh: [],
        }
      : heard(flow, before, given, about)
    let { state } = now
    const remarks: string[] = [...now.remarks]
    const said: string[] = []
    const ran: Record<string, Ran> = taken ? { [taken.step]: taken.ran } : {}
    let handedOff: ToolAnswer | undefined
    let walked = walk(flow, state)
    for (let runsLeft = Object.keys(flow.steps).length; state.over !== 'left' && runsLeft > 0; runsLeft--) {
      for (const name of walked.toSay) said.push(saidBy(flow.steps[name], state, about))
      state = { ...state, said: [...state.said, ...walked.toSay] }
      if (walked.place.kind !== 'run') break
      const { step } = walked.place
      const result = await runs(step, state)
      ran[step] = result.ran
      if (result.answer?.kind === 'say') said.push(result.answer.words)
      if (result.answer?.kind === 'hand-off' || result.answer?.kind === 'to-person') handedOff = result.answer
      if (result.ran.why !== undefined) remarks.push(result.ran.why)
      state = afterRun(flow, state, step, result.ran)
      walked = walk(flow, state)
      if (handedOff) break
    }
    const isOver = walked.place.kind === 'end' || walked.place.kind === 'hand-off' || handedOff !== undefined
    if (state.over === 'no') state = { ...state, open: walked.place, over: isOver ? 'ended' : 'no' }
    keep(callId, { state, atMs: about.now.getTime() })
    return { state, walked, remarks, fresh: now.fresh, said, ran, handedOff }
  }

  const saidBy = (step: Step | undefined, state: FlowState, about: About): string =>
    step?.kind === 'say' ? filledIn(step.say, flow, walk(flow, state).values, about) : ''

  async function run(raw: Record<string, unknown>, call: ToolCallContext, signal: AbortSignal): Promise<unknown> {
    const kept = states.get(call.callId)
    const before = kept?.state ?? NEW
    // No two calls have the same time, by which they are told apart where they are remembered.
    const atMs = Math.max(call.at.getTime(), (kept?.atMs ?? 0) + 1)
    const about = aboutOf(call.language, new Date(atMs))
    const taken = takenIn(before, call)
    if (taken) {
      const went = await go(call.callId, { answers: {} }, about, runningFor(call, about, signal), taken)
      return answerOf(before, went, { about, unsaid: [], turn: undefined, asked: taken.step }, call)
    }
    const asked = givenOf(raw)
    const isNew = before.over === 'ended' && asked.again !== true
    if (isNew) return toldOf.over(flow, before)
    const unsaid = notSaid(flow, asked, call.said, about)
    // A model may shorten what the caller has said to a yes: their whole turn is judged.
    const turn = asked.right === undefined ? undefined : call.said?.at(-1)?.slice(0, MOST_TURN)
    const given = {
      ...asked,
      ...(turn !== undefined && { right: turn }),
      answers: Object.fromEntries(Object.entries(asked.answers).filter(([name]) => !unsaid.includes(name))),
    }
    const went = await go(call.callId, given, about, runningFor(call, about, signal))
    return answerOf(before, went, { about, unsaid, turn, asked: undefined }, call)
  }

  const runningFor = (call: ToolCallContext, about: About, signal: AbortSignal) => (step: string, state: FlowState) =>
    ranOf(flow, step, givenTo(step, flow, walk(flow, state).values), call, about, signal)

  /** What the model is given: the words for the caller, or what it needs for words of its own. */
  function answerOf(before: FlowState, went: Went, heardBy: HeardBy, call: ToolCallContext): unknown {
    const { about } = heardBy
    const { state, walked, handedOff } = went
    const parts = { ...heardBy, ran: went.ran }
    if (state.over === 'left') return toldOf.left(flow, state, parts)
    const { place } = walked
    const step = flow.steps[place.step]
    const told = toldOf.now(flow, state, place, parts)
    const madeOf = (brief: string) => `${brief} ${JSON.stringify({ made: told.made })}`
    if (handedOff?.kind === 'to-person') return handedOff
    if (handedOff?.kind === 'hand-off') return { ...handedOff, brief: madeOf(handedOff.brief ?? '') }
    if (step?.kind === 'hand-off') {
      const brief =
        step.brief === undefined
          ? toldOf.values(flow, state)
          : filledIn(step.brief, flow, walk(flow, state).values, about)
      return handOff(step.to, {
        brief: madeOf(brief),
        ...(step.history && { history: step.history }),
      })
    }
    const isAgreed = before.open?.kind === 'right' && state.notes[before.open.step]?.isRight === true
    const end =
      step?.kind === 'end' && step.say !== undefined ? [filledIn(step.say, flow, walk(flow, state).values, about)] : []
    const said = [...went.said, ...end].filter(words => words !== '')
    const words = spokenAt(flow, state, place, { ...went, said, isAgreed }, about)
    if (step?.kind === 'secret')
      return askSecret(secretAsked(step.as, { ...call, step: place.step }, words, about), told)
    if (step?.kind === 'task') return words === '' ? told : { ...told, say_first: words }
    return words === '' ? told : say(words, told)
  }

  /** Calls of one conversation, one after the other: a model may make several at once. */
  function inTurn<Result>(callId: string, work: () => Promise<Result>): Promise<Result> {
    const next = (running.get(callId) ?? Promise.resolve()).then(work, work)
    const settled = next.catch(() => undefined)
    running.set(callId, settled)
    void settled.then(() => {
      if (running.get(callId) === settled) running.delete(callId)
    })
    return next
  }

  return {
    name: flow.name,
    description: `${flow.about} It asks the caller by itself, one question after the other: call it as soon as the caller wants this, with what they have already said, and then with every answer, correction or change of theirs. Call it without anything to hear the open question again.`,
    parameters: parametersOf(flow),
    does: 'changes',
    // A second "yes" is an answer to the next question.
    onceMs: 0,
    limitMs: LIMIT_MS,
    remember(raw, { callId, result = '' }) {
      const made = whatWasMade(result)
      if (made.kind === 'nothing') return
      const given = givenOf(raw)
      const answers = Object.fromEntries(Object.entries(given.answers).filter(([name]) => !made.unsaid.includes(name)))
      const lost: Ran = { given: '', kind: 'unknown' }
      void inTurn(callId, async () => {
        // A call that comes back to the same server is known here.
        if (made.at.getTime() <= (states.get(callId)?.atMs ?? 0)) return
        const { asked } = made
        await go(
          callId,
          { ...given, answers, ...(made.turn !== undefined && { right: made.turn }) },
          aboutOf(made.language, made.at),
          async (step, state) => ({
            ran: { ...(made.ran[step] ?? lost), given: JSON.stringify(givenTo(step, flow, walk(flow, state).values)) },
          }),
          asked === undefined ? undefined : { step: asked, ran: made.ran[asked] ?? { ...lost, kind: 'failed' } },
        )
      })
    },
    run: (raw, call, signal) => inTurn(call.callId, () => run(raw, call, signal)),
  }
}
