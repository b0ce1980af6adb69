import { expect, test } from 'vitest'
import type { Usage } from '../../../src/conversation/lines.ts'
import type { Speech, TextToSpeech, Word } from '../../../src/conversation/ports.ts'
import { Queue } from '../../../src/conversation/queue.ts'
import { ProviderError } from '../../../src/errors.ts'
import { openBreakers } from '../../../src/providers/failover/breaker.ts'
import type { ProviderSwitched } from '../../../src/providers/failover/candidate.ts'
import { failoverTextToSpeech } from '../../../src/providers/failover/text-to-speech.ts'
import { seeded } from '../../../src/sandbox/chance.ts'
import { FakeClock } from '../../fakes/clock.ts'
import { FakeVoice } from '../../fakes/text-to-speech.ts'

const PIECES = ['We are open from nine to five on weekdays,', ' and on Sundays from ten until three.', ' See you then!']
const WORDS = PIECES.join('').split(' ')
const DIED = new ProviderError('First', 'it died', { retryable: true })

/** Passes on so many items of a voice's speech, and dies: it fails, ends as if all were said, or nothing more comes. `cutMs` cuts sound into pieces. */
function dying(
  voice: TextToSpeech,
  after: number,
  how: 'fails' | 'stalls' | 'ends',
  cutMs: number,
  tellsWords = true,
): TextToSpeech {
  return {
    async *speak(text, signal) {
      let left = after
      for await (const made of voice.speak(text, signal)) {
        for (const piece of piecesOf(made, cutMs)) {
          if (piece.kind === 'words' && !tellsWords) continue
          if (left-- > 0) yield piece
          else if (how === 'fails') throw DIED
          else if (how === 'ends') return
          else await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
        }
      }
    },
  }
}

/** Takes all text, and passes on so many items of the speech. */
const short = (voice: TextToSpeech, items: number): TextToSpeech => ({
  async *speak(text, signal) {
    let left = items
    for await (const made of voice.speak(text, signal)) if (left-- > 0) yield made
  },
})

/** Makes all sound, and tells so many words. */
const telling = (voice: TextToSpeech, most: number): TextToSpeech => ({
  async *speak(text, signal) {
    let left = most
    for await (const made of voice.speak(text, signal)) if (made.kind === 'audio' || left-- > 0) yield made
  },
})

const silent: TextToSpeech = {
  async *speak(text) {
    for await (const _piece of text) yield { kind: 'words', words: [] }
  },
}

function piecesOf(made: Speech, cutMs: number): readonly Speech[] {
  if (made.kind === 'words') return [made]
  const { pcm, rateHz } = made.frame
  const step = (cutMs / 1_000) * rateHz
  const count = Math.ceil(pcm.length / step)
  return Array.from({ length: count }, (_, i) => ({
    kind: 'audio',
    frame: { pcm: pcm.subarray(i * step, (i + 1) * step), rateHz },
  }))
}

function raised(): never {
  throw DIED
}

async function spoken(
  first: (voice: TextToSpeech) => TextToSpeech | Promise<TextToSpeech>,
  pieces: readonly string[] = PIECES,
) {
  const clock = new FakeClock()
  const voices = { first: new FakeVoice(clock), second: new FakeVoice(clock) }
  const notes: ProviderSwitched[] = []
  const used: Usage[] = []
  const breakers = openBreakers(clock)
  const candidates = [
    { name: 'first', title: 'First', open: () => first(voices.first) },
    { name: 'second', title: 'Second', open: () => voices.second },
  ]
  const note = (some: ProviderSwitched): void => void notes.push(some)
  const voice = failoverTextToSpeech(candidates, { clock, breakers, note, used: some => used.push(some) })
  const text = new Queue<string>(100)
  const words: Word[] = []
  let soundMs = 0
  /** The longest time in which nothing was there to be played. */
  let gapMs = 0
  let playedOutMs = clock.now()
  let isOver = false
  let error: unknown
  const speaking = (async () => {
    for await (const made of voice.speak(text, new AbortController().signal)) {
      if (made.kind === 'words') words.push(...made.words)
      else {
        const ms = (made.frame.pcm.length / made.frame.rateHz) * 1_000
        gapMs = Math.max(gapMs, clock.now() - playedOutMs)
        playedOutMs = Math.max(playedOutMs, clock.now()) + ms
        soundMs += ms
      }
    }
  })()
    .catch(failure => {
      error = failure
    })
    .finally(() => {
      isOver = true
    })
  for (const piece of pieces) {
    text.push(piece)
    await clock.advance(300)
  }
  text.close()
  for (let ms = 0; ms < 30_000 && !isOver; ms += 50) await clock.advance(50)
  void speaking
  if (!isOver) error = new Error('it does not end')
  await breakers.close()
  await clock.advance(0)
  return {
    words,
    said: words.map(word => word.text),
    soundMs,
    gapMs,
    notes,
    used,
    voices,
    error,
    pending: clock.pending,
    voice,
  }
}

const draw = seeded(7)
const CASES = Array.from({ length: 60 }, (_, i) => ({
  seed: i,
  after: Math.round(draw() * 60),
  how: i % 2 === 0 ? ('fails' as const) : ('stalls' as const),
  cutMs: [30, 100, 250][i % 3] ?? 100,
}))

test.each(CASES)(
  'case $seed: a voice that $how after $after pieces: every word is said once, and in order',
  async ({ after, how, cutMs }) => {
    const { said, words, error, voices, pending, gapMs, notes } = await spoken(voice => dying(voice, after, how, cutMs))
    expect(error).toBeUndefined()
    expect(said).toEqual(WORDS)
    for (const [i, word] of words.entries())
      expect(word.startMs).toBeGreaterThanOrEqual((words[i - 1]?.endMs ?? 0) - 30)
    expect([voices.first.speaking, voices.second.speaking, pending]).toEqual([0, 0, 0])
    expect(notes.length).toBeLessThanOrEqual(1)
    // 1.5 s until it is found, and the sound of the next one.
    expect(gapMs).toBeLessThanOrEqual(1_700)
  },
)

test('no half word is heard where the line has enough to play', async () => {
  // It dies in the middle of a word, long before the line has played what it has.
  const { soundMs, said } = await spoken(voice => dying(voice, 52, 'fails', 30))
  const whole = await spoken(voice => voice)
  expect(said).toEqual(whole.said)
  expect(Math.abs(soundMs - whole.soundMs)).toBeLessThan(60)
})

test('a voice that tells no words is followed by its sound', async () => {
  const { said } = await spoken(voice => dying(voice, 12, 'fails', 100, false))
  expect(said).toEqual(WORDS)
})

test('text without words is no failure', async () => {
  const { notes, error } = await spoken(() => silent, [' … '])
  expect([notes, error]).toEqual([[], undefined])
})

test('no text at all, as of an answer that only calls a tool, is no failure', async () => {
  const { notes, error, voices } = await spoken(voice => voice, [])
  expect([notes, error, voices.second.pieces]).toEqual([[], undefined, []])
})

test('a voice that makes no sound of words is left', async () => {
  const { said, notes } = await spoken(() => silent)
  expect(said).toEqual(WORDS)
  expect(notes).toMatchObject([{ port: 'TTS', atStage: 'connecting', why: 'First: it made no sound of words' }])
})

test('what is given to a second voice is counted once more', async () => {
  const { used } = await spoken(voice => dying(voice, 0, 'fails', 100))
  expect(used).toMatchObject([{ kind: 'tts-characters', by: 'second', characters: PIECES[0]?.length }])
})

test('the voice that will speak first is opened before it has anything to say', async () => {
  const clock = new FakeClock()
  const breakers = openBreakers(clock)
  const opened: string[] = []
  const candidates = ['first', 'second', 'third'].map(name => ({
    ...{ name, title: name },
    open() {
      opened.push(name)
      return new FakeVoice(clock)
    },
  }))
  failoverTextToSpeech(candidates, { clock, breakers, note: () => undefined })
  expect(opened).toEqual(['first'])
  breakers.of('TTS', { name: 'first' }).failed(true)
  failoverTextToSpeech(candidates, { clock, breakers, note: () => undefined })
  expect(opened).toEqual(['first', 'second'])
  await Promise.all([breakers.close(), clock.advance(0)])
})

test.each([
  ['throws', () => raised()],
  ['rejects', () => Promise.reject(DIED)],
] as const)('a voice whose opening %s is left when it should speak', async (_how, open) => {
  const { said, notes, error } = await spoken(() => open())
  expect(error).toBeUndefined()
  expect(said).toEqual(WORDS)
  expect(notes).toMatchObject([{ from: 'first', to: 'second', why: 'First: it died' }])
})

test.each([
  ['before it was given all', 12, true],
  ['before it was given all, and tells no words', 12, false],
  ['in the middle of the last piece', 38, true],
])('a voice that ends in good order %s is followed by the next one', async (_when, after, tellsWords) => {
  const { said, notes, error } = await spoken(voice => dying(voice, after, 'ends', 100, tellsWords))
  expect(error).toBeUndefined()
  expect(said).toEqual(WORDS)
  expect(notes).toMatchObject([{ to: 'second', why: 'First: its sound ended before the text' }])
})

test('a voice that has taken all text, and ends with a part of its sound, is followed by the next one', async () => {
  const { said, notes, error } = await spoken(voice => short(voice, 20))
  expect(error).toBeUndefined()
  expect(said).toEqual(WORDS)
  expect(notes).toMatchObject([{ to: 'second', why: 'First: its sound ended before the text' }])
})

test.each([
  ['all its words', 1_000],
  ['its first words alone', 6],
  ['no words', 0],
])('a voice that says all of the text, and tells %s, is not left', async (_which, most) => {
  const text = ['On 27/11/2026, at 8:15 p.m.,', ' it is "€ 1,250.00" -- see https://example.com (e.g. /menu)!']
  const { notes, error } = await spoken(voice => telling(voice, most), text)
  expect([notes, error]).toEqual([[], undefined])
})
