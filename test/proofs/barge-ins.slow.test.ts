import { expect, test } from 'vitest'
import type { Clock, Prompt } from '../../src/conversation/ports.ts'
import { speakable } from '../../src/conversation/reply/speakable.ts'
import { english } from '../../src/languages/english.ts'
import { seeded } from '../../src/sandbox/chance.ts'
import type { TaskStore } from '../../src/tasks/store/store.ts'
import { onTheLine, type TestCall } from '../fakes/call.ts'
import { FakeClock } from '../fakes/clock.ts'
import { type ModelAnswer, toolCall } from '../fakes/model.ts'
import { NOW, openTasks, ZONE } from '../tasks/tasks.ts'
import { AGENT, opened, TASK_NAMES, TASK_TOOLS, tasksInside } from '../tools/opened.ts'
import { callsOf, clockOf, useAnswers, useTools } from './call-with-tools.ts'

const CALLS = 100
const ROUNDS = 10
const MOST_REPEATED = 3
/** Long enough that a round does not affect the next one. */
const QUIET_MS = 6_000
const never = new AbortController().signal

type Moment = 'asked' | 'running' | 'result' | 'confirming'
const MOMENTS: readonly Moment[] = ['asked', 'running', 'result', 'confirming']
const UTTERANCES = [
  'yes add it',
  'please add it',
  'what else is there',
  'okay',
  'mm-hm',
  'hold on',
  'thank you',
] as const

/** The random course of one round. */
interface Round {
  readonly seed: number
  readonly title: string
  readonly moment: Moment
  readonly offsetMs: number
  readonly utterance: string
  readonly modelMs: number
  readonly foreword: string
  readonly storeMs: readonly [before: number, after: number]
  /** When the model repeats a call that it has already made. */
  readonly again: 'never' | 'in the same answer' | 'while it runs' | 'in the same reply' | 'in the next reply'
}

function roundOf(seed: number): Round {
  const chance = seeded(seed)
  const upTo = (most: number): number => Math.floor(chance() * most)
  const one = <T>(of: readonly T[]): T => of[upTo(of.length)] ?? expect.fail('nothing to choose from')
  return {
    seed,
    title: `order ${seed} cups`,
    moment: one(MOMENTS),
    offsetMs: upTo(1_200),
    utterance: chance() < 0.1 ? '' : one(UTTERANCES),
    modelMs: upTo(600),
    foreword: chance() < 0.4 ? 'I am adding it. ' : '',
    storeMs: [upTo(800), upTo(800)],
    again: one(['never', 'in the same answer', 'while it runs', 'in the same reply', 'in the next reply'] as const),
  }
}

/** The times of a round's events so far. */
interface Seen {
  askedMs?: number
  runningMs?: number
}

/** The current call and round. */
interface Current {
  clock: Clock
  store: TaskStore
  round: Round
  seen: Seen
}

/** When the caller spoke: before the tool was called, while it ran, or after its result. */
type When = 'before' | 'during' | 'after'

/** The current call's store, slow before each change and after its commit. */
const slowStore = (current: Current): TaskStore => ({
  of: owner => current.store.of(owner),
  async change(request, answer, decide) {
    const { clock, store, seen, round } = current
    const [beforeMs, afterMs] = round.storeMs
    seen.runningMs ??= clock.now()
    await clock.sleep(beforeMs, never)
    const answered = await store.change(request, answer, decide)
    await clock.sleep(afterMs, never)
    return answered
  },
})

/** Calls the tool until it has a result, and again if the round says so. */
function answersTo(prompt: Prompt, { title, modelMs, foreword, again }: Round): readonly ModelAnswer[] {
  const add = (id: string): ModelAnswer => ({ tool: toolCall('create_task', id, { title }) })
  const made = callsOf(prompt, 'create_task').filter(({ call }) => call.arguments.includes(`"${title}"`))
  const id = `call-${made.length}`
  const last = made.at(-1)
  if (!last) {
    const twice = again === 'in the same answer' ? [add('call-twice')] : []
    return [...(foreword === '' ? [] : [foreword]), { afterMs: modelMs }, add(id), ...twice]
  }
  const isAdded = made.some(({ result }) => result?.includes('Added: '))
  const isSameReply = prompt.history.at(-1)?.role === 'tool'
  const wants =
    (again === 'while it runs' && last.result === undefined) ||
    (again === 'in the same reply' && isSameReply) ||
    (again === 'in the next reply' && !isSameReply) ||
    (last.result !== undefined && !isAdded)
  if (wants && made.length < MOST_REPEATED) return [{ afterMs: modelMs }, add(id)]
  return [{ afterMs: modelMs }, isAdded ? `Added: ${title}.` : 'Not yet.']
}

/** Waits for the round's moment, or until it cannot come any more. */
async function awaitMoment(call: TestCall, { moment, offsetMs, storeMs, modelMs }: Round, seen: Seen): Promise<void> {
  for (let ms = 0; ms < 6_000; ms += 50) {
    const { askedMs, runningMs } = seen
    if (moment === 'asked' ? askedMs !== undefined : runningMs !== undefined) break
    await call.pass(50)
  }
  const runs = storeMs[0] + storeMs[1]
  const sinceMs = {
    asked: (seen.askedMs ?? 0) + (offsetMs % (modelMs + 1)),
    running: (seen.runningMs ?? 0) + (offsetMs % (runs + 1)),
    // The detector reports the caller within one millisecond of the result.
    result: (seen.runningMs ?? 0) + runs - 60 + (offsetMs % 3) - 1,
    confirming: (seen.runningMs ?? 0) + runs + modelMs + offsetMs,
  }[moment]
  await call.pass(Math.max(0, sinceMs - call.clock.now()))
}

const isConfirmed = (call: TestCall, { title }: Round): boolean =>
  call.heard().some(heard => heard.includes(speakable(`Added: ${title}`, english)))

/** The caller asks for a task, speaks at the round's moment, and asks again until the task is confirmed. */
async function runRound(call: TestCall, { round, seen }: Current): Promise<When> {
  await call.callerSays(`add ${round.title}`)
  await awaitMoment(call, round, seen)
  const when = seen.runningMs === undefined ? 'before' : call.tools.running > 0 ? 'during' : 'after'
  if (round.utterance === '') await call.callerCoughs(900)
  else await call.callerSays(round.utterance)
  await call.pass(QUIET_MS)
  for (let times = 0; times < 3 && !isConfirmed(call, round); times++) {
    await call.callerSays(`did you add ${round.title}`)
    await call.pass(QUIET_MS)
  }
  return when
}

test('1,000 barge-ins while create_task runs make exactly 1,000 tasks', async () => {
  const made: string[] = []
  const wrong: string[] = []
  const tally = { before: 0, during: 0, after: 0, repeated: 0 }
  const current: Current = { clock: new FakeClock(), store: await openTasks(), round: roundOf(0), seen: {} }
  const { tools } = await opened(
    { tools: TASK_TOOLS, agents: { [AGENT]: TASK_NAMES } },
    { clock: clockOf(() => current.clock), inside: [tasksInside(slowStore(current))] },
  )
  for (let number = 0; number < CALLS; number++) {
    const store = await openTasks()
    await onTheLine({ policy: { idleMs: 600_000 } }, async call => {
      const { clock } = call
      Object.assign(current, { clock, store })
      useTools(call, tools.forAgent(AGENT), `call-${number}`)
      useAnswers(call, prompt => {
        current.seen.askedMs ??= clock.now()
        return answersTo(prompt, current.round)
      })
      await call.greeted()
      for (let index = 0; index < ROUNDS; index++) {
        const round = roundOf(number * ROUNDS + index)
        Object.assign(current, { round, seen: {} })
        tally[await runRound(call, current)]++
        if (!isConfirmed(call, round)) wrong.push(`not confirmed: ${JSON.stringify(round)}`)
      }
      // The barge-ins have not stopped any change or left it in doubt.
      if (call.events().some(({ kind }) => kind === 'tool-asked')) wrong.push(`asked in call ${number}`)
      tally.repeated += call.tools.runs.length - ROUNDS
    })
    const tasks = await store.of('ann').list('all', 1_000, { now: NOW, zone: ZONE })
    const titles = tasks.map(({ title }) => title)
    made.push(...titles)
    for (let seed = number * ROUNDS; seed < (number + 1) * ROUNDS; seed++) {
      const round = roundOf(seed)
      const count = titles.filter(title => title === round.title).length
      if (count !== 1) wrong.push(`${count} tasks: ${JSON.stringify(round)}`)
    }
  }
  expect(wrong).toEqual([])
  expect(made).toHaveLength(CALLS * ROUNDS)
  // Enough of each kind to be significant.
  for (const count of Object.values(tally)) expect(count).toBeGreaterThan(200)
})
