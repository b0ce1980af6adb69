import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { loadAgents } from '../../src/agents/author/load-agents.ts'
import { readAgent } from '../../src/agents/author/read-agent.ts'
import { isVoiced, loudnessDb } from '../../src/audio/loudness.ts'
import { holdMusic, levelled } from '../../src/audio/made-music.ts'
import { keyClicks, officeHum } from '../../src/audio/made-sounds.ts'
import { decodeWav, encodeWav } from '../../src/audio/wav.ts'
import type { LineBackground } from '../../src/channels/line/background.ts'
import { withSounds } from '../../src/channels/sounds/life-with-sounds.ts'
import { openSounds } from '../../src/channels/sounds/open-sounds.ts'
import type { JournalLine, Line } from '../../src/conversation/lines.ts'
import { begin } from '../../src/conversation/turn/enter.ts'
import type { TurnEvent } from '../../src/conversation/turn/turn.ts'
import { seeded } from '../../src/sandbox/chance.ts'
import { POLICY } from '../fakes/call.ts'

const PIZZA = { name: 'pizza', instructions: 'Sell pizza.', greeting: 'Pizza, hello.' }
const RATES = [8_000, 24_000]
const CHANCE = () => seeded(4)

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'partyline-'))
  onTestFinished(() => rm(made, { recursive: true }))
  return made
}

const framesOf = (sound: Int16Array, rateHz: number): readonly Int16Array[] =>
  Array.from({ length: (sound.length / rateHz) * 50 }, (_, i) =>
    sound.subarray((i * rateHz) / 50, ((i + 1) * rateHz) / 50),
  )

/** A tone of 16 bit in a file. */
const tone = (rateHz: number, seconds: number, channels: number): Uint8Array =>
  encodeWav({
    pcm: Int16Array.from({ length: rateHz * seconds * channels }, (_, i) =>
      Math.round(8_000 * Math.sin((2 * Math.PI * 440 * Math.floor(i / channels)) / rateHz)),
    ),
    ...{ rateHz, channels },
  })

test.each(RATES)('the office at %i Hz is low, the same each time, and has no seam', rateHz => {
  const office = officeHum(rateHz, seeded(4))
  expect(office).toEqual(officeHum(rateHz, seeded(4)))
  expect(loudnessDb(office)).toBeCloseTo(-50, 0)
  expect(framesOf(office, rateHz).some(isVoiced)).toBe(false)
  const steps = office.map((sample, i) => Math.abs(sample - (office[(i + 1) % office.length] ?? 0)))
  expect(steps.at(-1)).toBeLessThanOrEqual(steps.subarray(0, -1).reduce((most, step) => Math.max(most, step), 0))
  const parts = Array.from({ length: 12 }, (_, i) => loudnessDb(office.subarray(i * rateHz, (i + 1) * rateHz)))
  expect(Math.max(...parts) - Math.min(...parts)).toBeLessThan(12)
})

test.each(RATES)('typing at %i Hz has clicks with silence between them', rateHz => {
  const typing = keyClicks(rateHz, seeded(4))
  const frames = framesOf(typing, rateHz)
  expect(frames.some(isVoiced)).toBe(false)
  const silent = frames.filter(frame => frame.every(sample => sample === 0)).length
  expect(silent).toBeGreaterThan(200)
  expect(silent).toBeLessThan(550)
  expect(typing.every(sample => Math.abs(sample) < 2_000)).toBe(true)
})

test.each(RATES)(
  'the music at %i Hz is the same each time, has no seam, is never clipped, and passes a telephone',
  rateHz => {
    const music = holdMusic(rateHz, seeded(4))
    expect(music).toEqual(holdMusic(rateHz, seeded(4)))
    expect(music).not.toEqual(holdMusic(rateHz, seeded(5)))
    expect(music.length).toBe(32 * rateHz)
    const steps = music.map((sample, i) => Math.abs(sample - (music[(i + 1) % music.length] ?? 0)))
    expect(steps.at(-1)).toBeLessThanOrEqual(steps.subarray(0, -1).reduce((most, step) => Math.max(most, step), 0))
    expect(music.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0)).toBeLessThan(32_767)
    // No second is silent, and none is much louder than the others.
    const seconds = Array.from({ length: 32 }, (_, i) => loudnessDb(music.subarray(i * rateHz, (i + 1) * rateHz)))
    expect(Math.max(...seconds) - Math.min(...seconds)).toBeLessThan(14)
    // Above 3,400 Hz there is next to nothing: the step between samples says how high the tones are.
    const highest = (2 * Math.PI * 3_400) / rateHz
    expect(loudnessDb(steps) - loudnessDb(music)).toBeLessThan(20 * Math.log10(highest) - 6)
  },
)

test('a level is reached without clipping, and silence stays silent', () => {
  const music = holdMusic(8_000, seeded(4))
  expect(loudnessDb(levelled(music, -26))).toBeCloseTo(-26, 0)
  const spiky = Int16Array.from({ length: 8_000 }, (_, i) => (i === 100 ? 30_000 : i % 3))
  expect(Math.max(...levelled(spiky, -20))).toBeLessThan(24_000)
  expect(levelled(new Int16Array(10), -20)).toEqual(new Int16Array(10))
})

test('while a tool runs music is below what counts as a voice', async () => {
  const { behind } = await openSounds([{ ...PIZZA, sounds: { thinking: 'music' } }], CHANCE)
  for (const rateHz of RATES) {
    const { thinking = new Int16Array() } = behind('pizza')?.at(rateHz) ?? {}
    expect(framesOf(thinking, rateHz).filter(isVoiced).length).toBeLessThan(10)
    expect(loudnessDb(thinking)).toBeCloseTo(-46, 0)
  }
})

test('what callers hear who wait is cut into pieces that fade in and out, at one loudness, whatever the file', async () => {
  const made = await folder()
  await writeFile(join(made, 'loud.wav'), tone(44_100, 20, 2))
  const agents = [
    { ...PIZZA, sounds: { waiting: 'music' } },
    { ...PIZZA, name: 'clinic', sounds: { waiting: join(made, 'loud.wav'), background: 'office' } },
    { ...PIZZA, name: 'same', sounds: { waiting: 'music' } },
    { ...PIZZA, name: 'quiet' },
  ]
  const { behind, waiting } = await openSounds(agents, CHANCE)
  const [music, file] = ['pizza', 'clinic'].map(name => waiting.of(name)?.pieces ?? [])
  expect([music?.length, file?.length, waiting.of('quiet'), waiting.of('')]).toEqual([4, 3, undefined, undefined])
  expect(waiting.of('same')?.pieces.map(({ name }) => name)).toEqual(music?.map(({ name }) => name))
  for (const { name, wav } of [...(music ?? []), ...(file ?? [])]) {
    expect(name).toMatch(/^[\da-f]{24}$/)
    const { pcm, rateHz, channels } = decodeWav(wav)
    expect([rateHz, channels]).toEqual([8_000, 1])
    expect([Math.abs(pcm[0] ?? 1), Math.abs(pcm.at(-1) ?? 1)]).toEqual([0, 0])
    expect(Math.abs(loudnessDb(pcm) + 26)).toBeLessThan(3)
    expect(pcm.length).toBeLessThanOrEqual(12 * 8_000)
  }
  // It is no sound behind the agent.
  expect(behind('pizza')).toBeUndefined()
  expect(behind('clinic')?.names).toEqual({ background: 'office' })
})

test('a WAV file of any rate is read once for all lines, in mono, seen from the file of its agent', async () => {
  const made = await folder()
  await writeFile(join(made, 'cafe.wav'), tone(44_100, 2, 2))
  await writeFile(
    join(made, 'pizza.mjs'),
    `export default ${JSON.stringify({ ...PIZZA, sounds: { background: 'cafe.wav' } })}`,
  )
  const [loaded] = await loadAgents(['pizza.mjs'], made)
  const sounds = (await openSounds(loaded ? [loaded.definition] : [], CHANCE)).behind('pizza')
  expect(sounds?.names).toEqual({ background: 'cafe.wav' })
  for (const rateHz of RATES) {
    const { background, thinking } = sounds?.at(rateHz) ?? {}
    expect(thinking).toBeUndefined()
    expect(background?.length).toBe(2 * rateHz)
    expect(loudnessDb(background ?? new Int16Array())).toBeCloseTo(loudnessDb(Int16Array.from([5_657])), 0)
  }
  expect((await openSounds([PIZZA], CHANCE)).behind('pizza')).toBeUndefined()
})

test.each([
  ['that is not there', undefined, 'no such file'],
  ['that is no WAV', Buffer.from('hello there'), 'not a WAV file'],
  ['without sound', encodeWav({ pcm: new Int16Array(), rateHz: 8_000, channels: 1 }), 'it has no sound'],
  ['longer than a minute', tone(1_000, 61, 1), 'it is longer than 60 s'],
  ['of many bytes', new Uint8Array(13_000_001), 'it has more than 13000000 bytes'],
])('a file %s is refused with its name', async (_, bytes, why) => {
  const file = join(await folder(), 'a.wav')
  if (bytes) await writeFile(file, bytes)
  const opening = openSounds([{ ...PIZZA, sounds: { thinking: file } }], CHANCE)
  await expect(opening).rejects.toThrow(why)
  await expect(opening).rejects.toThrow(file)
})

test('what is no sound is told at the start', () => {
  const wrong = (sounds: object) => () => readAgent({ ...PIZZA, sounds }, 'a.ts')
  expect(wrong({ background: 'beach' })).toThrow('a.ts: sounds.background: must be office, or the path of a WAV file')
  expect(wrong({ thinking: 'office' })).toThrow('sounds.thinking: must be typing or music, or the path of a WAV file')
  expect(wrong({ waiting: 'typing' })).toThrow('sounds.waiting: must be music, or the path of a WAV file')
  expect(wrong({ thinking: 'music', waiting: 'a.wav' })()).toMatchObject({ name: 'pizza' })
  expect(wrong({ hold: 'office' })).toThrow('sounds.hold: there is no such part of an agent')
  expect(wrong({ background: 'office', thinking: './keys.WAV' })()).toMatchObject({ name: 'pizza' })
})

test('the sounds are those of the agent that has the call; the one for work begins with a tool and ends with its answer, or with the caller', async () => {
  const told: string[] = []
  const line: LineBackground = {
    rateHz: 8_000,
    choose: sounds => void told.push(`choose ${Object.keys(sounds).join('+')}`),
    beneath: () => () => undefined,
    nothingBeneath: () => undefined,
    thinking: on => void told.push(`thinking ${on}`),
    callerSpeaks: on => void told.push(`caller ${on}`),
    close: () => void told.push('close'),
  }
  const { behind: soundsOf } = await openSounds(
    [
      { ...PIZZA, sounds: { background: 'office', thinking: 'typing' } },
      { ...PIZZA, name: 'quiet' },
    ],
    CHANCE,
  )
  const life = withSounds({ take: () => undefined, context: () => undefined, over: async () => undefined }, soundsOf)
  const notes: object[] = []
  life.on(line, note => void notes.push(note))
  const take = (some: Line): void => life.take({ v: 2, seq: 1, atMs: 0, ...some } as JournalLine)
  const input = (event: object): readonly string[] => {
    told.length = 0
    take({ input: { atMs: 0, ...event } as unknown as TurnEvent })
    return [...told]
  }
  const about = {
    callId: 'CA1',
    channel: 'phone',
    language: 'en',
    wallTime: '',
    policy: POLICY,
    turn: begin(POLICY, 0),
  }
  take({ started: { kind: 'call-started', agent: 'pizza', ...about } })
  expect(told).toEqual(['choose background+thinking'])
  const called = (id: string) => ({
    kind: 'tool-called',
    reply: 1,
    part: 0,
    call: { id, name: 'order', arguments: '{}' },
  })
  const result = (callId: string) => ({ kind: 'tool-result', reply: 1, part: 0, callId, result: 'x' })
  expect(input(called('a'))).toEqual(['thinking true'])
  expect(input(called('b'))).toEqual(['thinking true'])
  expect(input(result('a'))).toEqual([])
  expect(input(result('b'))).toEqual(['thinking false'])
  expect(input(called('c'))).toEqual(['thinking true'])
  expect(input({ kind: 'speech-start', firstVoicedMs: 0 })).toEqual(['caller true'])
  expect(input({ kind: 'speech-end', lastVoicedMs: 0 })).toEqual(['caller false'])
  expect(input({ kind: 'hand-off', reply: 1, part: 0, agent: 'quiet', history: 'whole' })).toEqual(['choose '])
  expect(input(called('d'))).toEqual([])
  expect(input({ kind: 'hand-off', reply: 2, part: 0, agent: 'pizza', history: 'whole' })).toEqual([
    'choose background+thinking',
  ])
  expect(notes).toEqual([
    { kind: 'background-sound', background: 'office', thinking: 'typing' },
    { kind: 'background-sound' },
    { kind: 'background-sound', background: 'office', thinking: 'typing' },
  ])
  await life.over()
  expect(told.at(-1)).toBe('close')
})
