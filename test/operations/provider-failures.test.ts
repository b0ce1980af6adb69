import { expect, test } from 'vitest'
import type { JournalLine, Line } from '../../src/conversation/lines.ts'
import { providerFailures } from '../../src/operations/provider-failures.ts'
import { FakeClock } from '../fakes/clock.ts'

const atMs = 0
const failed = (provider: string): Line => ({ input: { kind: 'reply-failed', reply: 1, provider, why: 'x', atMs } })
const notHeard: Line = { input: { kind: 'stt-failed', session: 1, why: 'x', retryable: true, atMs } }
const words: Line = { input: { kind: 'words', text: 'hello', final: false, ended: false, atMs } }
const asked: Line = { decided: { kind: 'model-asked', reply: 1, part: 0, messages: 1 } }
const done: Line = { input: { kind: 'reply-done', reply: 1, atMs } }

function opened() {
  const clock = new FakeClock()
  const failures = providerFailures(clock)
  /** Tells a new call these lines. */
  function call(...lines: readonly Line[]): void {
    const take = failures.ofCall()
    for (const line of lines) take({ v: 2, seq: 1, atMs, ...line } satisfies JournalLine)
  }
  return { clock, call, reasons: failures.reasons }
}

const OPENAI = 'OpenAI: failed 3 times in a row in the last minute'

test('three failures in a row are a reason, over several calls, for a minute', async () => {
  const { clock, call, reasons } = opened()
  call(failed('OpenAI'), failed('OpenAI'))
  expect(reasons()).toEqual([])
  call(failed('OpenAI'))
  expect(reasons()).toEqual([OPENAI])
  await clock.advance(60_000)
  expect(reasons()).toEqual([])
})

test('each provider counts alone', () => {
  const { call, reasons } = opened()
  call(failed('OpenAI'), failed('Cartesia'), notHeard, failed('OpenAI'), failed('Cartesia'), notHeard)
  expect(reasons()).toEqual([])
  call(notHeard, failed('Cartesia'))
  expect(reasons().map(reason => reason.split(':')[0])).toEqual(['Cartesia', 'speech-to-text'])
})

test('a reply that the model and the voice made ends the row, an apology from the disk does not', () => {
  const { call, reasons } = opened()
  call(failed('OpenAI'), done, failed('OpenAI'), done, failed('OpenAI'), done)
  expect(reasons()).toEqual([OPENAI])
  call(asked, done)
  expect(reasons()).toEqual([])
})

test('a word that was heard ends the row of speech-to-text', () => {
  const { call, reasons } = opened()
  call(notHeard, notHeard, words, notHeard)
  expect(reasons()).toEqual([])
})

test('failures that are far apart are no row', async () => {
  const { clock, call, reasons } = opened()
  for (let i = 0; i < 10; i++) {
    call(failed('OpenAI'))
    await clock.advance(30_000)
  }
  expect(reasons()).toEqual([])
})
