import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Caption, captionOf, folded } from '../../src/web/state/captions.ts'

const caption = (segment: string, text: string, more: Partial<Caption> = {}): Caption => ({
  ...{ segment, text, speaker: 'agent', isFinal: false, isInterrupted: false, sentMs: 0 },
  ...more,
})
const all = (...captions: readonly Caption[]): readonly Caption[] => captions.reduce(folded, [] as readonly Caption[])
const texts = (captions: readonly Caption[]): readonly string[] => captions.map(({ text }) => text)

test('a segment that grows stays in its place', () => {
  const captions = all(
    caption('a', 'Good', { sentMs: 1 }),
    caption('b', 'hi', { sentMs: 2, speaker: 'caller' }),
    caption('a', 'Good morning', { sentMs: 3, isFinal: true }),
  )
  expect(texts(captions)).toEqual(['Good morning', 'hi'])
  expect(captions[0]?.isFinal).toBe(true)
})

test('what was sent before does not replace what was sent after', () => {
  expect(texts(all(caption('a', 'Good morning', { sentMs: 3 }), caption('a', 'Good', { sentMs: 1 })))).toEqual([
    'Good morning',
  ])
})

test('what nobody heard goes away', () => {
  expect(all(caption('a', 'Good'), caption('a', '', { isInterrupted: true }))).toEqual([])
  expect(all(caption('a', '  '))).toEqual([])
})

test('a page that stays open for a day holds a bounded number of letters', () => {
  const many = Array.from({ length: 500 }, (_, index) => caption(`${index}`, 'x'.repeat(index === 499 ? 9_000 : 1)))
  const captions = all(...many)
  expect(captions.length).toBe(300)
  expect(captions.at(-1)?.text.length).toBe(5_000)
})

test('a stream is a caption when it says its segment and who speaks', () => {
  expect(
    captionOf('Hi', { 'lk.segment_id': 's1', 'lk.transcription_final': 'true', 'partyline.speaker': 'caller' }, 5),
  ).toEqual(caption('s1', 'Hi', { speaker: 'caller', isFinal: true, sentMs: 5 }))
  expect(
    captionOf('H', { 'lk.segment_id': 's1', 'partyline.speaker': 'agent', 'partyline.interrupted': 'true' }, 5),
  ).toMatchObject({ isFinal: false, isInterrupted: true })
  expect(captionOf('Hi', { 'partyline.speaker': 'caller' }, 5)).toBeUndefined()
  expect(captionOf('Hi', { 'lk.segment_id': 's1', 'partyline.speaker': 'other' }, 5)).toBeUndefined()
  expect(captionOf('Hi', undefined, 5)).toBeUndefined()
})

test('no segment is ever there twice', () => {
  const some = fc.record({ segment: fc.constantFrom('a', 'b', 'c'), text: fc.string(), sentMs: fc.nat(9) })
  fc.assert(
    fc.property(fc.array(some), given => {
      const captions = all(...given.map(({ segment, text, sentMs }) => caption(segment, text, { sentMs })))
      expect(new Set(captions.map(({ segment }) => segment)).size).toBe(captions.length)
    }),
  )
})
