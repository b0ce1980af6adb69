import { expect, test } from 'vitest'
import { begin } from '../../../../src/conversation/turn/enter.ts'
import { step } from '../../../../src/conversation/turn/step.ts'
import { onTheLine, POLICY, RULES } from '../../../fakes/call.ts'

const LONG = 'There are seven things to do today and the first of them is to feed the neighbour.'
const FINAL = { final: true, ended: true }

test('nothing is answered where each word comes with the agent’s own sound, at once or long after it', () =>
  onTheLine({}, async call => {
    call.channel.share = 0.9
    await call.pass(300)
    await call.speechStart()
    await call.words('yellow this is')
    await call.until('listening')
    await call.words('yellow this is pollen', FINAL)
    await call.speechEnd()
    await call.pass(3_000)
    expect(call.told()).toEqual(['agent: Hello, this is Paula.'])
    expect(call.model.asked).toHaveLength(0)
    call.channel.share = undefined
    await call.callerSays('what is on my list')
    await call.until('replying')
    expect(call.told().at(-1)).toBe('caller: what is on my list')
  }))

/** The agent gives a long answer on a line that echoes. */
const overALongAnswer = (then: Parameters<typeof onTheLine>[1]) =>
  onTheLine({}, async call => {
    call.model.scripts.push([LONG])
    call.channel.echoLikeness = 0.8
    await call.pass(500)
    await call.speechStart()
    await call.until('listening')
    await call.speechEnd()
    call.channel.echoLikeness = 0
    await call.callerSays('what is on my list')
    await call.until('replying')
    await call.pass(900)
    expect(call.turn()).toMatchObject({ kind: 'replying', reply: { sounding: true } })
    await then(call)
  })

test('a word of the agent’s that does not count as heard yet interrupts nothing', () =>
  overALongAnswer(async call => {
    const turn = call.turn()
    const heard = turn.kind === 'replying' ? turn.reply.heard : ''
    const next = LONG.slice(heard.length).trim().split(' ')[0] ?? ''
    call.channel.share = 0.3
    await call.words(next)
    expect(call.turn().kind).toBe('replying')
    await call.pass(600)
    await call.words(next, FINAL)
    await call.until('listening')
    expect(call.told().at(-1)).toBe(`agent: ${LONG}`)
  }))

test.each<[string, boolean, string, string]>([
  ['what was heard of it last', true, 'So sorry, that went wrong.', 'So sorry, that went wrong.'],
  ['nothing, where nothing more was heard', true, 'So sorry, that', 'So sorry, that'],
  ['a part of which nothing was known', true, 'One moment', 'So sorry, that One moment'],
  ['a part that begins as its last word ends', true, 'at noon', 'So sorry, that at noon'],
  ['nothing, where nothing of it was heard', true, '', 'So sorry, that'],
  ['nothing, on a line that does not echo', false, 'So sorry, that went wrong.', 'So sorry, that'],
])('of a reply that was cut off the agent has said %s', (_, echoes, text, expected) => {
  const turn = begin(POLICY, 0)
  const cut = { ...turn, context: { ...turn.context, echoes, spoken: { text: 'So sorry, that', atMs: 900 } } }
  const heard = { kind: 'heard', reply: 99, part: 0, text, cut: true, atMs: 1_000 } as const
  expect(step(cut, heard, RULES).context.spoken.text).toBe(expected)
})

test('a caller over an echo is heard at once, and half a second later where the sound is mixed', () =>
  overALongAnswer(async call => {
    call.channel.share = 0.3
    await call.words('wait')
    expect(call.turn().kind).toBe('yielding')
    await call.pass(520)
    expect(call.turn().kind).toBe('settling')
    expect(call.told().at(-1)).not.toBe(`agent: ${LONG}`)
  }))

test('a caller whose sound is their own interrupts with one word', () =>
  overALongAnswer(async call => {
    call.channel.share = 0
    await call.words('wait')
    expect(call.turn().kind).toBe('settling')
  }))
