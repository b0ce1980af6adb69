import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { encodeWav } from '../../../src/audio/wav.ts'
import {
  FIXTURES_DIR,
  fixtureIn,
  loadFixture,
  loadNamedFixture,
  parseFixture,
  SAVED_VOICE,
} from '../../../src/sandbox/caller/fixture.ts'
import { FIXTURE_SCRIPTS } from '../../../src/sandbox/caller/fixture-scripts.ts'
import { AGENT_VOICE } from '../../../src/sandbox/cartesia/stand-in.ts'
import { voicedSpans } from '../../../src/sandbox/ringing/voiced-spans.ts'
import { mulaw, tone } from './sounds.ts'

const cue = { after: 'agent-stopped', ms: 600 }
const good = {
  ...{ name: 'one', about: 'one word', from: '+1', voice: 'awb' },
  utterances: [{ say: 'Hi.', audio: '0.wav', words: [{ text: 'Hi.', startMs: 60, endMs: 400 }], cue }],
  hangUp: { ...cue, withStop: true },
  expect: { answeredTurns: 1 },
}

async function stored(fixture: object, wav: Uint8Array): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'fixture-'))
  onTestFinished(() => rm(dir, { recursive: true }))
  await mkdir(join(dir, 'one'))
  await writeFile(join(dir, 'one', '0.wav'), wav)
  await writeFile(join(dir, 'one.json'), JSON.stringify(fixture))
  return join(dir, 'one.json')
}

const wav = encodeWav({ pcm: tone(500), rateHz: 8000, channels: 1 })

test('a fixture is loaded with its audio', async () => {
  const script = await loadFixture(await stored(good, wav))
  expect(script.utterances).toMatchObject([{ kind: 'speech', say: 'Hi.', pcm: { length: 4000 } }])
})

test('a fixture may have an echo, and utterances that need no answer', async () => {
  const [utterance] = good.utterances
  const echo = { delayMs: 150, levelDb: -14 }
  const script = await loadFixture(await stored({ ...good, echo, utterances: [{ ...utterance, aside: true }] }, wav))
  expect(script).toMatchObject({ echo, utterances: [{ aside: true }] })
})

test('the error for a missing fixture names it', async () => {
  await expect(loadNamedFixture('absent')).rejects.toThrow(/fixtures\/calls\/absent\.json: no such fixture/)
})

test('the error for a missing WAV file names it and the command that writes it', async () => {
  const path = await stored({ ...good, utterances: [{ ...good.utterances[0], audio: '7.wav' }] }, wav)
  await expect(loadFixture(path)).rejects.toThrow(/one\/7\.wav: ENOENT.*npm run fixtures/)
})

test('audio of another rate is refused', async () => {
  const path = await stored(good, encodeWav({ pcm: tone(500), rateHz: 16_000, channels: 1 }))
  await expect(loadFixture(path)).rejects.toThrow('1 channel(s) at 16000 Hz; a fixture')
})

test('a word that ends after its audio is refused', async () => {
  const path = await stored(good, encodeWav({ pcm: tone(300), rateHz: 8000, channels: 1 }))
  await expect(loadFixture(path)).rejects.toThrow('utterances.0: word "Hi." ends at 400 ms, after the 300 ms of 0.wav')
})

test.each([
  ['{', 'one.json: not JSON'],
  [{ ...good, hangUp: undefined }, 'hangUp: '],
  [{ ...good, surprise: 1 }, 'surprise'],
  [{ ...good, echo: { delayMs: 150, levelDb: 3 } }, 'echo.levelDb: an echo is not louder than its sound'],
  [{ ...good, echo: { delayMs: 1_500, levelDb: -14 } }, 'echo.delayMs: an echo comes back within a second'],
  [{ ...good, echo: { delayMs: 150 } }, 'echo.levelDb: '],
  [{ ...good, utterances: [{ press: '4x', cue }] }, 'keys are 0-9, * and #'],
  [{ ...good, expect: { agentSays: ['('] } }, 'expect.agentSays.0: not a regular expression'],
  [{ ...good, name: 'two' }, 'its name is "two", it must be "one"'],
])('%j is refused: %s', (fixture, problem) => {
  const text = typeof fixture === 'string' ? fixture : JSON.stringify(fixture)
  expect(() => parseFixture('one.json', text)).toThrow(problem)
})

test('a caller who was kept in the working folder is found by name, and stands for the one of the same name', async () => {
  const own = await mkdtemp(join(tmpdir(), 'partyline-own-'))
  onTestFinished(() => rm(own, { recursive: true }))
  for (const name of ['plain', 'mine']) {
    await cp(join(FIXTURES_DIR, 'plain'), join(own, name), { recursive: true })
    const file = JSON.parse(await readFile(join(FIXTURES_DIR, 'plain.json'), 'utf8'))
    await writeFile(join(own, `${name}.json`), JSON.stringify({ ...file, name, about: 'of the working folder' }))
  }
  const folders = [FIXTURES_DIR, own]
  expect(await fixtureIn(folders, 'mine')).toMatchObject({ about: 'of the working folder' })
  expect(await fixtureIn(folders, 'plain')).toMatchObject({ about: 'of the working folder' })
  expect(await fixtureIn([FIXTURES_DIR, join(own, 'none')], 'tasks')).toMatchObject({ name: 'tasks' })
  await expect(fixtureIn(folders, 'none')).rejects.toThrow('no such fixture')
})

test('every script has been recorded, and all other fixtures are calls that somebody has saved', async () => {
  const names = (await readdir(FIXTURES_DIR)).flatMap(file => (file.endsWith('.json') ? [basename(file, '.json')] : []))
  const scripts = FIXTURE_SCRIPTS.map(({ name }) => name)
  expect(names).toEqual(expect.arrayContaining(scripts))
  for (const name of names.filter(name => !scripts.includes(name)))
    expect(await loadNamedFixture(name)).toMatchObject({ voice: SAVED_VOICE })
})

test.each(FIXTURE_SCRIPTS)(
  'the recording of $name matches its script, in a voice that is not the agent’s',
  async script => {
    const { utterances, ...fixture } = await loadNamedFixture(script.name)
    const { lines, ...rest } = script
    expect(fixture).toEqual(rest)
    expect(fixture.voice).not.toBe(AGENT_VOICE)
    expect(utterances.map(({ cue }) => cue)).toEqual(lines.map(({ cue }) => cue))
    for (const utterance of utterances) {
      if (utterance.kind === 'keys') continue
      const spans = voicedSpans(mulaw(utterance.pcm))
      const lengthMs = utterance.pcm.length / 8
      expect(spans[0]?.startMs).toBeLessThan(120)
      expect(spans.at(-1)?.endMs).toBeGreaterThan(lengthMs - 300)
      expect(utterance.words.length > 0).toBe(utterance.say !== '')
    }
  },
)
