import { expect, test } from 'vitest'
import type { JournalLine } from '../../src/conversation/lines.ts'
import { failures } from '../../src/metrics/failures.ts'
import { labelOf } from '../../src/metrics/label-values.ts'
import { requests } from '../../src/metrics/requests.ts'

const PROVIDERS = {
  stt: { provider: 'deepgram', model: 'nova-3' },
  llm: { provider: 'openai', model: 'gpt-4o-mini' },
  tts: { provider: 'cartesia', model: 'sonic-3' },
  sight: { provider: 'gemini', model: 'flash' },
  named: [
    { port: 'STT', name: 'deepgram', provider: 'deepgram', model: 'nova-3' },
    { port: 'STT', name: 'whisper', provider: 'whisper', model: 'whisper-1' },
  ],
} as const
const at = (atMs: number, line: object): JournalLine => ({ ...line, atMs }) as JournalLine
const switched = (more: object = {}) =>
  at(100, {
    noted: {
      kind: 'provider-switched',
      port: 'STT',
      from: 'deepgram',
      to: 'whisper',
      why: 'Deepgram: closed with 1006',
      ...more,
    },
  })

test('a switch counts as a failure that was survived, of the provider before it', () => {
  expect(failures(PROVIDERS)(switched())).toEqual([
    {
      metric: 'provider_failures_total',
      labels: { kind: 'stt', provider: 'deepgram', reason: 'connection' },
      value: 1,
    },
    { metric: 'provider_failovers_total', labels: { kind: 'stt', provider: 'deepgram' }, value: 1 },
  ])
})

test('a switch for failures in other calls is no failure of this one', () => {
  expect(failures(PROVIDERS)(switched({ elsewhere: true })).map(({ metric }) => metric)).toEqual([
    'provider_failovers_total',
  ])
})

test('times and failures after it are those of the one that took over', () => {
  const [failed, timed] = [failures(PROVIDERS), requests(PROVIDERS)]
  failed(switched())
  timed(switched())
  const lost = at(200, { input: { kind: 'stt-failed', session: 1, why: 'no message for 10000 ms', retryable: true } })
  expect(failed(lost)).toMatchObject([{ labels: { provider: 'whisper', reason: 'timeout' } }])
  timed(at(300, { input: { kind: 'speech-end', lastVoicedMs: 300 } }))
  const words = at(700, { input: { kind: 'words', text: 'Yes.', final: true, ended: false } })
  expect(timed(words)).toEqual([
    { metric: 'provider_seconds', labels: { kind: 'stt', provider: 'whisper', model: 'whisper-1' }, value: 0.4 },
  ])
})

test('labels have no values beyond their set', () => {
  expect([
    labelOf('STT', 'local'),
    labelOf('TTS', 'local'),
    labelOf('LLM', 'groq'),
    labelOf('LLM', './mine.ts'),
  ]).toEqual(['local-ears', 'local-voice', 'groq', 'other'])
})
