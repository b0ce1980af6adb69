import { expect, test } from 'vitest'
import { askForPin } from '../../src/conversation/secret/ask-pin.ts'
import { AGENT, onTheLine, POLICY, type TestCall } from '../fakes/call.ts'
import { FakeChannel } from '../fakes/channel.ts'
import { FakeClock } from '../fakes/clock.ts'
import { FakeJournal } from '../fakes/journal.ts'
import { MADE_UP } from '../fakes/made-up-language.ts'
import { toolCall } from '../fakes/model.ts'
import { FakeSpeechToText } from '../fakes/speech-to-text.ts'
import { FakeVoice } from '../fakes/text-to-speech.ts'

const agent = { ...AGENT, language: MADE_UP }
const QUESTION = 'Pelmo goru?'
const LONG = 'Ranu velmi zef. Torpa hes mirano palo, tes kura velo mirano sadu pelmo.'

/** The model answers at length, and the caller says these words meanwhile. */
async function speaksOver(call: TestCall, text: string): Promise<void> {
  call.model.scripts.push([LONG])
  await call.callerSays('ranu pelmo')
  await call.until('replying')
  await call.pass(call.voice.firstAudioMs + 1_500)
  await call.callerSays(text)
}

/** The model calls a tool that the caller must agree to; they hear its question, and say these words. */
async function answersQuestion(call: TestCall, text: string): Promise<void> {
  call.tools.add('goru', true, async (_, __, { agreed }) => (agreed ? 'Done.' : { kind: 'ask', question: QUESTION }))
  call.model.scripts.push([{ tool: toolCall('goru') }])
  await call.callerSays('mirano')
  await call.until('replying')
  await call.until('listening')
  await call.callerSays(text)
  await call.until('replying')
  await call.until('listening')
}
const agreed = (call: TestCall): readonly boolean[] => call.tools.runs.map(({ context }) => context.agreed)

test('a whole call is held in another language', () =>
  onTheLine({ agent }, async call => {
    await call.greeted()
    await speaksOver(call, 'hao hao')
    await call.until('listening')
    expect(call.heard().at(-1)).toBe(LONG)
    await speaksOver(call, 'nelu torpa')
    expect(call.channel.played.at(-1)?.aborted).toBe(true)
    await call.until('replying')
    await call.until('listening')
    await answersQuestion(call, 'eemu sovi')
    expect(agreed(call)).toEqual([false, true])
    await call.keys('42#')
    await call.until('replying')
    await call.until('listening')
    expect(call.told()).toContain('caller: tapu 4 2')
    await call.callerSays('hes talmen')
    await call.until('ended')
    expect(call.channel.closed).toEqual(['hang-up'])
    expect(call.journal.lines[0]).toMatchObject({ started: { language: 'x-madeup' } })
  }))

test.each([
  ['goru do', [false, true]],
  ['nelu goru do', [false]],
  ['yes', [false]],
  ['yes please do it', [false]],
])('"%s" to a question that wants a yes runs the tool: %j', (text, runs) =>
  onTheLine({ agent }, async call => {
    await call.greeted()
    await answersQuestion(call, text)
    expect(agreed(call)).toEqual(runs)
  }),
)

test.each(['mm-hm', 'okay', 'yeah'])('the English "%s" interrupts', text =>
  onTheLine({ agent }, async call => {
    await call.greeted()
    await speaksOver(call, text)
    expect(call.channel.played.at(-1)?.aborted).toBe(true)
  }),
)

test.each([
  ['mirano ko', 'trails off'],
  ['mirano', 'complete'],
  ['mirano and', 'complete'],
  ['let me think', 'complete'],
  ['bip lup duo', 'spelling'],
  ['one two three', 'complete'],
])('after "%s" the patience is for words that sound %s', (text, why) =>
  onTheLine({ agent }, async call => {
    await call.greeted()
    await call.callerSays(text)
    expect(call.turn()).toMatchObject({ kind: 'settling', patience: { why } })
  }),
)

test('an English goodbye does not end the call, and an English request for a person transfers nobody', () =>
  onTheLine({ agent, policy: { canTransfer: true } }, async call => {
    await call.greeted()
    for (const text of ['goodbye', 'let me talk to a person']) {
      await call.callerSays(text)
      await call.until('replying')
      await call.until('listening')
    }
    await call.callerSays('persu')
    await call.until('ended')
    expect(call.channel.closed).toEqual(['transfer'])
  }))

test('the agent’s text is cut for the voice where the language says', () =>
  onTheLine({ agent }, async call => {
    await call.greeted()
    call.model.scripts.push(['Ranu zef. Velmi mr. Torpa and mirano.'])
    await call.callerSays('pelmo')
    await call.until('replying')
    await call.until('listening')
    expect(call.voice.pieces.slice(1).map(({ text }) => text)).toEqual(['Ranu zef. Velmi mr. ', 'Torpa and mirano.'])
  }))

test.each([
  ['hes bip lup duo bip', ['1211']],
  ['one two one one', []],
])('a PIN that is said as "%s" is read as %j', async (text, expected) => {
  const clock = new FakeClock()
  const parts = { clock, channel: new FakeChannel(clock), voice: new FakeVoice(clock), journal: new FakeJournal(clock) }
  const speechToText = new FakeSpeechToText()
  const tried: string[] = []
  const server = new AbortController()
  const pin = {
    records: false,
    isLocked: async () => false,
    check: async (digits: string) => (tried.push(digits) > 0 ? ('right' as const) : ('wrong' as const)),
    resumeRecording: () => undefined,
  }
  const named = { callId: 'call-7', channelName: 'fake', agent, policy: POLICY, startMs: clock.now() }
  const asked = askForPin({ ...named, ...parts, ...pin, speechToText }, server.signal, server.signal)
  await clock.advance(3_000)
  speechToText.words.push({ text, final: true, ended: true })
  await clock.advance(3_000)
  server.abort(new Error('enough'))
  await clock.advance(0)
  await asked
  expect(tried).toEqual(expected)
})
