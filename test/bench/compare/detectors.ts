import { encodeMulaw } from '../../../src/audio/mulaw.ts'
import { systemClock } from '../../../src/clock.ts'
import { quantile } from '../../../src/compare/quantile.ts'
import type { CallerFrame, VoiceActivity } from '../../../src/conversation/ports.ts'
import { DETECTORS, openDetector } from '../../../src/providers/voice-activity/detectors.ts'
import { SENSITIVITIES } from '../../../src/providers/voice-activity/sensitivity.ts'
import { cough } from '../../../src/sandbox/caller/cough.ts'
import { throughTheLine } from '../../../src/sandbox/caller/line-sound.ts'
import { click, door } from '../../../src/sandbox/caller/noises.ts'
import { seeded } from '../../../src/sandbox/chance.ts'
import { voicedRange } from '../../../src/sandbox/ringing/voiced-spans.ts'
import { NOISES, noise } from '../ears/noises.ts'
import { fixtureSets, noisy, robotSets, type SpokenSet } from '../ears/spoken-sets.ts'
import { say } from '../figures.ts'

/** `npm run bench:detectors`: who notices voices how soon, and what they take for one. */

const RATE_HZ = 8_000
const FRAME = 160
const NOISE_MS = 60_000
const BURSTS = 40
const SNR_DB = 10
/** Of the sentences: a model takes its time. */
const ONE_IN = 4

interface Heard {
  /** From the first voiced sample until the start is known, for each sentence that was noticed. */
  readonly startMs: number[]
  /** From the last voiced sample until the end is known. */
  readonly endMs: number[]
  missed: number
  pieces: number
  sentences: number
}

/** When which event became known, by the sound that had come. */
async function known(pcm: Int16Array, detector: VoiceActivity): Promise<readonly { kind: string; atMs: number }[]> {
  let cameMs = 0
  async function* frames(): AsyncGenerator<CallerFrame> {
    for (let at = 0; at < pcm.length; at += FRAME) {
      cameMs = ((at + FRAME) / RATE_HZ) * 1_000
      yield { pcm: pcm.subarray(at, at + FRAME), rateHz: RATE_HZ, atMs: (at / RATE_HZ) * 1_000 }
    }
  }
  const found: { kind: string; atMs: number }[] = []
  for await (const { kind } of detector.detect(frames(), new AbortController().signal))
    found.push({ kind, atMs: cameMs })
  return found
}

/** `lines` are what is heard, `clear` the same without the noise behind it: there the voice can be measured. */
async function speech(
  lines: readonly Int16Array[],
  clear: readonly Int16Array[],
  detector: VoiceActivity,
): Promise<Heard> {
  const heard: Heard = { startMs: [], endMs: [], missed: 0, pieces: 0, sentences: 0 }
  for (const [i, line] of lines.entries()) {
    const truth = voicedRange(encodeMulaw(clear[i] ?? line))
    const events = await known(line, detector)
    const start = events.find(({ kind }) => kind === 'speech-start')
    const end = events.findLast(({ kind }) => kind === 'speech-end')
    heard.sentences++
    heard.pieces += events.filter(({ kind }) => kind === 'speech-start').length
    if (start) heard.startMs.push(start.atMs - truth.startMs)
    else heard.missed++
    if (end) heard.endMs.push(end.atMs - truth.endMs)
  }
  return heard
}

/** The share of coughs, clicks and doors that are taken for a voice. */
async function bursts(detector: VoiceActivity): Promise<number> {
  let taken = 0
  for (const burst of [cough, click, door])
    for (let seed = 1; seed <= BURSTS; seed++) {
      const random = seeded(seed)
      const sound = burst(random)
      const line = new Int16Array(RATE_HZ + sound.length + RATE_HZ)
      line.set(sound, RATE_HZ)
      if ((await known(throughTheLine(line, random), detector)).length > 0) taken++
    }
  return taken / (3 * BURSTS)
}

/** Starts of speech in a minute of noise without any. */
async function noises(detector: VoiceActivity): Promise<readonly number[]> {
  const counts: number[] = []
  for (const kind of NOISES.filter(one => one !== 'babble')) {
    const random = seeded(7)
    const length = (RATE_HZ * NOISE_MS) / 1_000
    const samples = noise(kind, length, { random, rateHz: RATE_HZ, chatter: new Int16Array(1) })
    const line = throughTheLine(
      Int16Array.from(samples, sample => Math.round(sample * 32_768)),
      random,
    )
    counts.push((await known(line, detector)).filter(({ kind: event }) => event === 'speech-start').length)
  }
  return counts
}

const linesOf = (sets: readonly SpokenSet[]): readonly Int16Array[] =>
  sets.flatMap(({ sentences }) => sentences.filter((_, i) => i % ONE_IN === 0).map(({ line }) => line))
const sets = [...(await fixtureSets()), ...(await robotSets(new AbortController().signal))]
const clear = linesOf(sets)
const street = linesOf(await Promise.all(sets.map(set => noisy(set, { noise: 'street', snrDb: SNR_DB }))))
const soundMs = clear.reduce((sum, line) => sum + line.length / 8, 0)
const clock = { ...systemClock, sleep: () => new Promise<void>(resolve => setImmediate(resolve)) }
const ms = (values: readonly number[], q: number): string => quantile(values, q).toFixed(0).padStart(5)
say(`${clear.length} sentences by telephone, clear and in a street (${SNR_DB} dB)`)
say('                 start known after ms   end after ms          in a street              taken for a voice')
say(
  '                  p50   p95 missed  pieces   p50   p95    p50   p95 missed pieces  bursts pink/min street/min  µs a second',
)
for (const name of process.argv[2] ? DETECTORS.filter(one => one === process.argv[2]) : DETECTORS)
  for (const sensitivity of SENSITIVITIES) {
    const detector = await openDetector(name, sensitivity, clock)
    const beganMs = systemClock.now()
    const quiet = await speech(clear, clear, detector.voiceActivity)
    const tookMs = systemClock.now() - beganMs
    const loud = await speech(street, clear, detector.voiceActivity)
    const [pink = 0, cars = 0] = await noises(detector.voiceActivity)
    const taken = await bursts(detector.voiceActivity)
    const columns = [
      `${name} ${sensitivity}`.padEnd(15),
      ...[ms(quiet.startMs, 0.5), ms(quiet.startMs, 0.95), String(quiet.missed).padStart(5)],
      (quiet.pieces / quiet.sentences).toFixed(2).padStart(7),
      ...[ms(quiet.endMs, 0.5), ms(quiet.endMs, 0.95)],
      ...[` ${ms(loud.startMs, 0.5)}`, ms(loud.startMs, 0.95), String(loud.missed).padStart(5)],
      (loud.pieces / loud.sentences).toFixed(2).padStart(6),
      `${(taken * 100).toFixed(0)} %`.padStart(8),
      ...[String(pink).padStart(7), String(cars).padStart(9)],
      ((tookMs * 1_000) / (soundMs / 1_000)).toFixed(0).padStart(10),
    ]
    say(columns.join(' '))
    await detector.close()
  }
process.exit(0)
