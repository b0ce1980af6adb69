import { expect, test } from 'vitest'
import { restore } from '../../../src/conversation/restore.ts'
import { askForPin, hasPassed, type PinOutcome } from '../../../src/conversation/secret/ask-pin.ts'
import { english } from '../../../src/languages/english.ts'
import { AGENT, POLICY } from '../../fakes/call.ts'
import { FakeChannel } from '../../fakes/channel.ts'
import { FakeClock } from '../../fakes/clock.ts'
import { FakeJournal } from '../../fakes/journal.ts'
import { FakeSpeechToText } from '../../fakes/speech-to-text.ts'
import { FakeVoice, spokenMs } from '../../fakes/text-to-speech.ts'

const NOTICE_MS = 100 + spokenMs(AGENT.phrases.notice)

function open(records = true) {
  const clock = new FakeClock()
  const startMs = clock.now()
  const channel = new FakeChannel(clock)
  const speechToText = new FakeSpeechToText()
  const voice = new FakeVoice(clock)
  const journal = new FakeJournal(clock)
  const server = new AbortController()
  const lifetime = new AbortController()
  const givenBack: number[] = []
  const check = async (pin: string): Promise<'right' | 'wrong'> => (pin === '4271' ? 'right' : 'wrong')
  const isLocked = async (): Promise<boolean> => false
  const resumeRecording = (fromMs: number): void => void givenBack.push(fromMs - startMs)
  const parts = { clock, startMs, channel, speechToText, voice, journal, records, check, isLocked, resumeRecording }
  const call = { ...parts, callId: 'call-7', channelName: 'fake', agent: AGENT, policy: POLICY }
  const asked: Promise<PinOutcome> = askForPin(call, lifetime.signal, server.signal)
  const key = (keys: string): void => {
    for (const digit of keys) channel.person.push({ kind: 'digit', digit })
  }
  return { clock, channel, speechToText, journal, server, lifetime, givenBack, asked, key }
}

test('after the right PIN the channel goes on, and the journal has the span but not the PIN', async () => {
  const { clock, channel, journal, asked, key, givenBack, lifetime } = open()
  await clock.advance(1_000)
  key('9058#')
  await clock.advance(NOTICE_MS)
  key('4271#')
  await clock.advance(0)
  key('#4271#')
  const pinOutcome = await asked
  if (pinOutcome.kind !== 'passed') throw new Error('the PIN was right')
  const digits: string[] = []
  const leave = new AbortController()
  const reading = (async () => {
    for await (const inbound of pinOutcome.channel.inbound(leave.signal)) {
      if (inbound.kind === 'digit') digits.push(inbound.digit)
    }
  })()
  await clock.advance(4_000)
  channel.person.push({ kind: 'digit', digit: '7' })
  await clock.advance(0)
  leave.abort()
  await reading
  lifetime.abort()
  expect(digits).toEqual(['7'])
  expect(channel.played[0]?.heard).toBe(AGENT.phrases.notice)
  const span = { fromMs: 0, toMs: 1_000 + NOTICE_MS + 300 }
  const note = { kind: 'withheld', what: 'pin', ...span, end: 'right', wrongTries: 1, sttFailures: 0, notice: true }
  expect(journal.lines).toMatchObject([{ noted: note }, { used: { kind: 'stt-seconds' } }])
  expect(givenBack).toEqual([span.toMs])
  expect(hasPassed(journal.lines)).toBe(true)
  expect(JSON.stringify(journal.lines)).not.toMatch(/4271|9058|"4"/)
})

test.each([
  ['gone', 'hang-up', ({ channel }: ReturnType<typeof open>) => channel.person.push({ kind: 'gone', why: 'left' })],
  ['lost', 'unavailable', ({ channel }: ReturnType<typeof open>) => channel.person.push({ kind: 'lost', why: 'left' })],
  ['stopped', 'goodbye', ({ server }: ReturnType<typeof open>) => server.abort(new Error('closing'))],
  ['refused', 'hang-up', ({ key }: ReturnType<typeof open>) => key('1111#')],
] as const)('a call that is %s while the PIN is asked ends with %s, also when restored', async (end, next, act) => {
  const some = open(false)
  await some.clock.advance(500)
  act(some)
  if (end === 'refused') {
    await some.clock.advance(2_500)
    some.key('2222#')
    await some.clock.advance(2_500)
    some.key('3333#')
    await some.clock.advance(5_000)
  }
  await some.clock.advance(0)
  const pinOutcome = await some.asked
  some.lifetime.abort()
  expect(some.channel.closed).toEqual([next])
  expect(some.givenBack).toEqual([])
  expect(hasPassed(some.journal.lines)).toBe(false)
  expect(some.journal.lines[0]).toMatchObject({ noted: { end, notice: false } })
  const restored = restore(some.journal.lines, english)
  expect(restored).toMatchObject({ turn: { kind: 'ended', next }, history: [] })
  expect(pinOutcome).toEqual({ kind: 'ended', state: restored })
})
