import { expect, test } from 'vitest'
import type { TestCall } from '../../fakes/call.ts'
import { toolCall } from '../../fakes/model.ts'
import { spokenMs } from '../../fakes/text-to-speech.ts'
import { carried, killed } from '../broken-line.ts'
import { ASK, CARD, everything, offersCard, type Shop, wantsToPay } from './paying.ts'

test('a server that dies meanwhile: the next one asks for it anew, and hears nothing of it before that', async () => {
  const before = await killed(async call => {
    await wantsToPay(call)
    await call.keys('90')
  })
  let shop: Shop | undefined
  await carried(
    before,
    async call => {
      // Whoever is in the middle of the number goes on with it.
      await call.keys('55')
      await call.pass(spokenMs('We were cut off.') + spokenMs('That is nine euros.') + spokenMs(ASK) + 3_000)
      expect(call.heard()).toEqual(['We were cut off.', 'That is nine euros.', `${ASK} Please key or say it.`])
      await call.keys(`${CARD}#`)
      await call.until('listening')
      expect(shop).toEqual({ tried: [CARD], taken: [undefined, { kind: 'taken', value: { last4: '8877' } }] })
      expect(call.tools.runs.map(run => run.call.arguments)).toEqual(['{"step":2}', '{"step":2}'])
      expect(call.heard().at(-1)).toBe('Paid.')
      expect(everything(call)).not.toContain('"digit"')
    },
    {
      prepare: ({ tools }) => {
        shop = offersCard({ tools })
      },
    },
  )
})

test('a server that dies while another tool of the same answer runs: what became of that comes first', async () => {
  const slow = (tools: TestCall['tools'], clock?: TestCall['clock']): void =>
    tools.add('send', true, async (_call, signal) => {
      await clock?.sleep(30_000, signal)
      return 'Sent.'
    })
  const before = await killed(async call => {
    offersCard(call)
    slow(call.tools, call.clock)
    call.model.scripts.push([{ tool: toolCall('pay', 'c1') }, { tool: toolCall('send', 'c2') }])
    await call.greeted()
    await call.callerSays('send it and let me pay')
    await call.until('replying')
    await call.pass(1_000)
    expect(call.turn()).toMatchObject({ reply: { secret: { name: 'pay' } } })
  })
  await carried(
    before,
    async call => {
      await call.pass(spokenMs('We were cut off.') + spokenMs('That is nine euros.') + spokenMs(ASK) + 3_000)
      await call.keys(`${CARD}#`)
      await call.until('listening')
      expect(call.heard().at(-1)).toBe('Paid.')
      expect(call.told().filter(line => line.startsWith('tool send'))[0]).toContain('not known whether send was done')
    },
    {
      prepare: ({ tools }) => {
        offersCard({ tools })
        slow(tools)
      },
    },
  )
})
