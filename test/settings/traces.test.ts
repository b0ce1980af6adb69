import { expect, test } from 'vitest'
import { readSettings } from '../../src/config.ts'
import { problemsOf } from './settings-problems.ts'

test('a collector has an address, and headers that may be secret', () => {
  const none = readSettings({})
  expect([none.OTEL_EXPORTER_OTLP_ENDPOINT, none.OTEL_EXPORTER_OTLP_HEADERS, none.OTEL_SERVICE_NAME]).toEqual([
    undefined,
    {},
    'partyline',
  ])
  const read = readSettings({
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318/',
    OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Basic%20YTpi==, x-team=a=b',
  })
  expect(read.OTEL_EXPORTER_OTLP_ENDPOINT).toBe('http://127.0.0.1:4318')
  expect(read.OTEL_EXPORTER_OTLP_HEADERS).toEqual({ authorization: 'Basic YTpi==', 'x-team': 'a=b' })
})

test.each(['secret', 'a b=secret', '=secret', 'a=%zzsecret', 'a=se%0Acret', 'a=1,'])(
  '%j is no header, and is not shown',
  text => {
    const said = problemsOf({ OTEL_EXPORTER_OTLP_HEADERS: text })
    expect(said).toEqual([expect.stringContaining('OTEL_EXPORTER_OTLP_HEADERS: must be name=value with commas')])
    expect(said.join()).not.toContain('secret')
  },
)

test('a collector without an address is refused', () => {
  expect(problemsOf({ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' })).toEqual([
    expect.stringContaining('OTEL_EXPORTER_OTLP_ENDPOINT: must be a URL with https: or http:'),
  ])
})
