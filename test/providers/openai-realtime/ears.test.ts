import { expect, onTestFinished, test } from 'vitest'
import type { SttInput, Transcript } from '../../../src/conversation/ports.ts'
import { Queue } from '../../../src/conversation/queue.ts'
import { type HearingEvents, realtimeEars } from '../../../src/providers/openai-realtime/ears.ts'
import { errorOf } from '../../../src/providers/openai-realtime/failures.ts'
import type { Line } from '../../../src/providers/openai-realtime/line.ts'
import { FakeClock } from '../../fakes/clock.ts'
import { ends, starts, voiceAt } from '../local/fake-ears.ts'

/** The ears of a session that refuses each commit with this code. */
async function refusing(code: string) {
  const clock = new FakeClock()
  let listener: HearingEvents | undefined
  const line: Line = {
    ...{ openedAtMs: 0, wasReady: () => true, isUsable: () => true, isIdle: () => true, failure: undefined },
    ...{ close: () => undefined, heard: () => undefined, respond: () => expect.fail('nothing is asked') },
    send(event) {
      if (event.type !== 'input_audio_buffer.commit') return
      const error = { type: 'invalid_request_error', code, message: 'no' }
      listener?.refused(String(event.event_id), errorOf(error), code)
    },
  }
  const hearing = {
    live: () => line,
    listen: (next: HearingEvents | undefined) => {
      listener = next
    },
  }
  const ears = realtimeEars(
    { hearing, rateHz: 8_000, sessionHz: 8_000, voiceActivity: voiceAt(starts(500), ends(1_000)) },
    clock,
  )
  const call = new AbortController()
  onTestFinished(() => call.abort())
  const input = new Queue<SttInput>(1_000)
  const heard: Transcript[] = []
  let failure: unknown
  const over = (async () => {
    for await (const transcript of ears.transcribe(input, call.signal)) heard.push(transcript)
  })().catch(error => {
    failure = error
  })
  for (let atMs = 0; atMs < 8_000; atMs += 20) {
    input.push({ pcm: new Int16Array(160).fill(1_000), rateHz: 8_000, atMs })
    await clock.advance(20)
  }
  call.abort()
  await over
  return { heard, failure }
}

test('a commit that finds too little sound is an utterance without words, and the session goes on', async () => {
  const { heard, failure } = await refusing('input_audio_buffer_commit_empty')
  expect(failure).toBeUndefined()
  expect(heard.map(({ text, final }) => ({ text, final }))).toEqual([{ text: '', final: true }])
})

test('a commit that is refused for another reason ends the session', async () => {
  expect((await refusing('unknown_parameter')).failure).toMatchObject({ name: 'ProviderError', retryable: false })
})
