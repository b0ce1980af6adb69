import { expect, test } from 'vitest'
import type { Clock, Prompt } from '../../src/conversation/ports.ts'
import { seeded } from '../../src/sandbox/chance.ts'
import type { TaskStore } from '../../src/tasks/store/store.ts'
import { onTheLine, type TestCall } from '../fakes/call.ts'
import { FakeClock } from '../fakes/clock.ts'
import { type ModelAnswer, toolCall } from '../fakes/model.ts'
import { NOW, openTasks, ZONE } from '../tasks/tasks.ts'
import { AGENT, opened, TASK_NAMES, TASK_TOOLS, tasksInside } from '../tools/opened.ts'
import { callsOf, clockOf, useThoughts, useTools } from './call-with-tools.ts'

const CALLS = 100
const ROUNDS = 10
const MOST_REPEATED = 3
/** Long enough that nothing of a round is left in the next one. */
const QUIET_MS = 6_000
const never = new AbortController().signal

type Moment = 'thinking' | 'running' | 'result' | 'confirming'
const MOMENTS: readonly Moment[] = ['thinking', 'running', 'result', 'confirming']
const SAYINGS = ['yes add it', 'please add it', 'what else is there', 'okay', 'mm-hm', 'hold on', 'thank you'] as const

/** How one round goes, by its seed. */
interface Round {
  readonly seed: number
  readonly title: string
  readonly moment: Moment
  readonly offsetMs: number
  readonly saying: string
  readonly thinkMs: number
  readonly foreword: string
  readonly storeMs: readonly [before: number, after: number]
  /** What the model does again that it has done already. */
  readonly again: 'never' | 'in one thought' | 'while it runs' | 'in the same reply' | 'in the next reply'
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
    saying: chance() < 0.1 ? '' : one(SAYINGS),
    thinkMs: upTo(600),
    foreword: chance() < 0.4 ? 'I am adding it. ' : '',
    storeMs: [upTo(800), upTo(800)],
    again: one(['never', 'in one thought', 'while it runs', 'in the same reply', 'in the next reply'] as const),
  }
}

/** What has happened in a round, and when. */
interface Seen {
  askedMs?: number
  runningMs?: number
}

/** The call and the round that go on. */
interface Current {
  clock: Clock
  store: TaskStore
  round: Round
  seen: Seen
}

/** When the caller spoke: before the tool was called, while it ran, or after its result. */
type When = 'before' | 'during' | 'after'

/** The store of the call that goes on. It takes its time before it begins and after it has committed. */
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

/** Calls the tool until it is told of a result; and again, where the round has it so. */
function thoughtsOf(prompt: Prompt, { title, thinkMs, foreword, again }: Round): readonly ModelAnswer[] {
  const add = (id: string): ModelAnswer => ({ tool: toolCall('create_task', id, { title }) })
  const made = callsOf(prompt, 'create_task').filter(({ call }) => call.arguments.includes(`"${title}"`))
  const id = `call-${made.length}`
  const last = made.at(-1)
  if (!last) {
    const twice = again === 'in one thought' ? [add('call-twice')] : []
    return [...(foreword === '' ? [] : [foreword]), { afterMs: thinkMs }, add(id), ...twice]
  }
  const isAdded = made.some(({ result }) => result?.includes('Added: '))
  const isSameReply = prompt.history.at(-1)?.role === 'tool'
  const wants =
    (again === 'while it runs' && last.result === undefined) ||
    (again === 'in the same reply' && isSameReply) ||
    (again === 'in the next reply' && !isSameReply) ||
    (last.result !== undefined && !isAdded)
  if (wants && made.length < MOST_REPEATED) return [{ afterMs: thinkMs }, add(id)]
  return [{ afterMs: thinkMs }, isAdded ? `Added: ${title}.` : 'Not yet.']
}

/** Waits until the moment of the round has come, or until it cannot come any more. */
async function awaitMoment(call: TestCall, { moment, offsetMs, storeMs, thinkMs }: Round, seen: Seen): Promise<void> {
  for (let ms = 0; ms < 6_000; ms += 50) {
    const { askedMs, runningMs } = seen
    if (moment === 'thinking' ? askedMs !== undefined : runningMs !== undefined) break
    await call.pass(50)
  }
  const runs = storeMs[0] + storeMs[1]
  const sinceMs = {
    thinking: (seen.askedMs ?? 0) + (offsetMs % (thinkMs + 1)),
    running: (seen.runningMs ?? 0) + (offsetMs % (runs + 1)),
    // The detector tells of the caller at the very millisecond of the result, or one beside it.
    result: (seen.runningMs ?? 0) + runs - 60 + (offsetMs % 3) - 1,
    confirming: (seen.runningMs ?? 0) + runs + thinkMs + offsetMs,
  }[moment]
  await call.pass(Math.max(0, sinceMs - call.clock.now()))
}

const isConfirmed = (call: TestCall, { title }: Round): boolean =>
  call.heard().some(heard => heard.includes(`Added: ${title}`))

/** A round: the caller asks for a task, speaks at the moment, and asks for it until it is confirmed. */
async function hold(call: TestCall, { round, seen }: Current): Promise<When> {
  await call.callerSays(`add ${round.title}`)
  await awaitMoment(call, round, seen)
  const when = seen.runningMs === undefined ? 'before' : call.tools.running > 0 ? 'during' : 'after'
  if (round.saying === '') await call.callerCoughs(900)
  else await call.callerSays(round.saying)
  await call.pass(QUIET_MS)
  for (let times = 0; times < 3 && !isConfirmed(call, round); times++) {
    await call.callerSays(`did you add ${round.title}`)
    await call.pass(QUIET_MS)
  }
  return when
}

test('1,000 barge-ins while create_task runs make exactly 1,000 tasks', { timeout: 60_000 }, async () => {
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
      useThoughts(call, prompt => {
        current.seen.askedMs ??= clock.now()
        return thoughtsOf(prompt, current.round)
      })
      await call.greeted()
      for (let index = 0; index < ROUNDS; index++) {
        const round = roundOf(number * ROUNDS + index)
        Object.assign(current, { round, seen: {} })
        tally[await hold(call, current)]++
        if (!isConfirmed(call, round)) wrong.push(`not confirmed: ${JSON.stringify(round)}`)
      }
      // Nothing that the caller said has stopped a change, or left it in doubt.
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
  // Hundreds of each kind, so that none of them is proved by chance.
  for (const count of Object.values(tally)) expect(count).toBeGreaterThan(200)
})
