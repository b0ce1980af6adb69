import { expect, test } from 'vitest'
import { onTheLine, type TestCall } from '../../fakes/call.ts'

const LONG = 'There are seven things to do today and the first of them is to feed the neighbour.'

/** Passes the greeting, asks, and waits until the agent has talked for `forMs`. */
async function agentTalks(call: TestCall, forMs = 2_000): Promise<void> {
  await call.greeted()
  call.model.scripts.push([`${LONG} `, { afterMs: 60_000 }, 'And so on.'])
  await call.callerSays('what is there to do')
  await call.until('replying')
  await call.pass(call.voice.firstAudioMs + forMs)
  expect(call.turn()).toMatchObject({ kind: 'replying', reply: { sounding: true } })
}

test('a cough over the agent does not stop it', () =>
  onTheLine({}, async call => {
    await agentTalks(call)
    await call.callerCoughs(200)
    expect(call.turn().kind).toBe('yielding')
    await call.pass(1_000)
    expect(call.turn().kind).toBe('replying')
    await call.pass(3_000)
    expect(call.channel.played.filter(({ aborted }) => aborted)).toEqual([])
    expect(call.model.asked).toHaveLength(1)
    expect(call.model.aborted).toBe(0)
  }))

test('speech without a word silences the agent after 700 ms; its words then make it a turn', () =>
  onTheLine({}, async call => {
    await agentTalks(call)
    await call.pass(60)
    await call.speechStart()
    await call.pass(639)
    expect(call.channel.levels).toEqual(['ducked'])
    await call.pass(1)
    expect(call.channel.levels).toEqual(['ducked', 'held'])
    await call.pass(300)
    await call.words('no')
    expect(call.turn().kind).toBe('hearing')
    expect(call.channel.playing).toBe(0)
  }))

test('when a noise begins over the agent and stays, the caller is asked to repeat within four seconds', () =>
  onTheLine({}, async call => {
    await agentTalks(call)
    await call.speechStart()
    await call.pass(3_950)
    expect(call.turn()).toMatchObject({ kind: 'replying', reply: { content: { phrase: 'pardon' } } })
  }))

test.each([
  [0.1, true],
  [0.9, false],
])(
  'a word that the agent has just said, in a sound like the agent’s by %s, is the caller’s: %s',
  (likeness, isCallers) =>
    onTheLine({}, async call => {
      call.channel.echoLikeness = likeness
      await call.greeted()
      call.model.scripts.push([LONG])
      await call.callerSays('what is there to do')
      await call.until('replying')
      while (!call.turn().context.spoken.text.endsWith('today')) await call.pass(20)
      await call.callerSays('today', { lengthMs: 250 })
      await call.until('listening')
      expect(call.told().includes('caller: today')).toBe(isCallers)
    }),
)

test('each sound over the agent is compared with the agent’s from its own beginning', () =>
  onTheLine({}, async call => {
    await agentTalks(call)
    await call.callerCoughs(200)
    await call.pass(300)
    const beganMs = call.clock.now() - 60
    await call.speechStart()
    await call.pass(700)
    expect(call.channel.echoAskedMs).toEqual([beganMs])
  }))

test('a long noise without a word silences the agent, which then goes on where it was', () =>
  onTheLine({}, async call => {
    await agentTalks(call)
    await call.callerCoughs(1_200)
    expect(call.turn()).toMatchObject({ kind: 'yielding', silenced: true })
    await call.until('replying')
    expect(call.channel.levels).toEqual(['ducked', 'held', 'full'])
    expect(call.channel.played.filter(({ aborted }) => aborted)).toEqual([])
    expect(call.model.asked).toHaveLength(1)
  }))

test('the agent goes on after a back-channel that is long and comes late', () =>
  onTheLine({}, async call => {
    await agentTalks(call)
    await call.callerSays('mm-hm', { lengthMs: 1_200 })
    expect(call.channel.levels).toEqual(['ducked', 'held', 'ducked', 'full'])
    await call.until('replying')
  }))

test('speech that brings no word and does not end is a turn of its own', () =>
  onTheLine({}, async call => {
    await agentTalks(call, 500)
    await call.speechStart()
    await call.pass(2_439)
    expect(call.turn().kind).toBe('yielding')
    await call.pass(1)
    expect(call.turn().kind).toBe('hearing')
    expect(call.channel.playing).toBe(0)
  }))

test('one word that is no back-channel stops the agent at once', () =>
  onTheLine({}, async call => {
    await agentTalks(call)
    await call.speechStart()
    await call.words('yeah')
    expect(call.turn().kind).toBe('yielding')
    await call.words('yeah wait')
    expect(call.turn().kind).toBe('hearing')
    expect(call.channel.playing).toBe(0)
  }))

test.each(['mm-hm', 'yeah', 'okay, right', 'uh huh', 'got it'])('"%s" does not stop the agent', text =>
  onTheLine({}, async call => {
    await agentTalks(call)
    await call.callerSays(text, { lengthMs: text.includes(' ') ? 1_100 : 650 })
    await call.until('replying')
    await call.pass(1_500)
    expect(call.turn().kind).toBe('replying')
    expect(call.channel.played.filter(({ aborted }) => aborted)).toEqual([])
    expect(call.model.asked).toHaveLength(1)
  }),
)

test('the agent goes on over many back-channels, and stops at the first other word', () =>
  onTheLine({}, async call => {
    await agentTalks(call, 500)
    await call.speechStart()
    await call.words('yeah yeah')
    await call.pass(1_500)
    expect(call.turn().kind).toBe('replying')
    await call.words('yeah yeah but')
    expect(call.turn().kind).toBe('hearing')
  }))

test('the agent’s own echo does not stop it', () =>
  onTheLine({}, async call => {
    await agentTalks(call, 3_000)
    await call.speechStart()
    call.channel.echoLikeness = 0.7
    await call.words('things to do')
    await call.pass(900)
    expect(call.turn().kind).toBe('replying')
    expect(call.channel.playing).toBe(1)
  }))

test('the agent’s last word in another voice silences it until more words come', () =>
  onTheLine({}, async call => {
    await agentTalks(call)
    await call.speechStart()
    await call.words('things to')
    await call.pass(900)
    expect(call.turn()).toMatchObject({ kind: 'yielding', silenced: true })
    expect(call.channel.levels).toEqual(['ducked', 'held'])
    await call.words('things to add')
    expect(call.turn().kind).toBe('hearing')
    expect(call.channel.levels).toEqual(['ducked', 'held', 'full'])
  }))

test('a word that may become a back-channel silences the agent, and the whole back-channel lets it go on', () =>
  onTheLine({}, async call => {
    await agentTalks(call)
    await call.speechStart()
    await call.words("that's")
    await call.pass(700)
    expect(call.channel.levels).toEqual(['ducked', 'held'])
    await call.words("that's right")
    expect(call.channel.levels).toEqual(['ducked', 'held', 'ducked'])
    await call.speechEnd()
    await call.until('replying')
    expect(call.channel.levels.at(-1)).toBe('full')
  }))

test('a barge-in stops model, voice and line, and the history ends at the last word heard', () =>
  onTheLine({}, async call => {
    await agentTalks(call, 2_000)
    await call.speechStart()
    await call.words('no wait')
    expect(call.model).toMatchObject({ thinking: 0, aborted: 1 })
    expect(call.voice).toMatchObject({ speaking: 0, aborted: 1 })
    expect(call.channel.played.at(-1)).toMatchObject({ aborted: true })
    const cut = call.history().at(-1)
    expect(cut).toEqual({ role: 'agent', text: 'There are seven things to do', interrupted: true })
    expect(cut).toMatchObject({ text: call.channel.played.at(-1)?.heard })
  }))

test('words that interrupt become the next turn, and the model is told where the agent was cut', () =>
  onTheLine({}, async call => {
    await agentTalks(call)
    await call.callerSays('no wait a second', { lengthMs: 1_000 })
    await call.until('replying')
    expect(call.model.asked[1]?.history.slice(1)).toEqual([
      { role: 'caller', text: 'what is there to do' },
      expect.objectContaining({ role: 'agent', interrupted: true }),
      { role: 'caller', text: 'no wait a second' },
    ])
  }))

test('after an interruption before the first word the history has no words of the agent', () =>
  onTheLine({}, async call => {
    await call.greeted()
    call.model.scripts.push(['Considerable amounts of things.'])
    await call.callerSays('what is there to do')
    await call.until('replying')
    await call.pass(call.voice.firstAudioMs + 60)
    await call.speechStart()
    await call.words('never mind')
    expect(call.told().slice(1)).toEqual(['caller: what is there to do'])
  }))

test('a short word over the end of the reply is the next turn', () =>
  onTheLine({}, async call => {
    await call.greeted()
    call.model.scripts.push(['Shall I do it?'], ['Done.'])
    await call.callerSays('can you move lunch')
    await call.until('replying')
    await call.pass(call.voice.firstAudioMs + 600)
    await call.callerSays('yes', { lengthMs: 250 })
    await call.until('replying')
    await call.until('listening')
    expect(call.told().slice(1)).toEqual([
      'caller: can you move lunch',
      'agent: Shall I do it?',
      'caller: yes',
      'agent: Done.',
    ])
  }))

test('a short word that ends just before the reply does is the next turn', () =>
  onTheLine({}, async call => {
    await call.greeted()
    call.model.scripts.push(['Shall I really do it?'], ['Done.'])
    await call.callerSays('can you move lunch')
    await call.until('replying')
    await call.pass(call.voice.firstAudioMs + 600)
    await call.callerSays('yes', { lengthMs: 250 })
    expect(call.turn()).toMatchObject({ kind: 'yielding', speaking: false })
    await call.pass(1_000)
    expect(call.told().slice(2, 4)).toEqual(['agent: Shall I really do it?', 'caller: yes'])
  }))

test('a short word whose transcript comes just after the end of the reply is the next turn too', () =>
  onTheLine({}, async call => {
    await call.greeted()
    call.model.scripts.push(['Shall I do it?'], ['Done.'])
    await call.callerSays('can you move lunch')
    await call.until('replying')
    await call.pass(call.voice.firstAudioMs + 500)
    await call.callerCoughs(150)
    expect(call.turn().kind).toBe('yielding')
    await call.until('listening')
    await call.words('Yes.', { final: true, ended: true })
    await call.until('replying')
    expect(call.told().at(-1)).toBe('caller: Yes.')
  }))

test('a back-channel in the middle of a reply is no turn', () =>
  onTheLine({}, async call => {
    await agentTalks(call, 1_000)
    await call.callerSays('mhm', { lengthMs: 250 })
    await call.pass(1_000)
    expect(call.turn().kind).toBe('replying')
    expect(call.told().filter(line => line.startsWith('caller'))).toEqual(['caller: what is there to do'])
  }))

test('the greeting can be interrupted, and the history has what was heard of it', () =>
  onTheLine({}, async call => {
    await call.pass(300)
    await call.callerSays('I want a taxi')
    await call.until('replying')
    expect(call.told()).toEqual(['agent: Hello, this is —', 'caller: I want a taxi'])
  }))

test('speech that starts again during the wait is judged from its new start', () =>
  onTheLine({}, async call => {
    await agentTalks(call)
    await call.callerCoughs(200)
    await call.pass(300)
    await call.speechStart()
    await call.pass(500)
    expect(call.turn()).toMatchObject({ kind: 'yielding', silenced: false })
    await call.pass(140)
    expect(call.turn()).toMatchObject({ silenced: true })
  }))

test('when the agent finishes while the caller speaks over it, the caller has the turn', () =>
  onTheLine({}, async call => {
    await call.greeted()
    call.model.scripts.push(['All is well.'])
    await call.callerSays('how are things')
    await call.until('replying')
    await call.pass(call.voice.firstAudioMs + 500)
    await call.speechStart()
    await call.pass(400)
    expect(call.turn().kind).toBe('hearing')
    expect(call.told().at(-1)).toBe('agent: All is well.')
  }))

test('the voice is turned down until it is known whether the caller interrupts, then up again', () =>
  onTheLine({}, async call => {
    await agentTalks(call)
    expect(call.channel.levels).toEqual([])
    await call.callerCoughs(200)
    expect(call.channel.levels).toEqual(['ducked'])
    await call.pass(1_000)
    expect(call.channel.levels).toEqual(['ducked', 'full'])
  }))

test('the voice is turned up as soon as a back-channel is over', () =>
  onTheLine({}, async call => {
    await agentTalks(call)
    await call.callerSays('mm-hm', { lengthMs: 450 })
    expect(call.turn().kind).toBe('yielding')
    expect(call.channel.levels).toEqual(['ducked', 'full'])
  }))

test('the policy may hold the voice; after an interruption the next reply is at full level', () =>
  onTheLine({ policy: { bargeIn: { voice: 'held', speechMs: 700, backChannelMs: 1_500 } } }, async call => {
    await agentTalks(call)
    await call.callerSays('no wait a second', { lengthMs: 1_000 })
    expect(call.channel.levels).toEqual(['held', 'full'])
  }))

test('an echo of the agent does not stop it, and from then on does not turn it down', () =>
  onTheLine({}, async call => {
    await agentTalks(call, 500)
    call.channel.echoLikeness = 0.7
    await call.speechStart()
    await call.pass(640)
    expect(call.turn()).toMatchObject({ kind: 'replying', context: { echoes: true } })
    expect(call.channel.levels).toEqual(['ducked', 'full'])
    await call.speechEnd()
    await call.pass(100)
    await call.speechStart()
    await call.pass(640)
    expect(call.channel.levels).toEqual(['ducked', 'full'])
    await call.words('no stop it')
    expect(call.turn().kind).toBe('hearing')
  }))

test('on a line that echoes a caller still interrupts without a word', () =>
  onTheLine({}, async call => {
    await agentTalks(call, 500)
    call.channel.echoLikeness = 0.7
    await call.callerCoughs(300)
    await call.pass(700)
    expect(call.turn()).toMatchObject({ kind: 'replying', context: { echoes: true } })
    call.channel.echoLikeness = 0.3
    await call.speechStart()
    await call.pass(640)
    expect(call.turn()).toMatchObject({ silenced: true })
    await call.words('not that one')
    expect(call.turn().kind).toBe('hearing')
  }))
