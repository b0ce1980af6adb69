import { expect, test } from 'vitest'
import type { Usage } from '../../../src/conversation/lines.ts'
import type { Clock, SpeechToText, SttInput, Transcript } from '../../../src/conversation/ports.ts'
import { Queue } from '../../../src/conversation/queue.ts'
import { emptyUtterance, withWords, wordsOf } from '../../../src/conversation/turn/utterance.ts'
import { openBreakers } from '../../../src/providers/failover/breaker.ts'
import type { ProviderSwitched } from '../../../src/providers/failover/candidate.ts'
import { failoverSpeechToText } from '../../../src/providers/failover/speech-to-text.ts'
import { seeded } from '../../../src/sandbox/chance.ts'
import { FakeClock } from '../../fakes/clock.ts'
import { frameOf, soundOf, WordEars, type WordEarsOptions } from '../../fakes/word-ears.ts'

const WORDS = 'I would like to book a table for two people on Friday evening at eight'.split(' ')
const MORE = 'and a high chair for no no extra money please'.split(' ')
const SAID = [...WORDS, ...MORE].join(' ')

interface Case {
  readonly first: WordEarsOptions
  readonly second?: WordEarsOptions
  readonly words?: readonly (string | { readonly pause: number })[]
  /** Around the first ears. */
  readonly around?: (ears: SpeechToText, clock: Clock) => SpeechToText
}

/** What a call understands of a caller, and what was noted. A flush comes 300 ms after the last sound, as of the detector. */
async function heard({
  first,
  second = {},
  words = [...WORDS, { pause: 40 }, ...MORE, { pause: 150 }],
  around = same => same,
}: Case) {
  const clock = new FakeClock()
  const beganMs = clock.now()
  const known: string[] = []
  const sound = soundOf(words, known)
  const dead = (options: WordEarsOptions): WordEarsOptions =>
    options.deadFromMs === undefined ? options : { ...options, deadFromMs: options.deadFromMs + beganMs }
  const ears = { first: new WordEars(clock, known, dead(first)), second: new WordEars(clock, known, dead(second)) }
  const notes: ProviderSwitched[] = []
  const breakers = openBreakers(clock)
  const candidates = Object.entries(ears).map(([name, one]) => ({
    ...{ name, title: name },
    open: () => (name === 'first' ? around(one, clock) : one),
  }))
  const used: Usage[] = []
  const told = { note: (note: ProviderSwitched) => notes.push(note), used: (one: Usage) => used.push(one) }
  const stt = failoverSpeechToText(candidates, { clock, breakers, ...told })
  const input = new Queue<SttInput>(500)
  const stop = new AbortController()
  const transcripts: (Transcript & { readonly atMs: number })[] = []
  let error: unknown
  const reading = (async () => {
    for await (const transcript of stt.transcribe(input, stop.signal))
      transcripts.push({ ...transcript, atMs: clock.now() - beganMs })
  })().catch(failure => {
    error = failure
  })
  let quiet = 0
  for (const [index, pcm] of sound.entries()) {
    quiet = pcm[0] === 0 ? quiet + 1 : 0
    input.push(frameOf(pcm, clock.now()))
    if (quiet === 15 && index > 20) input.push('flush')
    await clock.advance(20)
  }
  stop.abort(new Error('over'))
  await breakers.close()
  await reading
  await clock.advance(0)
  let utterance = emptyUtterance(0)
  for (const transcript of transcripts) utterance = withWords(utterance, transcript)
  return {
    said: wordsOf(utterance),
    finals: utterance.finalWords,
    transcripts,
    notes,
    used,
    error,
    ears,
    pending: clock.pending,
  }
}

test('ears that work are the only ones', async () => {
  const { finals, notes, ears, pending } = await heard({ first: {} })
  expect(finals).toBe(SAID)
  expect([notes.length, ears.second.sessions, pending]).toEqual([0, 0, 0])
})

const draw = seeded(16)
const CASES = Array.from({ length: 60 }, (_, i) => ({
  seed: i,
  atMs: Math.round(draw() * 8_000),
  dies: i % 3 === 2 ? ('deaf' as const) : ('throws' as const),
  first: { dates: i % 2 === 0, interims: i % 5 !== 4 },
  second: { dates: i % 4 < 2, interims: i % 7 !== 6, finalAfterMs: 100 + Math.round(draw() * 400) },
}))

test.each(CASES)(
  'case $seed: where the first ears are $dies from $atMs ms on, no word is lost or told twice',
  async each => {
    const first = { ...each.first, dies: each.dies, deadFromMs: each.atMs }
    const { finals, notes, error, ears, pending } = await heard({ first, second: each.second })
    expect(error).toBeUndefined()
    expect(finals).toBe(SAID)
    expect(notes.length).toBeLessThanOrEqual(1)
    expect([ears.first.open, ears.second.open, pending]).toEqual([0, 0, 0])
  },
)

test('deaf ears are found after the pause of the caller, and the words come soon', async () => {
  const { transcripts, notes } = await heard({
    first: { dies: 'deaf', deadFromMs: 0 },
    words: [...WORDS, { pause: 150 }],
  })
  const endMs = WORDS.length * 300
  expect(transcripts.find(({ final }) => final)?.atMs).toBeLessThan(endMs + 2_500)
  expect(notes).toMatchObject([{ port: 'STT', from: 'first', to: 'second', atStage: 'mid-utterance' }])
})

test('noise without words is no failure: another is asked a few times, and the first one stays', async () => {
  const mumbled = Array.from({ length: 12 }, () => [{ pause: 0 }, '', { pause: 100 }]).flat()
  const { notes, ears, error } = await heard({
    first: { dies: 'deaf', deadFromMs: 0 },
    second: { dies: 'deaf', deadFromMs: 0 },
    words: mumbled,
  })
  expect(error).toBeUndefined()
  expect(notes).toEqual([])
  expect(ears.second.sessions).toBeLessThanOrEqual(3)
})

test('what a second opinion was given is counted, also where it heard nothing', async () => {
  const { used, ears } = await heard({
    first: { dies: 'deaf', deadFromMs: 0 },
    second: { dies: 'deaf', deadFromMs: 0 },
    words: ['one', 'two', { pause: 400 }],
  })
  expect(ears.second.sessions).toBe(1)
  // Half a second of words, the pause until it was asked, and four seconds beside the first.
  expect(used).toMatchObject([{ kind: 'stt-seconds', by: 'second', again: true }])
  const [{ seconds = 0 } = {}] = used.flatMap(one => (one.kind === 'stt-seconds' ? [one] : []))
  expect(seconds).toBeGreaterThan(4)
  expect(seconds).toBeLessThan(6.5)
})

test('when both are dead the session fails', async () => {
  const { error } = await heard({ first: { deadFromMs: 1_000 }, second: { deadFromMs: 0 } })
  expect(error).toEqual(new Error('died'))
})

test.each([true, false])('a long utterance without final words is heard again as a whole (dated: %s)', async dates => {
  const words = [...WORDS, { pause: 25 }, ...MORE, { pause: 25 }, ...WORDS, { pause: 150 }]
  const first = { deadFromMs: 11_500, finalAfterMs: 60_000, dates: false }
  const { said } = await heard({ first, second: { dates, finalAfterMs: 200 }, words })
  expect(said).toBe([...WORDS, ...MORE, ...WORDS].join(' '))
})

test('the times of words are those of the call’s sound, whoever hears them, and of the words that are told', async () => {
  const dated: Case['around'] = ears => ({
    async *transcribe(input, signal) {
      let ms = 0
      async function* counted(): AsyncGenerator<SttInput> {
        for await (const item of input) {
          if (item !== 'flush') ms += 20
          yield item
        }
      }
      for await (const transcript of ears.transcribe(counted(), signal)) {
        const texts = transcript.text.split(' ')
        yield { ...transcript, words: texts.map(text => ({ text, startMs: Math.max(0, ms - 100), endMs: ms })) }
      }
    },
  })
  const { transcripts } = await heard({ first: { deadFromMs: 3_000 }, around: dated })
  const timed = transcripts.filter(({ words }) => words !== undefined)
  expect(timed.length).toBeGreaterThan(5)
  for (const { text, words = [], atMs } of timed) {
    expect(words.map(one => one.text).join(' ')).toBe(text)
    expect(Math.abs((words.at(-1)?.endMs ?? 0) - atMs)).toBeLessThan(400)
  }
})

test('sound that was gone before the first ears were open does not make their times wrong', async () => {
  const { finals } = await heard({
    first: { deadFromMs: 8_500, dates: true },
    second: { dates: true },
    words: [{ pause: 160 }, ...WORDS, { pause: 30 }, ...MORE, { pause: 150 }],
    around: (ears, clock) => ({
      async *transcribe(input, signal) {
        await clock.sleep(3_000, signal)
        yield* ears.transcribe(input, signal)
      },
    }),
  })
  expect(finals).toBe(SAID)
})

test('ears that find silence wherever somebody speaks are not believed', async () => {
  const { finals, notes } = await heard({
    first: {},
    words: [...WORDS, { pause: 200 }],
    around: () => ({
      async *transcribe(input) {
        let ms = 0
        for await (const item of input)
          if (item === 'flush') yield { text: '', final: true, ended: false, untilMs: ms }
          else ms += 20
      },
    }),
  })
  expect(finals).toBe(WORDS.join(' '))
  expect(notes).toMatchObject([{ from: 'first', to: 'second' }])
})

test.each(['first', 'second'])('where the %s cannot be opened, the other one hears the call', async which => {
  const clock = new FakeClock()
  const known: string[] = []
  const sound = soundOf(['one', 'two', { pause: 100 }], known)
  const breakers = openBreakers(clock)
  const candidates = ['first', 'second'].map(name => ({
    ...{ name, title: name },
    open() {
      if (name === which) throw new Error('it does not know this language')
      return new WordEars(clock, known, {})
    },
  }))
  const stt = failoverSpeechToText(candidates, { clock, breakers, note: () => undefined })
  expect(stt.finalWithinMs).toBe(0)
  const input = new Queue<SttInput>(500)
  const stop = new AbortController()
  const heardWords: string[] = []
  const reading = (async () => {
    for await (const { text, final } of stt.transcribe(input, stop.signal)) if (final) heardWords.push(text)
  })()
  for (const pcm of sound) {
    input.push(frameOf(pcm, clock.now()))
    await clock.advance(20)
  }
  input.close()
  await clock.advance(5_000)
  stop.abort(new Error('over'))
  await reading
  expect(heardWords.join(' ')).toBe('one two')
  await Promise.all([breakers.close(), clock.advance(0)])
})
