import { expect, test } from 'vitest'
import { z } from 'zod'
import type { AgentsWithTools } from '../../src/agent-tools.ts'
import { agentsFrom } from '../../src/agents/agents.ts'
import { agent } from '../../src/agents/author/agent.ts'
import { say, tool } from '../../src/agents/author/tool.ts'
import { toolsOfAgents } from '../../src/agents/tools-of-agents.ts'
import { textCall } from '../../src/console/text-call.ts'
import { told } from '../../src/console/told.ts'
import type { Turn } from '../../src/conversation/turn/turn.ts'
import { english } from '../../src/languages/english.ts'
import { policyOf } from '../../src/policy.ts'
import { openCallTime } from '../../src/testing/call-time.ts'
import { scriptedModel } from '../../src/testing/scripted-model.ts'
import { calls } from '../../src/testing/testing.ts'
import { openTurnEndJudge } from '../../src/turn-end/judge.ts'

const NO_LOG = { info: () => undefined, warn: () => undefined, error: () => undefined }
const pizza = agent({
  name: 'pizza',
  instructions: 'You take orders.',
  greeting: 'Pizza line, what can I get you?',
  tools: [
    tool({
      name: 'total',
      description: 'Tells the total.',
      parameters: z.object({}),
      does: 'reads',
      run: () => say('That makes sixteen dollars, and it is ready in twenty minutes.'),
    }),
  ],
})

/** A call by text in virtual time; `shown` is what stands in the terminal. */
async function typing() {
  const time = openCallTime()
  const { clock } = time
  const over = new AbortController()
  const opened = await agentsFrom([pizza], 'pizza', ['en'])
  const tools = toolsOfAgents(opened, { clock, log: NO_LOG, others: () => [] })
  let shown = ''
  const screen = told(english, text => {
    shown += text
  })
  let turn: Turn | undefined
  const script = scriptedModel([{ when: /total/, answer: calls('total') }, { answer: 'Fine. Goodbye!' }])
  const model = await script.open({
    ...{ time, language: 'en', signal: over.signal },
    fail: error => over.abort(error),
    isDue: () => true,
    wasTaken: () => true,
  })
  const call = await textCall(
    {
      ...{ clock, first: 'pizza', turnEnd: await openTurnEndJudge(), modelFor: () => model.model },
      agents: { ...opened, tools, policyOf: (_name: string, usual: unknown) => usual } as unknown as AgentsWithTools,
      policy: policyOf({ PATIENCE: 'phone', BARGE_IN: 'steady', MAX_CALL_MINUTES: 30, TRANSFER_NUMBER: undefined }),
      ...{ onHeard: screen.heard, onLine: screen.take },
      onTurn: now => {
        turn = now
      },
    },
    over.signal,
  )
  return {
    call,
    shown: () => shown,
    until: (kind: Turn['kind'], ms = 30_000) => time.pass(() => turn?.kind === kind, ms),
    pass: (ms: number) => time.pass(() => false, ms),
  }
}

test("what is typed is answered with the agent's words as they are heard, and with what its tools do", async () => {
  const { call, until, shown } = await typing()
  await until('listening')
  expect(shown()).toBe('Agent   Pizza line, what can I get you?\n')
  call.typed('What is the total?')
  await until('replying')
  await until('listening')
  expect(shown()).toMatch(
    /\[total \{\} → .*\]\nAgent {3}That makes sixteen dollars, and it is ready in twenty minutes\.\n$/,
  )
  call.hangUp()
  await until('ended')
  await call.over
  expect(shown()).toMatch(/\(call over: the caller hung up\)\n$/)
})

test('who types while the agent speaks interrupts it, and sees no more of what it was saying', async () => {
  const { call, until, pass, shown } = await typing()
  await until('listening')
  call.typed('The total, please.')
  await until('replying')
  await pass(1_800)
  call.typed('Thank you, that is all.')
  await until('listening')
  expect(shown()).toMatch(/Agent {3}That makes(?: \w+)*\n/)
  expect(shown()).not.toContain('twenty minutes')
  expect(shown()).toContain('Agent   Fine. Goodbye!')
  call.hangUp()
  await until('ended')
})

test('somebody who thinks for ten minutes is not hung up on', async () => {
  const { call, until, pass, shown } = await typing()
  await until('listening')
  await pass(600_000)
  expect(shown()).toBe('Agent   Pizza line, what can I get you?\n')
  call.hangUp()
  await until('ended')
})
