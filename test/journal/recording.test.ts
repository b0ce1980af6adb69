import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { decodeWav } from '../../src/audio/wav.ts'
import { noRecording, openRecording, type Recording, type RecordingTold } from '../../src/journal/recording.ts'
import { withheld } from '../../src/journal/withheld.ts'
import { silence, tone } from '../sandbox/caller/sounds.ts'

/** The clock's time at which the caller's first sample was spoken. */
const ZERO_MS = 10_000
const FRAME_MS = 20

async function opened(told?: Partial<RecordingTold>) {
  const folder = await mkdtemp(join(tmpdir(), 'partyline-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const path = join(folder, 'call.wav')
  const recording = openRecording(path, 8_000, told)
  await expect.poll(() => stat(path).catch(() => undefined)).toBeDefined()
  return { path, recording }
}

/** The caller's sound from `fromMs` to `toMs`, frame by frame. */
function callerSpeaks(recording: Recording, fromMs: number, toMs: number, isVoice = true): void {
  for (let ms = fromMs; ms < toMs; ms += FRAME_MS)
    recording.caller(isVoice ? tone(FRAME_MS) : silence(FRAME_MS), ms, ZERO_MS + ms)
}

function agentSpeaks(recording: Recording, fromMs: number, toMs: number): void {
  for (let ms = fromMs; ms < toMs; ms += FRAME_MS) recording.agent(tone(FRAME_MS), ZERO_MS + ms)
}

async function legs(path: string) {
  const { pcm, rateHz, channels } = decodeWav(await readFile(path))
  expect({ rateHz, channels }).toEqual({ rateHz: 8_000, channels: 2 })
  return { caller: pcm.filter((_, i) => i % 2 === 0), agent: pcm.filter((_, i) => i % 2 === 1) }
}

/** The first and the last sound, in ms. The test tone is never silent for a whole ms. */
function soundOf(leg: Int16Array) {
  const first = leg.findIndex(sample => Math.abs(sample) > 100)
  const last = leg.findLastIndex(sample => Math.abs(sample) > 100)
  return { fromMs: Math.floor(first / 8), toMs: Math.ceil((last + 1) / 8) }
}

test('the caller is on the left by the carrier’s timestamps, the agent on the right as it was heard', async () => {
  const { path, recording } = await opened()
  callerSpeaks(recording, 0, 1_000)
  agentSpeaks(recording, 400, 1_600)
  callerSpeaks(recording, 1_000, 2_000, false)
  expect(await recording.close()).toEqual([])
  const { caller, agent } = await legs(path)
  expect(caller.length).toBe(16_000)
  expect(soundOf(caller)).toEqual({ fromMs: 0, toMs: 1_000 })
  expect(soundOf(agent)).toEqual({ fromMs: 400, toMs: 1_600 })
})

test('sound of the agent that comes before the first of the caller lies where it was heard, too', async () => {
  const { path, recording } = await opened()
  recording.agent(tone(FRAME_MS), ZERO_MS + 100)
  // The carrier's first timestamp need not be 0.
  recording.caller(silence(FRAME_MS), 60, ZERO_MS + 60)
  recording.caller(silence(FRAME_MS), 200, ZERO_MS + 200)
  expect(await recording.close()).toEqual([])
  expect(soundOf((await legs(path)).agent)).toEqual({ fromMs: 100, toMs: 120 })
})

test('a call in which the caller’s sound never came is recorded from the first sound of the agent on', async () => {
  const { path, recording } = await opened()
  agentSpeaks(recording, 300, 4_300)
  expect(await recording.close()).toEqual([])
  expect(soundOf((await legs(path)).agent)).toEqual({ fromMs: 0, toMs: 4_000 })
})

test('missing sound leaves a gap of its length', async () => {
  const { path, recording } = await opened()
  callerSpeaks(recording, 0, 500)
  callerSpeaks(recording, 1_500, 2_000)
  await recording.close()
  const { caller } = await legs(path)
  expect(caller.length).toBe(16_000)
  expect(caller.subarray(4_000, 12_000).every(sample => sample === 0)).toBe(true)
  expect(caller.subarray(12_000).some(sample => sample !== 0)).toBe(true)
})

test('sound that was cut is not recorded, and later sound is', async () => {
  const { path, recording } = await opened()
  callerSpeaks(recording, 0, 1_000, false)
  agentSpeaks(recording, 200, 1_200)
  recording.cutAgent(ZERO_MS + 700)
  agentSpeaks(recording, 1_500, 1_700)
  await recording.close()
  const { agent } = await legs(path)
  expect(soundOf(agent.subarray(0, 1_400 * 8))).toEqual({ fromMs: 200, toMs: 700 })
  expect(soundOf(agent)).toEqual({ fromMs: 200, toMs: 1_700 })
})

test('an agent that speaks before the caller’s first sound is placed by the clock', async () => {
  const { path, recording } = await opened()
  recording.agent(tone(100), 5_300)
  recording.caller(tone(100), 100, 5_100)
  await recording.close()
  const { caller, agent } = await legs(path)
  expect(soundOf(agent)).toEqual({ fromMs: 300, toMs: 400 })
  expect(soundOf(caller)).toEqual({ fromMs: 100, toMs: 200 })
})

test('a long call is written continuously, complete and in order', async () => {
  const { path, recording } = await opened()
  const LENGTH_MS = 120_000
  for (let ms = 0; ms < LENGTH_MS; ms += 1_000) {
    callerSpeaks(recording, ms, ms + 1_000, (ms / 1_000) % 2 === 0)
    if ((ms / 1_000) % 2 === 1) agentSpeaks(recording, ms, ms + 1_000)
    // A call that is told faster than the disk writes loses sound: each second waits for the one before.
    while ((await stat(path)).size < 44 + ms * 8 * 4);
  }
  expect(await recording.close()).toEqual([])
  const { caller, agent } = await legs(path)
  expect(caller.length).toBe(LENGTH_MS * 8)
  for (let ms = 0; ms < LENGTH_MS; ms += 1_000) {
    const speaks = (leg: Int16Array): boolean => leg.subarray(ms * 8 + 80, ms * 8 + 7_920).some(sample => sample !== 0)
    expect([speaks(caller), speaks(agent)]).toEqual([(ms / 1_000) % 2 === 0, (ms / 1_000) % 2 === 1])
  }
})

test('at every moment the header tells of no more sound than there is, and of all but the last second', async () => {
  const { path, recording } = await opened()
  async function soundTold(): Promise<number> {
    await new Promise(resolve => setImmediate(resolve))
    const header = await readFile(path)
    const told = header.length < 44 ? 0 : header.readUInt32LE(40)
    // Asked for afterwards: the file may grow while it is read.
    expect(told).toBeLessThanOrEqual(Math.max(0, (await stat(path)).size - 44))
    return told
  }
  for (let ms = 0; ms < 20_000; ms += 500) {
    callerSpeaks(recording, ms, ms + 500)
    await soundTold()
  }
  while ((await soundTold()) < 19 * 8_000 * 4);
  // What is there is sound, as a killed process leaves it.
  expect(soundOf((await legs(path)).caller)).toEqual({ fromMs: 0, toMs: expect.toSatisfy(ms => ms > 19_000) })
  await recording.close()
  expect((await legs(path)).caller.length).toBe(160_000)
})

test('sound that is more than two seconds late is dropped without other effects', async () => {
  const { path, recording } = await opened()
  callerSpeaks(recording, 0, 10_000, false)
  agentSpeaks(recording, 0, 1_000)
  callerSpeaks(recording, 10_000, 11_000)
  await recording.close()
  const { caller, agent } = await legs(path)
  expect(caller.length).toBe(88_000)
  expect(agent.every(sample => sample === 0)).toBe(true)
})

test('a call without any sound has an empty recording', async () => {
  const { path, recording } = await opened()
  expect(await recording.close()).toEqual([])
  expect((await stat(path)).size).toBe(44)
  expect((await legs(path)).caller.length).toBe(0)
})

test('a full disk is reported when the call is over, and has no effect before', async () => {
  const recording = openRecording('/dev/full', 8_000)
  // The first write has failed by now; if its error were unhandled, the process would end.
  await readFile('/dev/null')
  await new Promise(resolve => setImmediate(resolve))
  callerSpeaks(recording, 0, 20_000)
  const problems = await recording.close()
  expect(problems.length).toBeGreaterThan(0)
  expect(problems.every(problem => problem.includes('ENOSPC'))).toBe(true)
})

test('noRecording accepts all sound and has no errors', async () => {
  noRecording.caller(tone(20), 0, 0)
  noRecording.agent(new Int16Array(160), 0)
  noRecording.moveAgent(0, 20)
  noRecording.cutAgent(0)
  expect(await noRecording.close()).toEqual([])
})

test('while it is withheld only the agent is recorded, and late sound from that time is silent too', async () => {
  const { path, recording } = await opened()
  const secret = withheld(recording, true)
  callerSpeaks(secret, 0, 1_000)
  agentSpeaks(secret, 200, 800)
  secret.resume(ZERO_MS + 1_200)
  callerSpeaks(secret, 1_000, 2_000)
  secret.begin(ZERO_MS + 2_500)
  callerSpeaks(secret, 2_000, 3_000)
  expect(await secret.close()).toEqual([])
  const { caller, agent } = await legs(path)
  expect(soundOf(caller)).toEqual({ fromMs: 1_200, toMs: 2_500 })
  expect(soundOf(agent)).toEqual({ fromMs: 200, toMs: 800 })
  expect(caller.subarray(0, 1_200 * 8).every(sample => sample === 0)).toBe(true)
})

test('sound that was on the disk before it was cut is taken off it again', async () => {
  const { path, recording } = await opened()
  callerSpeaks(recording, 0, 900, false)
  agentSpeaks(recording, 0, 1_200)
  recording.cutAgent(ZERO_MS + 700)
  callerSpeaks(recording, 900, 1_500, false)
  await recording.close()
  expect(soundOf((await legs(path)).agent)).toEqual({ fromMs: 0, toMs: 700 })
})

test.each([300, 20, -20, -150])('speech that plays %i ms later than was told is moved, whole', async byMs => {
  const { path, recording } = await opened()
  callerSpeaks(recording, 0, 1_000)
  agentSpeaks(recording, 200, 400)
  agentSpeaks(recording, 800, 1_800)
  recording.moveAgent(ZERO_MS + 800, byMs)
  callerSpeaks(recording, 1_000, 4_000)
  expect(await recording.close()).toEqual([])
  const { caller, agent } = await legs(path)
  expect(soundOf(caller)).toEqual({ fromMs: 0, toMs: 4_000 })
  expect(soundOf(agent.subarray(0, 600 * 8))).toEqual({ fromMs: 200, toMs: 400 })
  expect(soundOf(agent.map((sample, i) => (i < 600 * 8 ? 0 : sample)))).toEqual({
    fromMs: 800 + byMs,
    toMs: 1_800 + byMs,
  })
  // Moved there and back it is what it was.
  const [straight, moved] = [await opened(), await opened()]
  for (const { recording: one } of [straight, moved]) {
    callerSpeaks(one, 0, 500)
    agentSpeaks(one, 300, 1_300)
  }
  moved.recording.moveAgent(ZERO_MS + 300, byMs)
  moved.recording.moveAgent(ZERO_MS + 300 + byMs, -byMs)
  for (const { recording: one } of [straight, moved]) {
    callerSpeaks(one, 500, 2_000)
    await one.close()
  }
  expect((await legs(moved.path)).agent).toEqual((await legs(straight.path)).agent)
})

test('sound of the agent that is moved before the first of the caller comes lies where it was heard', async () => {
  const { path, recording } = await opened()
  recording.agent(tone(FRAME_MS), ZERO_MS + 100)
  recording.agent(tone(FRAME_MS), ZERO_MS + 120)
  recording.moveAgent(ZERO_MS + 100, 30)
  recording.caller(silence(FRAME_MS), 60, ZERO_MS + 60)
  recording.caller(silence(FRAME_MS), 200, ZERO_MS + 200)
  expect(await recording.close()).toEqual([])
  expect(soundOf((await legs(path)).agent)).toEqual({ fromMs: 130, toMs: 170 })
})

test('of sound that is moved, what can no longer change stays', async () => {
  const { path, recording } = await opened()
  callerSpeaks(recording, 0, 500, false)
  agentSpeaks(recording, 0, 5_000)
  recording.moveAgent(ZERO_MS, 500)
  await recording.close()
  const { agent } = await legs(path)
  expect(soundOf(agent)).toEqual({ fromMs: 0, toMs: 5_500 })
  const silent = agent.findIndex((_, i) => i % 8 === 0 && agent.subarray(i, i + 3_200).every(sample => sample === 0))
  expect(silent / 8).toBeGreaterThan(500)
})

test('a disk that takes nothing is told of once, and at the end', async () => {
  const lost: string[] = []
  const recording = openRecording('/dev/full', 8_000, { lost: why => lost.push(why) })
  callerSpeaks(recording, 0, 5_000)
  expect(await recording.close()).toEqual([expect.stringContaining('ENOSPC')])
  expect(lost).toEqual([expect.stringContaining('ENOSPC')])
})

test('a disk that cannot be written at first is written as soon as it can, and what came before is silent', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'partyline-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const inTheWay = join(folder, 'CA1')
  await writeFile(inTheWay, 'no folder')
  const told: string[] = []
  const path = join(inTheWay, 'call.wav')
  const recording = openRecording(path, 8_000, { lost: why => told.push(why), back: () => told.push('back') })
  callerSpeaks(recording, 0, 5_000)
  await expect.poll(() => told).toEqual([expect.stringContaining('EEXIST')])
  await rm(inTheWay)
  callerSpeaks(recording, 5_000, 12_000)
  // A try in the very moment in which the file goes away may find nothing there (ENOENT).
  await expect.poll(() => [told[0], told.at(-1)]).toEqual([expect.stringContaining('EEXIST'), 'back'])
  expect((await recording.close())[0]).toContain('EEXIST')
  const { caller } = await legs(path)
  expect(caller.length).toBe(12_000 * 8)
  // Each write has a second; at least the first one was lost before the folder was free, and two seconds are written again.
  expect(soundOf(caller).toMs).toBe(12_000)
  expect(soundOf(caller).fromMs).toBeGreaterThanOrEqual(1_000)
  expect(soundOf(caller).fromMs).toBeLessThanOrEqual(5_000)
})

test('a disk that does not get on is waited for with bounded memory', async () => {
  const lost: string[] = []
  const { path, recording } = await opened({ lost: why => lost.push(why) })
  // Nothing is written before this loop ends.
  callerSpeaks(recording, 0, 120_000)
  expect(lost).toEqual(['the disk is too slow'])
  await recording.close()
  expect((await legs(path)).caller.length).toBe(120_000 * 8)
})
