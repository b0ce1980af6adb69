import { expect, test } from 'vitest'
import { AGENT, onTheLine, type TestCall } from '../../fakes/call.ts'
import { toolCall } from '../../fakes/model.ts'

const agent = { ...AGENT, warm: true }
const used = (call: TestCall) =>
  call.journal.lines.flatMap(line => ('used' in line && line.used.kind === 'tokens' ? [line.used] : []))

test('the model reads the instructions and the tools while the greeting is heard, and nothing comes of what it answers', async () => {
  await onTheLine(
    {
      agent,
      prepare: ({ model, tools }) => {
        tools.add('look', false, async () => 'Nothing.')
        model.scripts.push(['ready', { tool: toolCall('look') }], ['At nine.'])
      },
    },
    async call => {
      expect(call.model.asked).toHaveLength(1)
      await call.greeted()
      await call.callerSays('when do you open')
      await call.until('listening')
      const [warming, first] = call.model.asked
      expect(warming).toMatchObject({ instructions: AGENT.instructions, tools: [{ name: 'look' }] })
      expect([first?.instructions, first?.tools]).toEqual([warming?.instructions, warming?.tools])
      expect(call.heard()).toEqual([AGENT.phrases.greeting, 'At nine.'])
      expect(call.told()).toEqual([`agent: ${AGENT.phrases.greeting}`, 'caller: when do you open', 'agent: At nine.'])
      expect([call.tools.runs, used(call).map(({ of }) => of)]).toEqual([[], ['warming', undefined]])
    },
  )
})

test('a model that fails then is asked all the same when the caller has spoken', async () => {
  await onTheLine(
    { agent, prepare: ({ model }) => void model.scripts.push([new Error('busy')], ['At nine.']) },
    async call => {
      await call.greeted()
      await call.callerSays('when do you open')
      await call.until('listening')
      expect(call.heard().at(-1)).toBe('At nine.')
      expect(call.notes()).toContainEqual({ kind: 'not-warmed', why: 'Error: busy' })
    },
  )
})

test('a caller who hangs up ends it, and what it cost is estimated', async () => {
  await onTheLine({ agent, prepare: ({ model }) => void model.scripts.push(['rea', 'stall']) }, async call => {
    await call.pass(500)
    await call.hangsUp()
    await call.pass(100)
    expect(call.model.aborted).toBe(1)
    expect(used(call)).toMatchObject([{ of: 'warming', estimated: true }])
  })
})

test('an agent that does not want it, a model that hears by itself, and a call that goes on cost nothing', async () => {
  await onTheLine({}, async call => expect(call.model.asked).toEqual([]))
  await onTheLine({ agent, inPerson: true }, async call => expect(call.model.asked).toEqual([]))
})
