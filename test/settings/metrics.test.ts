import { expect, test } from 'vitest'
import { readSettings } from '../../src/config.ts'
import { problemsOf } from './settings-problems.ts'

test('metrics are off, and reach no further than this machine unless that is said', () => {
  const { METRICS_PORT, METRICS_HOST } = readSettings({})
  expect([METRICS_PORT, METRICS_HOST]).toEqual([undefined, '127.0.0.1'])
  expect(readSettings({ METRICS_PORT: '9464', METRICS_HOST: '0.0.0.0' })).toMatchObject({
    METRICS_PORT: 9_464,
    METRICS_HOST: '0.0.0.0',
  })
})

test.each([[{ METRICS_PORT: '8080' }], [{ PORT: '9000', METRICS_PORT: '9000' }]])(
  '%j would show them to everybody',
  env => {
    expect(problemsOf(env)).toEqual([expect.stringContaining('METRICS_PORT: must be another port than PORT')])
  },
)

test('two free ports are two ports', () => {
  expect(problemsOf({ PORT: '0', METRICS_PORT: '0' })).toEqual([])
})
