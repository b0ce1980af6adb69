import { expect, test } from 'vitest'
import { carriedOn } from '../../src/conversation/carried-on.ts'
import type { JournalLine } from '../../src/conversation/lines.ts'
import { restore } from '../../src/conversation/restore.ts'
import { begin } from '../../src/conversation/turn/enter.ts'
import { english } from '../../src/languages/english.ts'
import { type Options, onTheLine, POLICY } from '../fakes/call.ts'
import { carried, killed } from './broken-line.ts'

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

test('an answer that goes on is waited for from when the caller can hear it, and not from the opening of its record', async () => {
  const before = await killed(async call => {
    call.model.scripts.push(['You have three tasks for today: the report, the call, and the garden.'])
    await call.greeted()
    await call.callerSays('what is on my list')
    await call.until('replying')
    await call.pass(1_500)
  })
  const prepare: Options['prepare'] = ({ model }) => model.scripts.push([{ afterMs: 2_500 }, 'and that is all.'])
  for (const openedMs of [0, 3_800, 10_000]) {
    await carried(
      before,
      async call => {
        await call.until('listening')
        expect(call.heard()).toEqual(['We were cut off.', 'and that is all.'])
      },
      { openedMs, prepare },
    )
  }
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
