import { expect, test } from 'vitest'
import { ownShares, type Span, soundTimes, wordsAloud } from '../../../src/conversation/own-sound.ts'
import { FakeChannel } from '../../fakes/channel.ts'
import { FakeClock } from '../../fakes/clock.ts'

const FRAME_MS = 20
const word = (text: string, startMs: number) => ({ text, startMs, endMs: startMs + 200 })

/** Ears that were given five seconds of sound, which began at the clock's start and was late by a second from 2 s on. */
function given() {
  const clock = new FakeClock()
  const channel = new FakeChannel(clock)
  const times = soundTimes()
  const startMs = clock.now()
  for (let ms = 0; ms < 5_000; ms += FRAME_MS)
    times.given({ pcm: new Int16Array(160), rateHz: 8_000, atMs: startMs + ms + (ms < 2_000 ? 0 : 1_000) })
  const asked: Span[] = []
  channel.ownEach = spans => {
    asked.push(...spans.map(({ fromMs, toMs }) => ({ fromMs: fromMs - startMs, toMs: toMs - startMs })))
    return spans.map(() => channel.each)
  }
  return { clock, channel, asked, times, shares: ownShares({ channel, clock, times, aloud: () => '' }) }
}

test('each word is looked up once, where the sound was spoken that the ears were given', () => {
  const { channel, asked, shares } = given()
  channel.share = 0.4
  channel.each = 0.81239
  const words = [word('shall', 1_000), word('I', 3_000)]
  expect(shares({ text: 'shall I', final: false, ended: false, words })).toEqual({ own: 0.4, ownEach: [0.812, 0.812] })
  channel.each = 0.1
  const more = [...words, word('now', 3_300)]
  expect(shares({ text: 'Shall I now?', final: false, ended: false, words: more })).toEqual({
    own: 0.4,
    ownEach: [0.812, 0.812, 0.1],
  })
  expect(asked).toEqual([
    { fromMs: 1_000, toMs: 1_200 },
    { fromMs: 4_000, toMs: 4_200 },
    { fromMs: 4_300, toMs: 4_500 },
  ])
})

/** The agent's own word has come back, and now it is silent. */
function afterAnEcho() {
  const ears = given()
  ears.channel.share = 1
  ears.channel.each = 0.9
  const told = { text: 'shall', final: false, ended: false, words: [word('shall', 1_000)] }
  ears.shares(told)
  ears.channel.share = undefined
  return { ...ears, told }
}

test('a late form of the words keeps what was found, though the agent is silent by then', () => {
  const { shares, told } = afterAnEcho()
  expect(shares({ ...told, final: true })).toEqual({ ownEach: [0.9] })
  expect(shares({ ...told, words: [word('no', 4_000)], text: 'no' })).toEqual({})
})

test('a word that is said when the agent has fallen silent is looked up, too, after others of its transcript', () => {
  const { channel, shares, told } = afterAnEcho()
  channel.each = 0
  const more = [...told.words, word('Friday', 4_300)]
  expect(shares({ ...told, text: 'shall Friday', words: more })).toEqual({ ownEach: [0.9, 0] })
})

test('of words that are told long after they were said the sound of the last second tells nothing', async () => {
  const { clock, channel, shares } = given()
  channel.share = 0.7
  channel.each = null
  const words = [word('so', 3_000), word('lima', 3_300)]
  const told = { text: 'so lima', final: false, ended: false, words }
  const saidMs = clock.now() + 4_500
  await clock.advance(saidMs + 1_000 - clock.now())
  expect(shares(told)).toEqual({ own: 0.7, ownEach: [null, null] })
  await clock.advance(1)
  expect(shares(told)).toEqual({ ownEach: [null, null] })
  // A final one is judged by two seconds.
  expect(shares({ ...told, final: true })).toEqual({ own: 0.7, ownEach: [null, null] })
  channel.each = 0.8
  expect(shares(told)).toEqual({ ownEach: [0.8, 0.8] })
})

test('words without times, or with fewer times than words, are judged by the whole sound alone', () => {
  const { channel, shares } = given()
  channel.share = 0.5
  expect(shares({ text: 'shall I', final: false, ended: false })).toEqual({ own: 0.5 })
  expect(shares({ text: 'shall I', final: false, ended: false, words: [word('shall', 0)] })).toEqual({ own: 0.5 })
  expect(shares({ text: '', final: true, ended: true })).toEqual({})
})

test('of a long transcript the last words are looked up, and what is kept has a bound', () => {
  const { channel, asked, shares } = given()
  channel.share = 0.5
  channel.each = 0.3
  const words = Array.from({ length: 30 }, (_, at) => word(`w${at}`, at * 150))
  const { ownEach = [] } = shares({ text: words.map(({ text }) => text).join(' '), final: false, ended: false, words })
  expect([asked.length, ownEach.filter(like => like !== null).length, ownEach.length]).toEqual([12, 12, 30])
})

/** What a part of a reply has left, said by a voice that was given these words. */
function aloud(...texts: readonly string[]) {
  const clock = new FakeClock()
  const words = wordsAloud(clock)
  const part = words.begin()
  for (const text of texts) part.given(text)
  return { clock, words, part }
}

test('the agent says aloud what its voice was given and the caller has not heard, as soon as it sounds', () => {
  const { words, part } = aloud('One moment please,', ' I will see.')
  expect(words.unheard()).toBe('')
  part.heard('')
  expect(words.unheard()).toBe('one moment please i will see')
  part.heard('One moment')
  expect(words.unheard()).toBe('please i will see')
  part.given(' Thank you, Alt')
  part.given('stadt.')
  part.heard('one moment please I will see')
  expect(words.unheard()).toBe('thank you altstadt')
})

test('so are words that the voice has left out, and those of a speech that has just ended', async () => {
  const { clock, words, part } = aloud('Let me see.')
  part.heard('Let see.')
  expect(words.unheard()).toBe('me see')
  part.over('said')
  const next = words.begin()
  next.given('Your reference is four.')
  next.heard('Your')
  expect(words.unheard()).toBe('me see reference is four')
  await clock.advance(1_301)
  expect(words.unheard()).toBe('reference is four')
})

test('of a speech that was cut off only the next words were on their way', () => {
  const { words, part } = aloud('Shall I book Friday, or would you like Saturday?')
  part.heard('Shall I book')
  part.over('cut-off')
  expect(words.unheard()).toBe('friday or would')
})

test('of a long speech only a few words can come back, also of a voice that tells other words', () => {
  const { words, part } = aloud(Array.from({ length: 500 }, (_, at) => `word${at} `).join(''))
  part.heard('word0 word1')
  expect(words.unheard().split(' ')).toHaveLength(12)
  part.heard(Array.from({ length: 400 }, (_, at) => `other${at}`).join(' '))
  expect(words.unheard().split(' ')).toHaveLength(20)
})

test('words come with what the agent says aloud; empty ones do not', () => {
  const { clock, channel, times } = given()
  const shares = ownShares({ channel, clock, times, aloud: () => 'One moment' })
  expect(shares({ text: 'one', final: false, ended: false })).toEqual({ aloud: 'One moment' })
  expect(shares({ text: '.', final: true, ended: true })).toEqual({})
})
