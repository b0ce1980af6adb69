import { expect, test } from 'vitest'
import { onTheLine, type TestCall } from '../../fakes/call.ts'

const LONG = 'There are seven things to do today and the first of them is to feed the neighbour.'

/** Greets, asks, and waits until the agent has been talking for a while. */
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

test('seven tenths of a second of speech without a word silence the agent; its words then make it a turn', () =>
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

test('a noise that begins over the agent and stays has the caller asked to say it again within four seconds', () =>
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

test('each sound over the agent is judged by itself', () =>
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

test('a sign of listening that is long and comes late lets the agent go on', () =>
  onTheLine({}, async call => {
    await agentTalks(call)
    await call.callerSays('mm-hm', { lengthMs: 1_200 })
    expect(call.channel.levels).toEqual(['ducked', 'held', 'ducked', 'full'])
    await call.until('replying')
  }))

test('speech without a word that does not end is a turn of its own', () =>
  onTheLine({}, async call => {
    await agentTalks(call, 500)
    await call.speechStart()
    await call.pass(2_439)
    expect(call.turn().kind).toBe('yielding')
    await call.pass(1)
    expect(call.turn().kind).toBe('hearing')
    expect(call.channel.playing).toBe(0)
  }))

test('one word that is no sign of listening stops the agent at once', () =>
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

test('the agent goes on although signs of listening do not end, and stops at the first other word', () =>
  onTheLine({}, async call => {
    await agentTalks(call, 500)
    await call.speechStart()
    await call.words('yeah yeah')
    await call.pass(1_500)
    expect(call.turn().kind).toBe('replying')
    await call.words('yeah yeah but')
    expect(call.turn().kind).toBe('hearing')
  }))

test('the agent is not stopped by its own words coming back', () =>
  onTheLine({}, async call => {
    await agentTalks(call, 3_000)
    await call.speechStart()
    call.channel.echoLikeness = 0.7
    await call.words('things to do')
    await call.pass(900)
    expect(call.turn().kind).toBe('replying')
    expect(call.channel.playing).toBe(1)
  }))

test('the agent’s last word in another voice silences it until more words tell', () =>
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

test('a word that may become a sign of listening silences the agent, and the sign lets it go on', () =>
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

test('after a barge-in model, voice and line have stopped, and the history is cut at the last word heard', () =>
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

test('words that interrupt become the next turn, and the model knows where it was cut', () =>
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

test('a caller who interrupts before the first word was heard leaves no words of the agent', () =>
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

test('a short word at the very end of the reply is the next turn', () =>
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

test('a short word that is over before the reply is over is the next turn, if it came at its end', () =>
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

test('a murmur of agreement in the middle of a reply does not come back as a turn', () =>
  onTheLine({}, async call => {
    await agentTalks(call, 1_000)
    await call.callerSays('mhm', { lengthMs: 250 })
    await call.pass(1_000)
    expect(call.turn().kind).toBe('replying')
    expect(call.told().filter(line => line.startsWith('caller'))).toEqual(['caller: what is there to do'])
  }))

test('the greeting can be interrupted, and stays in the history as far as it was heard', () =>
  onTheLine({}, async call => {
    await call.pass(300)
    await call.callerSays('I want a taxi')
    await call.until('replying')
    expect(call.told()).toEqual(['agent: Hello, this is —', 'caller: I want a taxi'])
  }))

test('speech over the agent that goes on while the judging runs is judged once more from its new start', () =>
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

test('an agent that finishes while the caller speaks over it leaves him the turn', () =>
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

test('while it is not known whether the caller interrupts, the voice is turned down, and up again', () =>
  onTheLine({}, async call => {
    await agentTalks(call)
    expect(call.channel.levels).toEqual([])
    await call.callerCoughs(200)
    expect(call.channel.levels).toEqual(['ducked'])
    await call.pass(1_000)
    expect(call.channel.levels).toEqual(['ducked', 'full'])
  }))

test('a sign of listening lets the voice come back as soon as it is over', () =>
  onTheLine({}, async call => {
    await agentTalks(call)
    await call.callerSays('mm-hm', { lengthMs: 450 })
    expect(call.turn().kind).toBe('yielding')
    expect(call.channel.levels).toEqual(['ducked', 'full'])
  }))

test('the policy may be to hold the voice; after an interruption the next reply is at full level', () =>
  onTheLine({ policy: { bargeIn: { voice: 'held', speechMs: 700, backChannelMs: 1_500 } } }, async call => {
    await agentTalks(call)
    await call.callerSays('no wait a second', { lengthMs: 1_000 })
    expect(call.channel.levels).toEqual(['held', 'full'])
  }))

test('a sound that is the agent’s own does not stop it, and from then on does not turn it down', () =>
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

test('on a line that echoes a caller who is no echo still interrupts without a word', () =>
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
