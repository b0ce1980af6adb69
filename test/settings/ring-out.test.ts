import { expect, test } from 'vitest'
import { readSettings } from '../../src/config.ts'
import { problemsOf } from './settings-problems.ts'

const ACCOUNT = { TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}` }
const FROM = { RING_OUT_FROM: '+4930123456' }

test('nobody is rung unless it is said from which number, and who may be', () => {
  const { RING_OUT_FROM, RING_OUT_TO } = readSettings({})
  expect([RING_OUT_FROM, RING_OUT_TO]).toEqual([undefined, undefined])
  expect(readSettings({ ...ACCOUNT, ...FROM, RING_OUT_TO: '+4930, +15550001111' }).RING_OUT_TO).toEqual([
    '+4930',
    '+15550001111',
  ])
  expect(problemsOf({ ...ACCOUNT, ...FROM })).toEqual([expect.stringContaining('RING_OUT_TO: is missing')])
  expect(problemsOf({ RING_OUT_TO: '+49' })).toEqual([expect.stringContaining('RING_OUT_FROM: is missing')])
  expect(problemsOf({ ...FROM, RING_OUT_TO: '+49' })).toEqual([
    expect.stringContaining('TWILIO_ACCOUNT_SID: is missing'),
  ])
})

test.each(['*', '+', '49', '+0', '+49,', '+4930 1', 'all', '+1;+2'])('%s names nobody who may be rung', to => {
  expect(problemsOf({ ...ACCOUNT, ...FROM, RING_OUT_TO: to })).toEqual([
    expect.stringContaining('RING_OUT_TO: must be numbers, or beginnings of numbers'),
  ])
})
