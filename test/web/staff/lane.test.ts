import fc from 'fast-check'
import { expect, test } from 'vitest'
import { lastUntil } from '../../../src/web/staff/call/position.ts'
import { firstAtLeast, Lane } from '../../../src/web/staff/timeline/lane.ts'

const span = (fromMs: number, toMs: number, kind = 'a') => ({ fromMs, toMs, kind, label: '' })

test('spans between two moments are those that touch them, in whatever order they came and however they grew', () => {
  const spans = fc.array(fc.tuple(fc.nat(1_000), fc.nat(300), fc.nat(300)), { maxLength: 60 })
  fc.assert(
    fc.property(spans, fc.nat(1_000), fc.nat(400), (made, fromMs, ms) => {
      const lane = new Lane('turn')
      const added = made.map(([at, long]) => lane.add(span(at, at + long)))
      for (const [index, one] of added.entries()) lane.change(one, { toMs: one.toMs + (made[index]?.[2] ?? 0) })
      const toMs = fromMs + ms
      const expected = lane.spans.filter(one => one.toMs >= fromMs && one.fromMs <= toMs)
      expect(lane.between(fromMs, toMs)).toEqual(expected)
      expect(lane.spans.map(one => one.fromMs)).toEqual(made.map(([at]) => at).sort((a, b) => a - b))
    }),
  )
})

test('an hour seen at once is drawn from no more spans than there are pixels for, and nothing is missing', () => {
  const lane = new Lane('words')
  const [hourMs, px] = [3_600_000, 1_200]
  for (let atMs = 0; atMs < hourMs; atMs += 150) lane.add(span(atMs, atMs + 50, atMs % 600 === 0 ? 'final' : 'interim'))
  const seen = lane.visible(0, hourMs, hourMs / px)
  expect(seen.length).toBeLessThan(px)
  expect(seen.reduce((sum, { count }) => sum + count, 0)).toBe(lane.spans.length)
  expect(new Set(seen.map(({ kind }) => kind))).toEqual(new Set(['final', 'interim']))
  expect(lane.visible(0, 3_000, 5)).toEqual(lane.between(0, 3_000))
  lane.add(span(hourMs, hourMs, 'late'))
  expect(lane.visible(0, hourMs, hourMs / px).some(({ kind }) => kind === 'late')).toBe(true)
})

test('a place is found by halves', () => {
  const rising = fc.array(fc.nat(100)).map(numbers => [...numbers].sort((a, b) => a - b))
  fc.assert(
    fc.property(rising, fc.nat(110), (numbers, least) => {
      const found = numbers.findIndex(number => number >= least)
      expect(firstAtLeast(numbers, least)).toBe(found === -1 ? numbers.length : found)
      const last = numbers.findLastIndex(number => number <= least)
      expect(
        lastUntil(
          numbers.map(fromMs => ({ fromMs })),
          least,
        ),
      ).toBe(Math.max(0, last))
    }),
  )
})

test('a turn that one goes to is the one that one is at, though the player keeps its time a little shorter', () => {
  // Moments of a real call are no whole milliseconds.
  const turns = [0, 5_026.333_333, 8_412.666_667].map(fromMs => ({ fromMs }))
  const kept = turns.map(({ fromMs }) => (Math.floor(fromMs * 1_000) / 1_000_000) * 1_000)
  expect(kept.map(ms => lastUntil(turns, ms))).toEqual([0, 1, 2])
  expect(lastUntil(turns, 5_026.3)).toBe(0)
})
