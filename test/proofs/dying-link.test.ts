import Fastify from 'fastify'
import { expect, onTestFinished, test } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import type { Prompt } from '../../src/conversation/ports.ts'
import type { TaskStore } from '../../src/tasks/store/store.ts'
import { tasksOverHttp } from '../../src/tasks/web/http.ts'
import { onTheLine, type TestCall } from '../fakes/call.ts'
import { type ModelAnswer, toolCall } from '../fakes/model.ts'
import { NOW, openTasks, ZONE } from '../tasks/tasks.ts'
import { AGENT, opened, TASK_NAMES, TASK_TOOLS } from '../tools/opened.ts'
import { callsOf, useAnswers, useTools } from './call-with-tools.ts'

const OWNER = '+15550001'
const TOKEN = 'token-of-mine-0001'
const TITLE = 'Buy milk'
const UNCONFIRMED = 'I could not confirm that it was added.'
const QUESTION = 'Shall I try again, though it may be done: Create a task, Buy milk?'

type Drop = 'before' | 'after'

/** The Task Manager over HTTP, whose connections drop once, before or after a commit. */
async function served(drop: Drop) {
  const store = await openTasks()
  const keys: string[] = []
  let willDrop = true
  const app = Fastify()
  const dropping: TaskStore = {
    of: store.of,
    async change(request, answer, decide) {
      const drops = willDrop
      willDrop = false
      keys.push(request.key)
      if (drops && drop === 'before') {
        app.server.closeAllConnections()
        throw new Error('dropped before the commit')
      }
      const answered = await store.change(request, answer, decide)
      if (drops) app.server.closeAllConnections()
      return answered
    },
  }
  await tasksOverHttp(app, {
    store: dropping,
    clock: systemClock,
    tokens: [{ token: TOKEN, owner: OWNER }],
    origins: [],
    zone: ZONE,
    onError: () => undefined,
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  onTestFinished(() => app.close())
  const { tools } = await opened({
    servers: { far: { url: `${app.listeningOrigin}/tasks/mcp`, headers: { authorization: `Bearer ${TOKEN}` } } },
    tools: TASK_TOOLS,
    agents: { [AGENT]: TASK_NAMES },
  })
  const titles = async () => {
    const tasks = await store.of(OWNER).list('all', 100, { now: NOW, zone: ZONE })
    return tasks.map(({ title }) => title)
  }
  return { tools, keys, titles }
}

const create = (id: string): ModelAnswer => ({ tool: toolCall('create_task', id, { title: TITLE }) })

/** What the model does after its call had an unknown outcome. */
type Behaviour = (prompt: Prompt) => ModelAnswer
const reportsIt: Behaviour = () => UNCONFIRMED
const listsTasks: Behaviour = prompt =>
  callsOf(prompt, 'list_tasks').length > 0 ? 'It is on your list.' : { tool: toolCall('list_tasks') }
const retries: Behaviour = prompt => {
  const results = callsOf(prompt, 'create_task').map(({ result }) => result ?? '')
  if (results.at(-1)?.startsWith('Result of create_task: ')) return 'Now it is added.'
  return prompt.history.at(-1)?.role === 'tool' ? create(`call-${results.length}`) : UNCONFIRMED
}

/** Passes the call's virtual time, and waits for running tools, which use real time. */
async function pass(call: TestCall, ms: number): Promise<void> {
  for (let sinceMs = 0; sinceMs < ms; sinceMs += 100) {
    await call.pass(100)
    while (call.tools.running > 0) await new Promise(setImmediate)
  }
}

const says = async (call: TestCall, text: string): Promise<void> => {
  await call.callerSays(text)
  await pass(call, 8_000)
}

async function calling(drop: Drop, behaviour: Behaviour, scenario: (call: TestCall) => Promise<void>) {
  const { tools, keys, titles } = await served(drop)
  await onTheLine({ policy: { idleMs: 600_000 } }, async call => {
    useTools(call, tools.forAgent(AGENT))
    useAnswers(call, prompt => [callsOf(prompt, 'create_task').length === 0 ? create('call-0') : behaviour(prompt)])
    await call.greeted()
    await says(call, 'add buy milk')
    expect(call.told()).toContainEqual(
      expect.stringMatching(/^tool create_task: It is not known whether create_task was done\. Do not try it again\./),
    )
    await scenario(call)
  })
  return { keys, titles: await titles() }
}

test('a connection that drops after the commit leaves one task, and the caller hears that it is not confirmed', async () => {
  const { keys, titles } = await calling('after', reportsIt, async call => {
    expect(call.heard().at(-1)).toBe(UNCONFIRMED)
    await says(call, 'what else is there')
  })
  expect([titles, keys.length]).toEqual([[TITLE], 1])
})

test('a model that checks with a read-only tool finds the task', async () => {
  const { keys, titles } = await calling('after', listsTasks, async call => {
    expect(call.told()).toContain('tool list_tasks: Result of list_tasks: You have one pending: Buy milk.')
  })
  expect([titles, keys.length]).toEqual([[TITLE], 1])
})

test.each(['no', 'what else is there', 'add buy milk'])(
  'a model that retries causes a question; after "%s" the tool does not run again',
  async answer => {
    const { keys, titles } = await calling('after', retries, async call => {
      expect(call.heard().at(-1)).toBe(QUESTION)
      await says(call, answer)
    })
    expect([titles, keys.length]).toEqual([[TITLE], 1])
  },
)

test.each(['before', 'after'] as const)(
  'the caller may agree to a retry; there is one task if the connection dropped %s the commit',
  async drop => {
    const { keys, titles } = await calling(drop, retries, async call => {
      expect(call.heard().at(-1)).toBe(QUESTION)
      await says(call, 'yes please')
      expect(call.heard().at(-1)).toBe('Now it is added.')
    })
    expect(titles).toEqual([TITLE])
    expect([keys.length, new Set(keys).size]).toEqual([2, 1])
  },
)
