import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import type { Clock, Word } from '../../src/conversation/ports.ts'
import { openFlite, type Spoken } from '../../src/flite/flite.ts'
import { estimatedWords, spreadWords } from '../../src/providers/estimated-words.ts'

const flite = openFlite()
afterAll(() => flite.close())
const never = new AbortController().signal
const spoken = (text: string): Promise<Spoken> => flite.synthesize(text, 'slt', never)

/** A clock that the test moves. */
function movedClock() {
  const moved = { atMs: 0 }
  const clock: Clock = { ...systemClock, now: () => moved.atMs }
  return { clock, moved }
}

const CLAUSES = [
  'Good morning, this is the Task Manager.',
  'You have three tasks due today: call the dentist, water the plants, and send the invoice to Marquette.',
  'The meeting is at 10 30 on Friday.',
  'I have moved it to next Thursday at five.',
  'Is there anything else that I can do for you?',
]
const texts = (words: readonly Word[]): string => words.map(({ text }) => text).join(' ')
const isInOrder = (words: readonly Word[]): boolean =>
  words.every(({ startMs, endMs }, i) => endMs >= startMs && startMs >= (words[i - 1]?.endMs ?? 0) - 0.001)

/** Gives the sound in pieces of 100 ms, one each `paceMs`. */
function said(sounds: readonly (readonly [string, Spoken])[], paceMs: number) {
  const { clock, moved } = movedClock()
  const words = estimatedWords(clock)
  const told: { readonly word: Word; readonly soundMs: number }[] = []
  let soundMs = 0
  const tell = (list: readonly Word[]): void => void told.push(...list.map(word => ({ word, soundMs })))
  for (const [text, { pcm, rateHz }] of sounds) {
    tell(words.clause(text))
    for (let at = 0; at < pcm.length; at += rateHz / 10) {
      moved.atMs += paceMs
      const piece = pcm.subarray(at, at + rateHz / 10)
      soundMs += (piece.length / rateHz) * 1_000
      tell(words.sound({ pcm: piece, rateHz }))
    }
  }
  tell(words.end())
  return told
}

/** How far from the truth the ends of the words are, in ms; above zero: said to be heard later than they are. */
async function errors(paceMs: number): Promise<readonly number[]> {
  const sounds = await Promise.all(CLAUSES.map(async text => [text, await spoken(text)] as const))
  const told = said(sounds, paceMs)
  const truth: Word[] = []
  let fromMs = 0
  for (const [, { pcm, rateHz, words }] of sounds) {
    truth.push(...words.map(word => ({ ...word, startMs: fromMs + word.startMs, endMs: fromMs + word.endMs })))
    fromMs += (pcm.length / rateHz) * 1_000
  }
  expect(texts(told.map(({ word }) => word))).toBe(texts(truth))
  return told.map(({ word }, i) => word.endMs - (truth[i]?.endMs ?? 0))
}
const share = (list: readonly number[], q: number): number =>
  list.toSorted((a, b) => a - b)[Math.floor(q * (list.length - 1))] ?? 0

test('words of sound that came at once are within a word of the truth', async () => {
  const off = (await errors(1)).map(Math.abs)
  expect(share(off, 0.5)).toBeLessThan(120)
  expect(share(off, 0.95)).toBeLessThan(300)
})

test('words of sound that comes as slowly as it plays are told as they sound, later rather than earlier', async () => {
  const off = await errors(100)
  expect(share(off.map(Math.abs), 0.5)).toBeLessThan(200)
  expect(share(off, 0.05)).toBeGreaterThan(-150)
  const told = said([[CLAUSES[1] ?? '', await spoken(CLAUSES[1] ?? '')]], 100)
  const { pcm, rateHz } = await spoken(CLAUSES[1] ?? '')
  const halfMs = ((pcm.length / rateHz) * 1_000) / 2
  expect(told.filter(({ soundMs }) => soundMs <= halfMs).length).toBeGreaterThan(5)
  expect(told.every(({ word, soundMs }) => word.endMs <= soundMs + 0.001)).toBe(true)
})

test('no word is told before its sound can have been heard, unless the clause is whole', async () => {
  const text = CLAUSES[1] ?? ''
  const sound = await spoken(text)
  const told = said([[text, sound]], 1)
  const wholeMs = (sound.pcm.length / sound.rateHz) * 1_000
  expect(told.every(({ soundMs }) => soundMs === wholeMs)).toBe(true)
})

const quiet = (ms: number, rateHz = 8_000) => ({ pcm: new Int16Array((ms / 1_000) * rateHz), rateHz })
const loud = (ms: number, rateHz = 8_000) => ({ pcm: new Int16Array((ms / 1_000) * rateHz).fill(8_000), rateHz })

test('silence around a clause belongs to no word', () => {
  const words = estimatedWords(movedClock().clock)
  words.clause('One two.')
  for (const frame of [quiet(200), loud(600), quiet(300)]) words.sound(frame)
  const timed = words.end()
  expect(timed[0]).toMatchObject({ text: 'One', startMs: 200 })
  expect(timed[1]).toMatchObject({ text: 'two.', endMs: 800 })
  words.clause('Three.')
  words.sound(loud(400))
  expect(words.end()).toEqual([{ text: 'Three.', startMs: 1_100, endMs: 1_500 }])
})

test('a clause of which no sound came has its words where it would have been', () => {
  const words = estimatedWords(movedClock().clock)
  words.clause('Yes.')
  words.sound(loud(500))
  expect(words.clause('Well then.')).toEqual([{ text: 'Yes.', startMs: 0, endMs: 500 }])
  expect(words.end()).toEqual([
    { text: 'Well', startMs: 500, endMs: 500 },
    { text: 'then.', startMs: 500, endMs: 500 },
  ])
  expect(words.end()).toEqual([])
})

test('a clause that goes on is one clause', () => {
  const apart = estimatedWords(movedClock().clock)
  apart.clause('One, ')
  apart.more('two three.')
  apart.sound(loud(1_000))
  expect(apart.end()).toEqual(spreadWords('One, two three.', 0, 1_000))
})

test('signs that stand alone go with a word', () => {
  expect(spreadWords('— Well … yes , 7 !', 0, 1_000).map(({ text }) => text)).toEqual(['— Well …', 'yes ,', '7 !'])
  expect(spreadWords(' … ', 0, 1_000)).toEqual([])
})

test('whatever the clauses, pieces and pace, each word comes once, in order, within the sound', () => {
  const piece = fc.record({ ms: fc.integer({ min: 1, max: 400 }), isLoud: fc.boolean(), waitMs: fc.nat(600) })
  const clause = fc.record({
    words: fc.array(fc.stringMatching(/^[A-Za-z0-9]{1,12}[.,]?$/), { maxLength: 8 }),
    pieces: fc.array(piece, { maxLength: 12 }),
  })
  fc.assert(
    fc.property(fc.array(clause, { maxLength: 5 }), clauses => {
      const { clock, moved } = movedClock()
      const words = estimatedWords(clock)
      const told: Word[] = []
      let soundMs = 0
      for (const { words: said, pieces } of clauses) {
        told.push(...words.clause(said.join(' ')))
        for (const { ms, isLoud, waitMs } of pieces) {
          moved.atMs += waitMs
          soundMs += ms
          told.push(...words.sound(isLoud ? loud(ms) : quiet(ms)))
        }
      }
      told.push(...words.end())
      expect(texts(told)).toBe(clauses.flatMap(({ words: said }) => said).join(' '))
      expect(isInOrder(told)).toBe(true)
      expect(told.every(({ endMs }) => endMs <= soundMs + 0.001)).toBe(true)
    }),
    { numRuns: 200 },
  )
})
