import { expect, test } from 'vitest'
import { onTheLine, type TestCall } from '../../fakes/call.ts'

const LONG = 'There are seven things to do today and the first of them is to feed the neighbour.'

/** Asks, and waits until the agent has talked for `forMs`. */
async function agentSays(call: TestCall, text: string, forMs: number): Promise<void> {
  call.model.scripts.push([text], ['Done.'])
  await call.greeted()
  await call.callerSays('can you do it')
  await call.until('replying')
  await call.pass(call.voice.firstAudioMs + forMs)
}

test('back-channels that do not end are listened to for a second and a half, at the lower level', () =>
  onTheLine({}, async call => {
    await agentSays(call, LONG, 500)
    await call.speechStart()
    await call.words('yeah yeah')
    await call.pass(1_439)
    expect(call.turn().kind).toBe('yielding')
    expect(call.channel.levels).toEqual(['ducked'])
    await call.pass(1)
    expect(call.turn().kind).toBe('replying')
    expect(call.channel.levels).toEqual(['ducked', 'full'])
  }))

test('a back-channel that the detector missed is over after 600 ms', () =>
  onTheLine({}, async call => {
    await agentSays(call, LONG, 500)
    await call.words('mm-hm')
    await call.pass(599)
    expect(call.turn().kind).toBe('yielding')
    await call.pass(1)
    expect(call.turn().kind).toBe('replying')
    expect(call.channel.playing).toBe(1)
  }))

test.each([
  ['a question', 'Shall I really do it?', true],
  ['no question', 'I have really done it.', false],
])('"yes" almost a second before the end of %s is kept until then', (_, said, isTurn) =>
  onTheLine({}, async call => {
    await agentSays(call, said, 270)
    await call.callerSays('yes', { lengthMs: 250 })
    expect(call.turn()).toMatchObject({ kind: 'yielding', speaking: false })
    await call.until('listening')
    expect(call.told().includes('caller: yes')).toBe(isTurn)
    expect(call.told()).toContain(`agent: ${said}`)
  }),
)

test('a word that may become a back-channel, and then nothing, does not stop the agent', () =>
  onTheLine({}, async call => {
    await agentSays(call, LONG, 500)
    await call.callerSays("that's", { lengthMs: 300 })
    await call.until('replying')
    await call.pass(500)
    expect(call.channel.playing).toBe(1)
    expect(call.model.asked).toHaveLength(1)
  }))

test('a noise that comes back while the agent is silent stops it two and a half seconds after its first beginning', () =>
  onTheLine({}, async call => {
    await agentSays(call, LONG, 500)
    const beganMs = call.clock.now()
    await call.callerCoughs(1_200)
    expect(call.turn()).toMatchObject({ kind: 'yielding', silenced: true })
    await call.pass(100)
    await call.speechStart()
    await call.pass(beganMs + 2_499 - call.clock.now())
    expect(call.turn()).toMatchObject({ kind: 'yielding', silenced: true })
    await call.pass(1)
    expect(call.turn().kind).toBe('hearing')
  }))

test('an answer that has not begun waits for a caller who speaks, and is said if that was nothing', () =>
  onTheLine({}, async call => {
    call.tools.add('feed', true, () => call.clock.sleep(100, new AbortController().signal).then(() => 'fed'))
    call.model.scripts.push([{ tool: { id: 'c', name: 'feed', arguments: '{}' } }], [LONG])
    await call.greeted()
    await call.callerSays('feed the cat')
    await call.until('replying')
    await call.speechStart()
    expect(call.turn()).toMatchObject({ kind: 'yielding', reply: { acted: true, sounding: false } })
    expect(call.channel.levels).toEqual(['held'])
    await call.pass(400)
    expect(call.turn()).toMatchObject({ kind: 'yielding', reply: { sounding: false } })
    await call.speechEnd()
    await call.until('listening')
    expect(call.channel.levels).toEqual(['held', 'ducked', 'full'])
    expect(call.told().at(-1)).toBe(`agent: ${LONG}`)
  }))

test('an answer that waits for the caller is not taken for a provider that says nothing', () =>
  onTheLine({}, async call => {
    call.tools.add('feed', true, async () => 'fed')
    call.model.scripts.push([{ tool: { id: 'c', name: 'feed', arguments: '{}' } }], [LONG])
    await call.greeted()
    call.voice.firstAudioMs = 3_500
    await call.callerSays('feed the cat')
    await call.until('replying')
    await call.pass(3_400)
    await call.speechStart()
    await call.pass(1_000)
    expect(call.turn()).toMatchObject({ kind: 'yielding', reply: { sounding: false } })
    await call.speechEnd()
    await call.until('listening')
    expect(call.told().at(-1)).toBe(`agent: ${LONG}`)
  }))
