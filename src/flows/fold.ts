import { agreementIn } from '../conversation/turn/agreement.ts'
import { bareText } from '../conversation/turn/utterance.ts'
import type { About, Reading } from './collector.ts'
import { judgedIn } from './judged.ts'
import { isNone, phrase } from './phrases.ts'
import { questionAt } from './questions.ts'
import { type FlowState, NEW, type Note, type Ran } from './state.ts'
import type { CollectStep, FlowDefinition } from './steps.ts'
import { confirmedOf, lockedIn, walk } from './walk.ts'

/** What the model called the flow's tool with: the caller's words by step, results of tasks, and what they want of the flow. */
export interface Given {
  /** The answer to "is that right?" and to what confirms. */
  readonly right?: string | undefined
  readonly leave?: boolean | undefined
  readonly again?: boolean | undefined
  readonly answers: Readonly<Record<string, unknown>>
}

/** The state after a call, with what is to be said about it before the next question. */
export interface Heard {
  readonly state: FlowState
  readonly remarks: readonly string[]
  /** Steps with a new value. */
  readonly fresh: readonly string[]
}

const MOST_TRIES = 3

/** The state after one call by the model. Pure: the same calls give the same state at any server. */
export function heard(flow: FlowDefinition, before: FlowState, given: Given, about: About): Heard {
  let state = given.again === true ? NEW : before
  const remarks: string[] = []
  const fresh: string[] = []
  const unclear = new Map<string, string>()
  if (given.leave === true) return { state: { ...state, over: 'left' }, remarks, fresh }
  if (state.over === 'left') state = { ...state, over: 'no', ran: withoutRefused(flow, state.ran) }

  const note = (step: string, next: Note): void => {
    state = { ...state, notes: { ...state.notes, [step]: next }, tries: { ...state.tries, [step]: 0 } }
  }

  /** The words as the value of a step; gives whether they were understood. */
  function take(name: string, step: CollectStep, words: string): boolean {
    const known = state.notes[name]
    if (known !== undefined && known.words === words && known.lacks === undefined && !known.isWrong) return true
    if (step.optional && isNone(bareText(words), about)) {
      note(name, { value: null, words, isRight: true, isCareful: false })
      return true
    }
    const reading: Reading<unknown> = step.as.read(words, about, known?.value ?? undefined)
    switch (reading.kind) {
      case 'unclear':
        unclear.set(name, reading.why)
        return false
      case 'more':
        note(name, {
          value: reading.value,
          words,
          lacks: reading.ask,
          isRight: false,
          isCareful: known?.isCareful ?? false,
        })
        return true
      case 'value': {
        const { value } = reading
        const isSame = known !== undefined && JSON.stringify(known.value) === JSON.stringify(value)
        // What was read back and is another now was heard wrong.
        const isRefused =
          known?.isWrong === true || (!isSame && before.open?.kind === 'right' && before.open.step === name)
        const isCareful = reading.inDoubt === true || isRefused || known?.isCareful === true
        const isRight = (isSame && known.isRight) || step.as.readBack(value, about, isCareful) === undefined
        note(name, { value, words, isRight, isCareful })
        if (!isSame || known.lacks !== undefined) fresh.push(name)
        return true
      }
    }
  }

  /** A yes or a no to what was read back. The value stays after a no, so that a part of it can be corrected. */
  function judge(name: string, words: string): void {
    const step = flow.steps[name]
    const known = state.notes[name]
    if (step?.kind !== 'collect' || known === undefined) return
    const judged = judgedIn(words, about)
    if (judged === 'yes') return note(name, { ...known, isRight: true })
    if (judged === 'again' || (judged !== 'no' && take(name, step, words))) return
    unclear.delete(name)
    if (judged !== 'other') note(name, { ...known, isCareful: true, isWrong: true })
  }

  const { open } = before
  const { right } = given
  const isAnswered = open !== undefined && typeof given.answers[open.step] === 'string'
  if (right !== undefined && open !== undefined && given.again !== true) {
    const step = flow.steps[open.step]
    if ((open.kind === 'right' || open.kind === 'wrong') && !isAnswered) judge(open.step, right)
    // A yes or a no, or whatever else, to a question for a value.
    if ((open.kind === 'ask' || open.kind === 'more') && !isAnswered && step?.kind === 'collect')
      take(open.step, step, right)
    if (open.kind === 'change') state = goingOn(flow, state, open.step, right, about)
    if (open.kind === 'confirm') {
      const values = confirmedOf(flow.steps[open.step], walk(flow, state).values)
      const agreement = agreementIn(right, questionAt(flow, state, open, about), about.language)
      if (agreement === 'yes') state = { ...state, agreed: { ...state.agreed, [open.step]: values } }
      if (agreement === 'no') state = { ...state, refused: { ...state.refused, [open.step]: values } }
    }
  }

  const locked = lockedIn(flow, state, walk(flow, state))
  let isLate = false
  for (const [name, step] of Object.entries(flow.steps)) {
    const words = given.answers[name]
    if (words === undefined) continue
    if (step.kind === 'task') {
      if (!locked.has(name)) note(name, { value: words, words: '', isRight: true, isCareful: false })
      continue
    }
    // A model may say once more what it said before.
    if (step.kind === 'secret' && words === true && right === undefined) {
      const { [name]: _, ...ran } = state.ran
      if (locked.has(name)) isLate = true
      else state = { ...state, ran }
      continue
    }
    if (step.kind !== 'collect' || typeof words !== 'string') continue
    if (locked.has(name)) {
      isLate ||= state.notes[name]?.words !== words
      continue
    }
    const isJudged = open?.step === name && open.kind === 'right'
    if (take(name, step, words) || !isJudged) continue
    // "Yes" in the place of the value itself.
    unclear.delete(name)
    judge(name, words)
  }
  if (isLate) remarks.push(phrase('late', about))

  const { place } = walk(flow, state)
  for (const [name, why] of unclear) {
    if (name !== place.step && state.notes[name] === undefined) continue
    remarks.push(why)
    const tries = (state.tries[name] ?? 0) + 1
    state = {
      ...state,
      tries: { ...state.tries, [name]: tries },
      isStuck: state.isStuck || (flow.stuck !== undefined && tries >= MOST_TRIES),
    }
  }
  return { state, remarks, fresh }
}

/** Who comes back to a flow is asked again for what they did not give before. */
const withoutRefused = ({ steps }: FlowDefinition, ran: FlowState['ran']): FlowState['ran'] =>
  Object.fromEntries(
    Object.entries(ran).filter(([name, { kind }]) => steps[name]?.kind !== 'secret' || kind === 'done'),
  )

/** The state after a secret was asked. One that was not given leaves the flow, if that has no other way. */
export function afterSecret(flow: FlowDefinition, before: FlowState, name: string, ran: Ran): FlowState {
  const state = { ...before, ran: { ...before.ran, [name]: ran } }
  const step = flow.steps[name]
  if (ran.kind === 'done' || step?.kind !== 'secret' || step.otherwise !== undefined) return state
  return flow.stuck === undefined ? { ...state, over: 'left' } : { ...state, isStuck: true }
}

/** The state after a function was run. A failure takes the yes back that led to it. */
export function afterRun(flow: FlowDefinition, state: FlowState, step: string, ran: Ran): FlowState {
  const { path, values: known } = walk(flow, state)
  const next = { ...state, ran: { ...state.ran, [step]: ran } }
  const call = flow.steps[step]
  const confirm = path.findLast(name => flow.steps[name]?.kind === 'confirm')
  if (ran.kind !== 'failed' || call?.kind !== 'call' || call.failed !== undefined || confirm === undefined) return next
  const { [confirm]: _, ...agreed } = state.agreed
  const values = confirmedOf(flow.steps[confirm], known)
  return { ...next, agreed, refused: { ...state.refused, [confirm]: values } }
}

/** "Nothing, go on" and "yes, try again" where the caller was asked what to change: they are asked, or it is tried, again. */
function goingOn(flow: FlowDefinition, state: FlowState, step: string, words: string, about: About): FlowState {
  const isYes = agreementIn(words, phrase('change', about), about.language) === 'yes'
  if (!isYes && !isNone(bareText(words), about)) return state
  const { [step]: _, ...refused } = state.refused
  const failed = Object.values(state.ran).some(({ kind }) => kind === 'failed')
  const ran = Object.fromEntries(Object.entries(state.ran).filter(([, { kind }]) => kind !== 'failed'))
  const values = confirmedOf(flow.steps[step], walk(flow, state).values)
  const agreed =
    failed && isYes && flow.steps[step]?.kind === 'confirm' ? { ...state.agreed, [step]: values } : state.agreed
  return isYes || !failed ? { ...state, refused, ran, agreed } : state
}
