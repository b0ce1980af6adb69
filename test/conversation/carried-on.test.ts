import { expect, test } from 'vitest'
import { carriedOn } from '../../src/conversation/carried-on.ts'
import type { JournalLine } from '../../src/conversation/lines.ts'
import { restore } from '../../src/conversation/restore.ts'
import { begin } from '../../src/conversation/turn/enter.ts'
import { english } from '../../src/languages/english.ts'
import { replayExactly } from '../../src/replay/exact.ts'
import { type Options, onTheLine, POLICY, type TestCall } from '../fakes/call.ts'
import { toolCall } from '../fakes/model.ts'

/** When the call began, by the clock of the stream that goes on: longer ago than any wait of its own. */
const BEGAN_MS = -20_000

/** Plays a call up to where its server dies, and gives the lines that it left. */
async function killed(
  scenario: (call: TestCall) => Promise<void>,
  canTransfer = false,
): Promise<readonly JournalLine[]> {
  const lines: JournalLine[] = []
  await onTheLine({ policy: { canTransfer } }, async call => {
    await scenario(call)
    lines.push(...call.journal.lines)
  })
  return lines
}

/** The same call at another server, from its first moment there. */
async function carried(
  earlier: readonly JournalLine[],
  scenario: (call: TestCall) => Promise<void>,
  { canTransfer = false, prepare }: Pick<Options, 'prepare'> & { readonly canTransfer?: boolean } = {},
): Promise<void> {
  const restored = restore(earlier, english)
  const state = {
    turn: carriedOn(restored, { ...POLICY, canTransfer }, BEGAN_MS, undefined),
    history: restored.history,
  }
  const lines: JournalLine[] = []
  await onTheLine({ state, earlier, policy: { canTransfer }, ...(prepare && { prepare }) }, async call => {
    await scenario(call)
    lines.push(...call.journal.lines)
  })
  const { differences } = replayExactly(lines, { languageOf: () => english })
  expect(differences).toEqual([])
}

test('a call that was listening is told, and asked to go on', async () => {
  const before = await killed(async call => {
    await call.greeted()
    await call.pass(1_000)
    expect(call.turn().kind).toBe('listening')
  })
  await carried(before, async call => {
    await call.until('listening')
    expect(call.heard()).toEqual(['We were cut off.', 'Please go on.'])
    await call.callerSays('what is next')
    await call.until('replying')
    await call.until('listening')
    expect(call.told().slice(-2)).toEqual(['caller: what is next', 'agent: Okay.'])
  })
})

test("the agent's own open question is said again", async () => {
  const before = await killed(async call => {
    call.model.scripts.push(['I see. What is it called?'])
    await call.greeted()
    await call.callerSays('add a task please')
    await call.until('replying')
    await call.until('listening')
  })
  await carried(before, async call => {
    await call.until('listening')
    expect(call.heard()).toEqual(['We were cut off.', 'What is it called?'])
  })
})

test('a greeting that was not heard to its end comes again, and so does the notice before it', async () => {
  const greeting = await killed(call => call.pass(400))
  await carried(greeting, async call => {
    await call.until('listening')
    expect(call.heard()).toEqual(['We were cut off.', 'Hello, this is Paula.'])
  })
  const notice: JournalLine[] = []
  await onTheLine({ state: { turn: begin(POLICY, 0, 'notice'), history: [] } }, async call => {
    await call.pass(300)
    notice.push(...call.journal.lines)
  })
  await carried(notice, async call => {
    await call.until('listening')
    expect(call.heard()).toEqual(['We were cut off.', 'This is recorded.', 'Hello, this is Paula.'])
  })
})

test('an answer goes on after its last heard word, even where the model begins it anew', async () => {
  const before = await killed(async call => {
    call.model.scripts.push(['You have three tasks for today: the report, the call, and the garden.'])
    await call.greeted()
    await call.callerSays('what is on my list')
    await call.until('replying')
    await call.pass(1_500)
    expect(call.told().at(-1)).toMatch(/^agent: You have three/)
  })
  await carried(
    before,
    async call => {
      await call.until('listening')
      const [first, rest = ''] = call.heard()
      expect(first).toBe('We were cut off.')
      expect(rest).not.toContain('You have')
      const agent = call
        .told()
        .filter(line => line.startsWith('agent: ') && !line.includes('Hello') && !line.includes('cut'))
      expect(agent.map(line => line.replace(/^agent: | —$/g, '')).join(' ')).toBe(
        'You have three tasks for today: the report, the call, and the garden.',
      )
      const [asked] = call.model.asked
      expect(asked?.context).toContain('as far as it was said:\nYou have three')
      expect(asked?.history.at(-1)).toEqual({ role: 'caller', text: 'what is on my list' })
    },
    {
      prepare: ({ model }) => {
        model.scripts.push(['You have three tasks for today: the report, the call, and the garden.'])
      },
    },
  )
})

test('an answer that was at its end is not said again', async () => {
  const before = await killed(async call => {
    call.model.scripts.push(['It is done.'])
    await call.greeted()
    await call.callerSays('do it')
    await call.until('replying')
    await call.until('listening')
  })
  const done = before.findLastIndex(line => 'input' in line && line.input.kind === 'reply-done')
  expect(restore(before.slice(0, done), english).turn.kind).toBe('replying')
  await carried(
    before.slice(0, done),
    async call => {
      await call.until('listening')
      expect(call.heard()).toEqual(['We were cut off.', 'Please go on.'])
    },
    {
      prepare: ({ model }) => {
        model.scripts.push(['It is done.'])
      },
    },
  )
})

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

test('words that were not answered are asked for again, and so are those of a turn that had just begun', async () => {
  const before = await killed(async call => {
    await call.greeted()
    await call.speechStart()
    await call.words('I would like')
  })
  await carried(before, async call => {
    await call.until('listening')
    expect(call.heard()).toEqual(['We were cut off.', 'Please go on.'])
  })
})

test('who was being put through still is, and who was told goodbye is not asked to go on', async () => {
  const before = await killed(async call => {
    await call.greeted()
    await call.callerSays('can I talk to a person please')
    await call.until('replying')
    await call.pass(100)
  }, true)
  await carried(
    before,
    async call => {
      await call.until('ended')
      expect(call.heard()).toEqual(['We were cut off.', 'I put you through.'])
      expect(call.channel.closed).toEqual(['transfer'])
    },
    { canTransfer: true },
  )
})

test('a line that breaks again while the caller is told is carried on in the same way', async () => {
  const first = await killed(async call => {
    call.model.scripts.push(['You have three tasks for today: the report, the call, and the garden.'])
    await call.greeted()
    await call.callerSays('what is on my list')
    await call.until('replying')
    await call.pass(1_500)
  })
  const restored = restore(first, english)
  const state = { turn: carriedOn(restored, POLICY, 0, undefined), history: restored.history }
  const second: JournalLine[] = []
  await onTheLine({ state, earlier: first }, async call => {
    await call.pass(300)
    second.push(...call.journal.lines)
  })
  await carried(
    second,
    async call => {
      await call.until('listening')
      expect(call.heard()).toEqual(['We were cut off.', 'and the garden.'])
    },
    {
      prepare: ({ model }) => {
        model.scripts.push(['and the garden.'])
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
