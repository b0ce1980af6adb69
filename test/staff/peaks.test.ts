import { expect, test } from 'vitest'
import { encodeWav } from '../../src/audio/wav.ts'
import type { CallAudio } from '../../src/records/records.ts'
import * as shapes from '../../src/staff/api-shapes.ts'
import { callPeaks } from '../../src/staff/calls/peaks.ts'
import { memoryRecords } from './memory-records.ts'
import { CALL_ID, oneCall } from './one-call.ts'
import { staffServer, told } from './staff-server.ts'

const never = new AbortController().signal
const RATE = 8_000
const wav = encodeWav({ pcm: new Int16Array(RATE * 2).fill(32_767), rateHz: RATE, channels: 2 })

/** A recording that says how often it is read, and by how many at a time. */
function recording(file: Uint8Array = wav, hold: Promise<unknown> = Promise.resolve(), bytes = file.length) {
  const seen = { reads: 0, now: 0, most: 0 }
  const audio: CallAudio = {
    bytes,
    async *read(from, to, signal) {
      seen.reads++
      seen.most = Math.max(seen.most, ++seen.now)
      try {
        await hold
        signal.throwIfAborted()
        yield file.subarray(from, to)
      } finally {
        seen.now--
      }
    },
  }
  return { audio, seen }
}

test('staff get the waveform of a recording, which is written down as that', async () => {
  const { records } = memoryRecords([{ ...oneCall(), audio: new Map([[1, wav]]) }])
  const { asking, cookieOf, rows } = await staffServer({ records })
  const ask = asking(await cookieOf('listener'))
  const { body } = await ask('GET', `/staff/api/calls/${CALL_ID}/peaks/1`)
  const { lengthMs, peakMs, caller, agent } = shapes.peaks.strict().parse(body)
  expect([lengthMs, peakMs]).toEqual([1_000, 10])
  for (const side of [caller, agent]) expect(new Set(Buffer.from(side, 'base64'))).toEqual(new Set([255]))
  expect((await ask('GET', `/staff/api/calls/${CALL_ID}/peaks/2`)).status).toBe(404)
  await ask('GET', `/staff/api/calls/${CALL_ID}/peaks/1`)
  await ask('GET', `/staff/api/calls/${CALL_ID}/audio/1`)
  expect(told(await rows())).toEqual([`Lea (listener) waveform ${CALL_ID}`, `Lea (listener) audio ${CALL_ID}`])
})

test('a recording that is none is said to have no waveform', async () => {
  const { asking, cookieOf, errors } = await staffServer()
  const { status, body } = await asking(await cookieOf('listener'))('GET', `/staff/api/calls/${CALL_ID}/peaks/1`)
  expect([status, body.error.message]).toEqual([
    503,
    expect.stringContaining('no waveform: the recording is not a WAV'),
  ])
  expect(errors).toEqual([])
})

test('a recording is read once, until it has grown or its caller is forgotten', async () => {
  const { audio, seen } = recording()
  const peaks = callPeaks()
  await Promise.all([1, 2, 3].map(() => peaks.of('one', 1, audio, never)))
  expect(seen).toMatchObject({ reads: 1, now: 0 })
  await peaks.of('one', 1, recording(encodeWav({ pcm: new Int16Array(9), rateHz: RATE, channels: 1 })).audio, never)
  peaks.forget(['two', 'one'])
  await peaks.of('one', 1, audio, never)
  expect(seen.reads).toBe(2)
})

test('recordings are read one at a time, and who has left keeps nobody waiting', async () => {
  const gate = Promise.withResolvers<void>()
  const { audio, seen } = recording(wav, gate.promise)
  const peaks = callPeaks()
  const leaving = new AbortController()
  const first = peaks.of('one', 1, audio, never)
  const second = peaks.of('two', 1, audio, leaving.signal)
  const third = peaks.of('three', 1, audio, never)
  leaving.abort(new Error('left'))
  await expect(second).rejects.toThrow('left')
  gate.resolve()
  expect((await first).lengthMs).toBe((await third).lengthMs)
  expect(seen).toEqual({ reads: 2, now: 0, most: 1 })
})

test('a recording that cannot be read keeps the next one from nothing', async () => {
  const peaks = callPeaks()
  const broken = recording(wav, Promise.reject(new Error('the store is away'))).audio
  await expect(peaks.of('one', 1, broken, never)).rejects.toThrow('the store is away')
  expect((await peaks.of('two', 1, recording().audio, never)).lengthMs).toBe(1_000)
})

test('what was looked at longest ago makes room', async () => {
  // Two hours each, of which only the beginning can be read: eleven have room.
  const { audio, seen } = recording(wav, Promise.resolve(), 2 * 3_600 * RATE * 4)
  const peaks = callPeaks()
  for (let call = 0; call < 12; call++) await peaks.of(`call-${call}`, 1, audio, never)
  await peaks.of('call-11', 1, audio, never)
  expect(seen.reads).toBe(12)
  await peaks.of('call-0', 1, audio, never)
  expect(seen.reads).toBe(13)
})
