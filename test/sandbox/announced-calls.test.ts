import Fastify from 'fastify'
import { expect, test } from 'vitest'
import { type AskedWords, openAnnouncedCalls } from '../../src/sandbox/announced-calls.ts'
import { seeded } from '../../src/sandbox/chance.ts'
import type { HeardWord } from '../../src/sandbox/deepgram/scripted-transcripts.ts'
import { FakeClock } from '../fakes/clock.ts'

const RATE_HZ = 8_000
const never = new AbortController().signal

function answered({ words, over }: AskedWords): readonly HeardWord[] {
  void over('answered', never)
  return words
}

/** Words of 200 ms each, with a pause before some of them. */
function said(text: string, pauses: Readonly<Record<string, number>> = {}) {
  let atMs = 0
  const words = text.split(' ').map(word => {
    const startMs = atMs + (pauses[word] ?? 0)
    atMs = startMs + 200
    return { text: word, startMs, endMs: atMs }
  })
  return { words, voicedFromMs: 0 }
}
const tone = (ms: number): Int16Array =>
  Int16Array.from({ length: (RATE_HZ * ms) / 1_000 }, (_, i) => 8_000 * Math.sin(i))
const silence = (ms: number): Int16Array => new Int16Array((RATE_HZ * ms) / 1_000)
const textOf = (words: readonly HeardWord[]): string => words.map(({ text }) => text).join(' ')

test('a session that names its call gets that call, and no other', () => {
  const calls = openAnnouncedCalls(new FakeClock())
  calls.announce('one', said('red green'))
  calls.announce('two', said('blue'))
  const { transcripts } = calls.join('two', RATE_HZ)
  expect(textOf(transcripts.hear(tone(400)))).toBe('blue')
})

test('a session that cannot name its call gets the only one that is announced', () => {
  const calls = openAnnouncedCalls(new FakeClock())
  const { transcripts } = calls.join(undefined, RATE_HZ)
  calls.announce('one', said('red'))
  expect(textOf(transcripts.hear(tone(200)))).toBe('red')
  calls.announce('two', said('blue'))
  calls.announce('one', said('green'))
  expect(textOf([...transcripts.hear(silence(400)), ...transcripts.hear(tone(200))])).toBe('green')
})

test('of several calls it gets the one that no other session has, and none when there are more', () => {
  const calls = openAnnouncedCalls(new FakeClock())
  calls.announce('one', said('red'))
  calls.announce('two', said('blue'))
  expect(textOf(calls.join(undefined, RATE_HZ).transcripts.hear(tone(200)))).toBe('')
  calls.join('one', RATE_HZ)
  expect(textOf(calls.join(undefined, RATE_HZ).transcripts.hear(tone(200)))).toBe('blue')
})

test('an utterance that was cut in two has its words in both', () => {
  const calls = openAnnouncedCalls(new FakeClock())
  calls.announce('one', said('red green blue', { green: 700 }))
  expect(textOf(calls.wordsIn('one', tone(200), RATE_HZ))).toBe('red')
  expect(textOf(calls.wordsIn(undefined, tone(400), RATE_HZ))).toBe('green blue')
  expect(calls.wordsIn('one', tone(400), RATE_HZ)).toEqual([])
})

test('words that were announced for a call are forgotten when it is over, not when its session is lost', async () => {
  const clock = new FakeClock()
  const calls = openAnnouncedCalls(clock)
  calls.announce('one', said('red'))
  await calls.join('one', RATE_HZ).end('lost', never)
  const ended = calls.join('one', RATE_HZ).end('over', never)
  expect(textOf(calls.wordsIn('one', tone(200), RATE_HZ))).toBe('red')
  calls.announce('one', said('green'))
  await clock.advance(2_000)
  await ended
  expect(calls.wordsIn('one', tone(200), RATE_HZ)).toEqual([])
})

/** Sound that is like itself nowhere: each 20 ms has a loudness of its own. */
function voice(ms: number, seed = 1, rateHz = RATE_HZ): Int16Array {
  const draw = seeded(seed)
  const levels = Array.from({ length: ms / 20 }, () => 2_000 + 20_000 * draw())
  return Int16Array.from({ length: (rateHz * ms) / 1_000 }, (_, i) =>
    Math.round((levels[Math.floor((i * 50) / rateHz)] ?? 0) * Math.sin((2 * Math.PI * 1_000 * i) / rateHz)),
  )
}
const from = (pcm: Int16Array, ms: number, rateHz = RATE_HZ): Int16Array => pcm.subarray((ms * rateHz) / 1_000)

test('a session that is given sound again has the words of the session that had it before', () => {
  const calls = openAnnouncedCalls(new FakeClock())
  calls.announce('one', said('red green blue white black'))
  const sound = voice(1_000)
  const lost = calls.join('one', RATE_HZ)
  expect(textOf(lost.transcripts.hear(sound.subarray(0, 500 * 8)))).toBe('red green')
  lost.end('lost', never)
  // The client had "red" as final.
  const next = calls.join('one', RATE_HZ)
  expect(textOf(next.transcripts.hear(from(sound, 200)))).toBe('green blue white black')
  calls.announce('one', said('grey'))
  expect(textOf([...next.transcripts.hear(silence(400)), ...next.transcripts.hear(voice(200, 2))])).toBe('grey')
})

test('so has one of another service, at another rate, that cannot name the call', () => {
  const calls = openAnnouncedCalls(new FakeClock())
  calls.announce('other', said('white'))
  calls.announce('one', said('red green blue'))
  const stalled = calls.join('one', RATE_HZ)
  stalled.transcripts.hear(voice(600))
  const next = calls.join(undefined, 16_000)
  expect(textOf(next.transcripts.hear(from(voice(600, 1, 16_000), 200, 16_000)))).toBe('green blue')
  expect(textOf(calls.wordsIn(undefined, from(voice(600), 400), RATE_HZ))).toBe('blue')
})

test('what is announced to an open session is said anew, however like it is to what one before has heard', async () => {
  const calls = openAnnouncedCalls(new FakeClock())
  const sound = voice(600)
  calls.announce('one', said('red green blue'))
  const first = calls.join('one', RATE_HZ)
  expect(textOf(first.transcripts.hear(sound))).toBe('red green blue')
  await first.end('lost', never)
  const second = calls.join('one', RATE_HZ)
  second.transcripts.hear(silence(1_000))
  calls.announce('one', said('yellow black white'))
  expect(textOf(second.transcripts.hear(sound))).toBe('yellow black white')
})

test('sound that no session has heard is new, and what was lost is lost', () => {
  const calls = openAnnouncedCalls(new FakeClock())
  calls.announce('one', said('red green blue'))
  const lost = calls.join('one', RATE_HZ)
  lost.transcripts.hear(voice(200))
  lost.end('lost', never)
  calls.announce('one', said('white black'))
  expect(textOf(calls.join('one', RATE_HZ).transcripts.hear(voice(400, 2)))).toBe('white black')
})

test.each([0, 3, 7, 11, 16])(
  'an utterance that is sent as a whole is known again, wherever in a frame it begins: %i ms',
  ms => {
    const calls = openAnnouncedCalls(new FakeClock())
    calls.announce('one', said('red green blue'))
    const hung = calls.join('one', RATE_HZ)
    hung.transcripts.hear(new Int16Array([...silence(200), ...voice(600)]))
    calls.announce('one', said('white black'))
    const again = new Int16Array([...silence(2 * (100 + ms)), ...voice(600, 1, 16_000)])
    expect(textOf(answered(calls.ask(undefined, again.subarray(0, -3_200), 16_000)))).toBe('red green')
    expect(textOf(answered(calls.ask(undefined, again, 16_000)))).toBe('red green blue')
    expect(textOf(answered(calls.ask(undefined, voice(400, 2, 16_000), 16_000)))).toBe('white black')
  },
)

test('a call whose utterances are sent as a whole goes on when the session that it had before has ended', async () => {
  const clock = new FakeClock()
  const calls = openAnnouncedCalls(clock)
  calls.announce('one', said('red green'))
  const hung = calls.join('one', RATE_HZ)
  hung.transcripts.hear(voice(400))
  expect(textOf(answered(calls.ask(undefined, voice(400), RATE_HZ)))).toBe('red green')
  const ended = hung.end('over', never)
  calls.announce('one', said('blue'))
  await clock.advance(2_000)
  await ended
  expect(textOf(answered(calls.ask(undefined, voice(200, 2), RATE_HZ)))).toBe('blue')
})

test('the same words in the same voice are another utterance a while later', async () => {
  const clock = new FakeClock()
  const calls = openAnnouncedCalls(clock)
  calls.announce('one', said('red'))
  expect(textOf(answered(calls.ask('one', voice(200), RATE_HZ)))).toBe('red')
  await clock.advance(3_000)
  calls.announce('one', said('blue'))
  expect(textOf(answered(calls.ask('one', voice(200), RATE_HZ)))).toBe('blue')
})

test('a request that hangs is made again with the same sound, and is the same one however late that is', async () => {
  const clock = new FakeClock()
  const calls = openAnnouncedCalls(clock)
  calls.announce('one', said('red'))
  const hangs = calls.ask(undefined, voice(200), RATE_HZ)
  calls.announce('one', said('blue'))
  await clock.advance(2_500)
  const again = calls.ask(undefined, voice(200), RATE_HZ)
  expect([textOf(hangs.words), textOf(again.words)]).toEqual(['red', 'red'])
  const over = [again.over('answered', never), hangs.over('given-up', never)]
  await clock.advance(4_000)
  await Promise.all(over)
  expect(textOf(answered(calls.ask(undefined, voice(200, 2), RATE_HZ)))).toBe('blue')
})

test('what the caller did not come to say is forgotten when their last request is given up, and nothing follows', async () => {
  const clock = new FakeClock()
  const calls = openAnnouncedCalls(clock)
  calls.announce('one', said('red'))
  const hangs = calls.ask(undefined, voice(200), RATE_HZ)
  calls.announce('one', said('blue'))
  const over = hangs.over('given-up', never)
  await clock.advance(4_000)
  await over
  calls.announce('two', said('green'))
  expect(textOf(answered(calls.ask(undefined, voice(200, 2), RATE_HZ)))).toBe('green')
})

test('what is announced instead takes the place of what was not spoken', async () => {
  const calls = openAnnouncedCalls(new FakeClock())
  const app = Fastify()
  calls.addRoutes(app)
  const announced = async (method: 'POST' | 'PUT', text: string) =>
    (await app.inject({ method, url: '/sandbox/utterances/one', payload: { utterances: [said(text)] } })).statusCode
  expect([await announced('POST', 'red'), await announced('POST', 'green'), await announced('PUT', 'blue')]).toEqual([
    204, 204, 204,
  ])
  const { transcripts } = calls.join('one', RATE_HZ)
  expect(
    textOf([...transcripts.hear(tone(200)), ...transcripts.hear(silence(400)), ...transcripts.hear(tone(200))]),
  ).toBe('blue')
})

test('a call of which nothing more comes is in no other call’s way', async () => {
  const calls = openAnnouncedCalls(new FakeClock())
  const app = Fastify()
  calls.addRoutes(app)
  calls.announce('one', said('red green'))
  calls.announce('two', said('blue'))
  expect((await app.inject({ method: 'DELETE', url: '/sandbox/utterances/one' })).statusCode).toBe(204)
  expect(textOf(calls.join(undefined, RATE_HZ).transcripts.hear(tone(200)))).toBe('blue')
})
