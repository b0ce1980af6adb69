import { expect, test } from 'vitest'
import { chanceFrom } from '../../../src/turn-end/training/chance.ts'
import { cutsOf } from '../../../src/turn-end/training/cuts.ts'
import { auc, shareAbove, thresholdFor } from '../../../src/turn-end/training/measure.ts'
import { pausesLongerThan } from '../../bench/pauses.ts'

const scores = (...values: readonly number[]): Float64Array => Float64Array.from(values)

test('the area under the curve counts the pairs in the right order, ties by half', () => {
  expect(auc({ whole: scores(0.9, 0.8), cut: scores(0.1, 0.2, 0.3) })).toBe(1)
  expect(auc({ whole: scores(0.1), cut: scores(0.9) })).toBe(0)
  expect(auc({ whole: scores(0.5, 0.9), cut: scores(0.5, 0.1) })).toBe(0.875)
})

test('a threshold is reached by the share of scores that it was chosen for', () => {
  const hundred = Float64Array.from({ length: 100 }, (_, index) => index / 100)
  expect(shareAbove(hundred, thresholdFor(hundred, 0.8))).toBeCloseTo(0.8)
  expect(shareAbove(hundred, thresholdFor(hundred, 0.9))).toBeCloseTo(0.9)
})

test('pauses are as calibrated: plain silence cuts off 55.6 % at 300 ms and 21.7 % at 600 ms', () => {
  expect(pausesLongerThan(300)).toBeCloseTo(0.556, 2)
  expect(pausesLongerThan(333)).toBeCloseTo(0.5, 6)
  expect(pausesLongerThan(600)).toBeCloseTo(0.217, 2)
})

test('each cut has its kind of place', () => {
  expect(cutsOf('Yes, I do. Call Mr. Smith and me').map(({ said, place }) => [said, place])).toEqual([
    ['Yes,', 'comma'],
    ['Yes, I', 'inside a clause'],
    ['Yes, I do.', 'sentence end'],
    ['Yes, I do. Call', 'inside a clause'],
    ['Yes, I do. Call Mr.', 'inside a clause'],
    ['Yes, I do. Call Mr. Smith', 'before a conjunction'],
    ['Yes, I do. Call Mr. Smith and', 'inside a clause'],
  ])
})

test('the same seed draws the same, another one differently', () => {
  const draws = (seed: number): readonly number[] => {
    const chance = chanceFrom(seed)
    return Array.from({ length: 20 }, () => chance.draw())
  }
  expect(draws(1)).toEqual(draws(1))
  expect(draws(1)).not.toEqual(draws(2))
  expect(draws(1).every(draw => draw >= 0 && draw < 1)).toBe(true)
})
