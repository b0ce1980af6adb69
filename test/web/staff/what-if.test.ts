import { expect, test } from 'vitest'
import { changeOf, changeWords, fieldsOf } from '../../../src/web/staff/what-if/change.ts'

const before = fieldsOf({
  patience: { shortMs: 500, middleMs: 1_000, longMs: 3_000, finalMs: 700 },
  bargeIn: { voice: 'ducked', speechMs: 640, backChannelMs: 1_500 },
})

test('only what was changed is asked for', () => {
  expect(changeOf({ ...before, shortMs: '900' }, before)).toEqual({ patience: { shortMs: 900 } })
  const more = changeOf(
    { ...before, voice: 'held', speechMs: ' 300 ', instructions: ' Be brief. ', model: 'x' },
    before,
  )
  expect(more).toEqual({ bargeIn: { voice: 'held', speechMs: 300 }, instructions: 'Be brief.', model: 'x' })
  expect(typeof more === 'string' ? '' : changeWords(more)).toBe(
    'Silent after speech of 300 ms, Voice meanwhile held, another prompt, model x',
  )
})

test('what makes no sense is told before anything runs', () => {
  expect(changeOf(before, before)).toMatch(/Change something first/)
  expect(changeOf({ ...before, shortMs: '1,5' }, before)).toMatch(/whole number of ms.*“1,5”/)
  expect(changeOf({ ...before, longMs: '99999' }, before)).toMatch(/20,000 at most/)
  expect(changeOf({ ...before, shortMs: '2000' }, before)).toMatch(/Patience grows/)
})

test('a call without a policy in its journal can be run with any', () => {
  expect(changeOf({ ...fieldsOf(undefined), shortMs: '800' }, fieldsOf(undefined))).toEqual({
    patience: { shortMs: 800 },
  })
})
