import { expect, test } from 'vitest'
import { carriedOn } from '../../src/conversation/carried-on.ts'
import type { JournalLine } from '../../src/conversation/lines.ts'
import { restore } from '../../src/conversation/restore.ts'
import { english } from '../../src/languages/english.ts'
import { type Options, onTheLine, POLICY, type TestCall } from '../fakes/call.ts'
import { toolCall } from '../fakes/model.ts'
import { carried, killed } from './broken-line.ts'

test('a change whose result is not known is asked for again with its own key, and made once', async () => {
  const made = new Map<string, number>()
  const make = (key: string): string => {
    made.set(key, (made.get(key) ?? 0) + 1)
    return 'Added.'
  }
  const before = await killed(async call => {
    call.tools.add('add', true, async (_, signal, { idempotencyKey }) => {
      make(idempotencyKey)
      await call.clock.sleep(5_000, signal)
      return 'Added.'
    })
    call.model.scripts.push(['I am adding it.', { tool: toolCall('add', 'c1', { title: 'milk' }) }])
    await call.greeted()
    await call.callerSays('add milk')
    await call.until('replying')
    await call.pass(1_000)
    expect(call.told().at(-1)).toBe('tool add: …')
  })
  await carried(
    before,
    async call => {
      await call.until('listening')
      expect(call.heard()).toEqual(['We were cut off.', 'Milk is on your list.'])
      expect([...made.keys()]).toHaveLength(1)
      expect(call.told().filter(line => line.startsWith('tool'))).toEqual(['tool add: Added.'])
      // The model is told what it had called, and what came of it.
      expect(call.model.asked[0]?.history.at(-1)).toMatchObject({ role: 'tool', result: 'Added.' })
    },
    {
      prepare: ({ model, tools }) => {
        const keyed = { keyed: true }
        tools.add('add', true, async (_, _signal, { idempotencyKey }) => make(idempotencyKey), keyed)
        model.scripts.push(['Milk is on your list.'])
      },
    },
  )
})

test('a change of a server that keeps no keys is not made again: it is said that it is not known', async () => {
  const before = await killed(async call => {
    call.tools.add('pay', true, (_, signal) => call.clock.sleep(5_000, signal).then(() => 'Paid.'))
    call.model.scripts.push([{ tool: toolCall('pay') }])
    await call.greeted()
    await call.callerSays('pay it')
    await call.until('replying')
    await call.pass(1_000)
  })
  await carried(
    before,
    async call => {
      await call.until('listening')
      expect(call.tools.runs).toEqual([])
      expect(call.told().find(line => line.startsWith('tool'))).toContain('not known whether pay was done')
    },
    {
      prepare: ({ model, tools }) => {
        tools.add('pay', true, async () => 'Paid.')
        model.scripts.push(['I could not find out whether it was paid.'])
      },
    },
  )
})

test('after tools that were over the answer goes on with their results', async () => {
  const before = await killed(async call => {
    call.tools.add('list', false, async () => 'Two tasks.')
    call.model.scripts.push([{ tool: toolCall('list') }], ['You have two tasks, the report and the garden.'])
    await call.greeted()
    await call.callerSays('what is on my list')
    await call.until('replying')
    await call.pass(1_000)
    expect(call.told().at(-1)).toMatch(/^agent: You/)
  })
  await carried(
    before,
    async call => {
      await call.until('listening')
      expect(call.tools.runs).toEqual([])
      expect(call.model.asked[0]?.history.at(-1)).toMatchObject({ role: 'tool', result: 'Two tasks.' })
      expect(call.heard().at(-1)).toBe('and that is all.')
    },
    {
      prepare: ({ model, tools }) => {
        tools.add('list', false, async () => 'Two tasks.')
        model.scripts.push(['and that is all.'])
      },
    },
  )
})

test('a question before a change is asked again, and a yes to it makes the change', async () => {
  const ask = { kind: 'ask', question: 'Delete the report?' } as const
  const before = await killed(async call => {
    call.tools.add('delete', true, async () => ask)
    call.model.scripts.push([{ tool: toolCall('delete') }])
    await call.greeted()
    await call.callerSays('delete the report')
    await call.until('replying')
    await call.until('listening')
  })
  await carried(
    before,
    async call => {
      await call.until('listening')
      expect(call.heard()).toEqual(['We were cut off.', 'Delete the report?'])
      await call.callerSays('yes please')
      await call.until('replying')
      await call.until('listening')
      expect(call.told()).toContain('tool delete: Deleted.')
    },
    {
      prepare: ({ tools }) => {
        tools.add('delete', true, async (_, _signal, { agreed }) => (agreed ? 'Deleted.' : ask))
      },
    },
  )
})

test('two tools of one answer keep their keys, however often the line breaks', async () => {
  const add = async (call: TestCall, name: string, run: (signal: AbortSignal) => Promise<string>): Promise<void> =>
    call.tools.add(name, true, (_, signal) => run(signal), { keyed: true })
  const first = await killed(async call => {
    await add(call, 'slow', signal => call.clock.sleep(9_000, signal).then(() => 'Done.'))
    await add(call, 'quick', async () => 'Done.')
    call.model.scripts.push([{ tool: toolCall('slow', 'c1') }, { tool: toolCall('quick', 'c2') }])
    await call.greeted()
    await call.callerSays('do both')
    await call.until('replying')
    await call.pass(1_000)
  })
  const keysOf = async (earlier: readonly JournalLine[]) => {
    const keys: string[] = []
    const lines: JournalLine[] = []
    const restored = restore(earlier, english)
    const state = { turn: carriedOn(restored, POLICY, 0, undefined), history: restored.history }
    const prepare: Options['prepare'] = ({ tools }) => {
      for (const name of ['slow', 'quick'])
        tools.add(
          name,
          true,
          (call, signal, { idempotencyKey }) => {
            keys.push(`${call.name} ${idempotencyKey}`)
            return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
          },
          { keyed: true },
        )
    }
    await onTheLine({ state, earlier, prepare }, async call => {
      await call.pass(500)
      lines.push(...call.journal.lines)
    })
    return { keys, lines }
  }
  const second = await keysOf(first)
  const third = await keysOf(second.lines)
  expect(second.keys).toEqual([expect.stringMatching(/^slow call-7:\d+-0-0$/)])
  expect(third.keys).toEqual(second.keys)
})
