import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { decodeMulaw, encodeMulaw } from '../../src/audio/mulaw.ts'
import { resample } from '../../src/audio/resample.ts'
import { decodeWav } from '../../src/audio/wav.ts'
import { systemClock } from '../../src/clock.ts'
import type { CallerFrame, Clock, VoiceEvent } from '../../src/conversation/ports.ts'
import { Queue } from '../../src/conversation/queue.ts'
import { openSilero, type Silero } from '../../src/providers/silero.ts'
import { VOICE_HANGOVER_MS } from '../../src/providers/speech-gate.ts'
import { openComfortNoise } from '../../src/sandbox/caller/comfort-noise.ts'
import { FIXTURES_DIR } from '../../src/sandbox/caller/fixture.ts'
import { FIXTURE_SCRIPTS } from '../../src/sandbox/caller/fixture-scripts.ts'
import { seeded } from '../../src/sandbox/chance.ts'
import { voicedRange } from '../../src/sandbox/ringing/voiced-spans.ts'
import { joined, silence, tone } from '../sandbox/caller/sounds.ts'

const FRAME = 160
/** Line noise before and after each utterance. */
const ROOM_MS = 1_000
/** The machine's clock with sleeps that end at once. */
const instantClock: Clock = {
  ...systemClock,
  sleep: (_ms, signal) =>
    new Promise((resolve, reject) => setImmediate(() => (signal.aborted ? reject(signal.reason) : resolve()))),
}
/** Not those of calls that somebody has saved: in a real room sounds begin where they like. */
const utterances = FIXTURE_SCRIPTS.flatMap(({ name }) =>
  readdirSync(join(FIXTURES_DIR, name)).map(file => `${name}/${file}`),
).toSorted()
const COUGH = 'talks-over/3.wav'

let silero: Silero
beforeAll(async () => {
  silero = await openSilero(instantClock)
})
afterAll(() => silero.close())

const fixture = (path: string): Int16Array => decodeWav(readFileSync(join(FIXTURES_DIR, path))).pcm

/** The noise of a phone line on which nobody speaks. */
function noise(ms: number, seed = 1): Int16Array {
  const next = openComfortNoise(seeded(seed))
  return joined(...Array.from({ length: ms / 20 }, () => decodeMulaw(next())))
}

const withNoise = (pcm: Int16Array): Int16Array => joined(noise(ROOM_MS), pcm, noise(ROOM_MS))

async function* frames(pcm: Int16Array, rateHz = 8_000): AsyncGenerator<CallerFrame> {
  const samples = (FRAME * rateHz) / 8_000
  for (let at = 0; at < pcm.length; at += samples)
    yield { pcm: pcm.subarray(at, at + samples), rateHz, atMs: (at / rateHz) * 1_000 }
}

const eventsOf = (pcm: Int16Array, detector = silero): Promise<readonly VoiceEvent[]> =>
  Array.fromAsync(detector.voiceActivity.detect(frames(pcm), new AbortController().signal))

/** The stretches of speech that were reported. */
function spansOf(events: readonly VoiceEvent[]) {
  const starts = events.flatMap(event => (event.kind === 'speech-start' ? [event.firstVoicedMs] : []))
  const ends = events.flatMap(event => (event.kind === 'speech-end' ? [event.lastVoicedMs] : []))
  return starts.map((startMs, i) => ({ startMs, endMs: ends[i] ?? Number.POSITIVE_INFINITY }))
}

const speech = utterances.filter(path => path !== COUGH)

test.each(speech)('the speech of %s starts and ends with its sound', async path => {
  const pcm = fixture(path)
  const truth = voicedRange(encodeMulaw(withNoise(pcm)))
  const spans = spansOf(await eventsOf(withNoise(pcm)))
  const firstMs = spans[0]?.startMs ?? Number.NEGATIVE_INFINITY
  const lastMs = spans.at(-1)?.endMs ?? Number.POSITIVE_INFINITY
  expect(Math.abs(firstMs - truth.startMs)).toBeLessThanOrEqual(120)
  // A soft "s" at the end is speech, but too quiet to count as voiced.
  expect(lastMs - truth.endMs).toBeLessThanOrEqual(120)
  expect(truth.endMs - lastMs).toBeLessThanOrEqual(60)
  expect(spans.every(({ startMs, endMs }, i) => endMs > startMs && startMs >= (spans[i - 1]?.endMs ?? 0))).toBe(true)
})

test('a line on which nobody speaks has no speech', async () => {
  expect(await eventsOf(noise(5_000))).toEqual([])
  expect(await eventsOf(silence(2_000))).toEqual([])
})

test('of a long silence only the beginning is judged, and speech after it is noticed as before', async () => {
  let runs = 0
  const counting: Clock = {
    ...instantClock,
    sleep: (ms, signal) => {
      runs++
      return instantClock.sleep(ms, signal)
    },
  }
  const counted = await openSilero(counting)
  onTestFinished(() => counted.close())
  // While there is another call each run waits for its windows, too.
  const other = new Queue<CallerFrame>(1)
  const beside = Array.fromAsync(counted.voiceActivity.detect(other, new AbortController().signal))
  expect(await eventsOf(noise(10_000), counted)).toEqual([])
  expect(runs).toBe(12)
  // Louder than a silent line by far, and no voice.
  const hum = tone(1_000, 50).map(sample => sample / 80)
  expect(await eventsOf(hum, counted)).toEqual([])
  expect(runs).toBeGreaterThan(12 + 25)
  other.close()
  await beside
  const besideRuns = runs
  expect(await eventsOf(hum, counted)).toEqual([])
  expect(runs).toBe(besideRuns)
  const pcm = fixture('plain/0.wav')
  const truth = voicedRange(encodeMulaw(withNoise(pcm)))
  const [first] = spansOf(await eventsOf(joined(noise(9_000), withNoise(pcm))))
  expect(Math.abs((first?.startMs ?? 0) - 9_000 - truth.startMs)).toBeLessThanOrEqual(120)
})

test('a cough is not reported longer than it is', async () => {
  const pcm = fixture(COUGH)
  for (const { startMs, endMs } of spansOf(await eventsOf(withNoise(pcm)))) {
    expect(startMs).toBeGreaterThanOrEqual(ROOM_MS - 100)
    expect(endMs).toBeLessThanOrEqual(ROOM_MS + pcm.length / 8 + 60)
  }
})

test('speech is timed by its frames, not by the clock, for any frame length', async () => {
  const pcm = withNoise(fixture('plain/0.wav'))
  const whole: CallerFrame[] = [{ pcm, rateHz: 8_000, atMs: 50_000 }]
  async function* once(): AsyncGenerator<CallerFrame> {
    yield* whole
  }
  const events = await Array.fromAsync(silero.voiceActivity.detect(once(), new AbortController().signal))
  const [first] = spansOf(events)
  const [expected] = spansOf(await eventsOf(pcm))
  expect(first?.startMs).toBeCloseTo(50_000 + (expected?.startMs ?? 0), 3)
})

test('the end of speech is reported within the hangover that the turn machine assumes', async () => {
  const pcm = withNoise(fixture('plain/0.wav'))
  let atMs = 0
  async function* counted(): AsyncGenerator<CallerFrame> {
    for await (const frame of frames(pcm)) {
      atMs = frame.atMs + 20
      yield frame
    }
  }
  for await (const event of silero.voiceActivity.detect(counted(), new AbortController().signal)) {
    // The last sound may be up to 150 ms before the detector's own end.
    if (event.kind === 'speech-end') expect(atMs - event.lastVoicedMs).toBeLessThanOrEqual(VOICE_HANGOVER_MS + 150)
    else expect(atMs - event.firstVoicedMs).toBeLessThanOrEqual(120)
  }
})

test('a bang before soft speech does not move the end of that speech', async () => {
  const soft = fixture('plain/0.wav').map(sample => Math.round(sample / 12))
  const bang = tone(30).map(sample => (sample < 0 ? -32_000 : 32_000))
  const background = joined(silence(1_000), bang, silence(1_000))
  const spans = spansOf(await eventsOf(joined(background, soft, silence(1_000))))
  const last = spans.at(-1)
  expect(last?.startMs).toBeGreaterThan(1_900)
  expect(last?.endMs).toBeGreaterThan(2_030 + soft.length / 8 - 200)
})

test('twenty calls judged together have the same events as each alone', async () => {
  const sounds = speech.slice(0, 20).map(path => withNoise(fixture(path)))
  const alone: (readonly VoiceEvent[])[] = []
  for (const pcm of sounds) alone.push(await eventsOf(pcm))
  expect(await Promise.all(sounds.map(pcm => eventsOf(pcm)))).toEqual(alone)
})

test('sound of 16 kHz is judged as that of a telephone', async () => {
  const pcm = withNoise(fixture('plain/0.wav'))
  const wide = frames(resample(pcm, 8_000, 16_000), 16_000)
  const events = await Array.fromAsync(silero.voiceActivity.detect(wide, new AbortController().signal))
  const [spans, expected] = [spansOf(events), spansOf(await eventsOf(pcm))]
  expect(spans).toHaveLength(expected.length)
  for (const [i, { startMs, endMs }] of spans.entries()) {
    // A window of the detector is 32 ms.
    expect(Math.abs(startMs - (expected[i]?.startMs ?? 0))).toBeLessThanOrEqual(33)
    expect(Math.abs(endMs - (expected[i]?.endMs ?? 0))).toBeLessThanOrEqual(33)
  }
})

test('the end of the call ends its detection', async () => {
  const call = new AbortController()
  const sound = new Queue<CallerFrame>(500)
  onTestFinished(() => sound.close())
  const events = Array.fromAsync(silero.voiceActivity.detect(sound, call.signal))
  for await (const frame of frames(noise(200))) sound.push(frame)
  call.abort(new Error('hung up'))
  expect(await events).toEqual([])
})

test('closing settles pending detections and refuses later ones', async () => {
  const own = await openSilero(systemClock)
  const waiting = eventsOf(noise(2_000), own).catch(error => String(error))
  await new Promise(resolve => setImmediate(resolve))
  await own.close()
  expect(await waiting).toContain('closed')
  await expect(eventsOf(noise(100), own)).rejects.toThrow('closed')
})
