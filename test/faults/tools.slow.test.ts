import { McpServer } from '@modelcontextprotocol/server'
import { expect, test } from 'vitest'
import { z } from 'zod'
import type { Clock } from '../../src/conversation/ports.ts'
import { onTheLine, type TestCall } from '../fakes/call.ts'
import { FakeClock } from '../fakes/clock.ts'
import { type ModelAnswer, toolCall } from '../fakes/model.ts'
import { callsOf, clockOf, useAnswers, useTools } from '../proofs/call-with-tools.ts'
import { insideServer, AGENT as NAME, opened } from '../tools/opened.ts'
import { faultyCall, PARKING, TABLES, told } from './calls.ts'

/** The work of tools is done by promises alone: lets them settle. */
const settled = async (): Promise<void> => {
  for (let i = 0; i < 30; i++) await new Promise(setImmediate)
}
/** Passes time in small steps, so that tools outside of the call's clock can answer. */
async function pass(call: TestCall, ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 20) {
    await call.pass(20)
    await settled()
  }
}

/** How the server of the tool behaves. */
const SERVERS: Readonly<Record<string, () => Promise<unknown>>> = {
  'never answers': () => new Promise(() => undefined),
  throws: () => Promise.reject(new Error('ECONNRESET at 10.0.0.7')),
  'answers a megabyte': async () => ({ content: [{ type: 'text', text: 'x'.repeat(1_000_000) }] }),
  'answers with nothing': async () => ({ content: [] }),
  'answers with something else': async () => ({ content: [{ type: 'picture', bytes: 7 }], structuredContent: 'no' }),
}

test.each(Object.keys(SERVERS))(
  'fault 12: a server of tools that %s: "one moment" by two seconds, and words by its limit',
  async how => {
    const current: { clock: Clock } = { clock: new FakeClock() }
    const { tools } = await opened(
      { tools: { look: {} }, agents: { [NAME]: ['look'] } },
      {
        clock: clockOf(() => current.clock),
        inside: [
          insideServer('far', () => {
            const server = new McpServer({ name: 'far', version: '1' })
            const schema = { inputSchema: z.object({}), annotations: { readOnlyHint: true } }
            server.registerTool('look', schema, (async () => SERVERS[how]?.()) as never)
            return server
          }),
        ],
      },
    )
    await onTheLine({ policy: { idleMs: 600_000 } }, async call => {
      current.clock = call.clock
      useTools(call, tools.forAgent(NAME))
      useAnswers(call, prompt => {
        const result = callsOf(prompt, 'look').at(-1)?.result
        if (result === undefined) return [{ tool: toolCall('look') }]
        return [
          /does not work|could not|cannot|no result|nothing|not known/i.test(result)
            ? 'I cannot see it now.'
            : 'I have it.',
        ]
      })
      await call.greeted()
      await call.callerSays('what is there')
      const askedMs = call.clock.now()
      await pass(call, 12_000)
      const [first, ...rest] = call.channel.played.filter(({ fromMs }) => fromMs > askedMs)
      expect((first?.fromMs ?? Number.POSITIVE_INFINITY) - askedMs).toBeLessThan(2_000)
      const answer = [first, ...rest].find(played => /I (?:cannot see it now|have it)\./.test(played?.heard ?? ''))
      expect((answer?.fromMs ?? Number.POSITIVE_INFINITY) - askedMs).toBeLessThan(8_000)
      expect(call.heard().join(' ')).not.toMatch(/ECONNRESET|10\.0\.0\.7|xxxx|bytes/)
      for (const [i, { fromMs }] of rest.entries()) {
        const before = [first, ...rest][i]
        expect(fromMs - (before?.toMs ?? 0)).toBeLessThan(4_000)
      }
      expect(call.events().filter(({ kind }) => kind === 'tool-result')).toHaveLength(1)
    })
  },
)

test('fault 13: who talks over a change stops the agent, and the change is made once', async () => {
  await onTheLine({ policy: { idleMs: 600_000 } }, async call => {
    const booked = Promise.withResolvers<string>()
    call.tools.add('book', true, () => booked.promise)
    const answers: readonly ModelAnswer[][] = [
      [
        'I am booking it for you now. ',
        { tool: toolCall('book', 'call-1') },
        'And I go on talking for a good while about it.',
      ],
      ['It is booked.'],
    ]
    call.model.scripts.push(...answers.map(one => [...one]))
    await call.greeted()
    await call.callerSays('book a table')
    await call.pass(1_500)
    expect(call.tools.running).toBe(1)
    const spokenMs = call.clock.now()
    await call.callerSays('for four people please')
    const [cut] = call.channel.played.filter(({ aborted, toMs }) => aborted && toMs > spokenMs)
    expect((cut?.toMs ?? Number.POSITIVE_INFINITY) - spokenMs).toBeLessThan(1_200)
    booked.resolve('Booked.')
    await call.pass(6_000)
    expect(call.tools.runs).toHaveLength(1)
    expect(call.told().filter(line => line.startsWith('tool book:'))).toEqual(['tool book: Booked.'])
    expect(call.heard().at(-1)).toMatch(/booked|Okay/)
    expect(call.events().some(({ kind }) => kind === 'tool-called')).toBe(true)
  })
})

test('fault 14: who hangs up while a change is made has it made once, and hears nothing more', async () => {
  await onTheLine({}, async call => {
    const booked = Promise.withResolvers<string>()
    const isOver: boolean[] = []
    call.tools.add('book', true, async (_, signal) => {
      const result = await booked.promise
      isOver.push(signal.aborted)
      return result
    })
    call.model.scripts.push([{ tool: toolCall('book') }], ['It is booked.'])
    await call.greeted()
    await call.callerSays('book a table')
    await call.pass(1_000)
    expect(call.tools.running).toBe(1)
    const before = call.channel.played.length
    await call.hangsUp()
    await call.pass(500)
    booked.resolve('Booked.')
    await call.pass(2_000)
    expect(isOver).toEqual([false])
    expect(call.tools.runs).toHaveLength(1)
    // What was spoken just then is counted; nothing is begun.
    expect(call.channel.played.slice(before).filter(({ aborted }) => !aborted)).toEqual([])
    expect(call.told()).toContain('tool book: Booked.')
    expect(call.heard()).not.toContain('It is booked.')
  })
})

test.each([
  ['during a reply', PARKING, 700],
  ['during a tool', TABLES, 300],
])('fault 14: who hangs up %s leaves no socket, no timer and no request to the carrier behind', async (_, says, ms) => {
  let left = -1
  const call = await faultyCall({
    says: [says],
    hangUp: { after: 'agent-started', ms, withStop: true },
    async after(all) {
      const { signal } = new AbortController()
      await all.passing(all.clock.sleep(10_000, signal))
      left = all.partyline.calls.live()
    },
  })
  expect([left, call.leftOpen]).toEqual([0, 0])
  expect(call.record).toMatchObject({ endedBy: 'caller', gaveUp: false, warnings: [] })
  expect(call.record.events.filter(({ kind }) => kind === 'document')).toHaveLength(1)
  expect(call.logged.filter(line => /"level":(?:40|50|60)/.test(line))).toEqual([])
  expect(told(call, 'gone').length).toBe(1)
})

test('fault 14: a line that just breaks is no different for what is left behind', async () => {
  const call = await faultyCall({
    says: [TABLES],
    hangUp: { after: 'agent-started', ms: 300, withStop: false },
  })
  expect(call.record).toMatchObject({ endedBy: 'caller', gaveUp: false })
  expect(call.leftOpen).toBe(0)
})
