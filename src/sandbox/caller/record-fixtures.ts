import { createHash } from 'node:crypto'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { decodeWav } from '../../audio/wav.ts'
import { type Flite, openFlite, type Spoken } from '../../flite/flite.ts'
import { seeded } from '../chance.ts'
import { cough } from './cough.ts'
import { FIXTURES_DIR, LINE_RATE_HZ, type Script, type Utterance } from './fixture.ts'
import { FIXTURE_SCRIPTS } from './fixture-scripts.ts'
import { joinedSpeech, throughTheLine, trimmed } from './line-sound.ts'
import { click, door } from './noises.ts'
import { fixtureFiles, fixtureText } from './save-fixture.ts'
import type { FixtureScript, ScriptLine } from './script-lines.ts'
import { spreadWords } from './spoken-script.ts'

const NOISES = { cough, door, click }

if (import.meta.main) {
  const flite = openFlite()
  const { signal } = new AbortController()
  for (const script of FIXTURE_SCRIPTS) console.log(await writeFixture(script, flite, signal))
  await flite.close()
}

/** Synthesizes a script and replaces its JSON and WAV files in fixtures/calls. Returns a line that reports it. */
async function writeFixture(script: FixtureScript, flite: Flite, signal: AbortSignal): Promise<string> {
  const folder = join(FIXTURES_DIR, script.name)
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  const { file, sounds } = fixtureFiles(await renderScript(script, flite, signal))
  for (const [audio, wav] of sounds) await writeFile(join(folder, audio), wav)
  await writeFile(join(FIXTURES_DIR, `${script.name}.json`), fixtureText(file))
  const spokenMs = [...sounds.values()].reduce((sum, wav) => sum + (decodeWav(wav).pcm.length * 1000) / LINE_RATE_HZ, 0)
  return `${script.name}: ${file.utterances.length} utterances, ${(spokenMs / 1000).toFixed(1)} s of the caller's voice`
}

/** Synthesizes a script for a caller without writing files. */
export async function renderScript(script: FixtureScript, flite: Flite, signal: AbortSignal): Promise<Script> {
  const { lines, ...head } = script
  const utterances: Utterance[] = []
  for (const [index, line] of lines.entries()) {
    if ('press' in line) {
      utterances.push({ kind: 'keys', ...line })
      continue
    }
    const { pcm, words } = await renderLine(script, index, flite, signal)
    const aside = 'mumble' in line ? false : 'aside' in line ? line.aside : undefined
    utterances.push({ kind: 'speech', say: plainText(line), words, pcm, cue: line.cue, aside })
  }
  return { ...head, utterances }
}

/** Synthesizes one line of a script as it sounds on the telephone: the same bytes every time. */
export async function renderLine(
  { name, voice, lines }: Pick<FixtureScript, 'name' | 'voice' | 'lines'>,
  index: number,
  flite: Flite,
  signal: AbortSignal,
): Promise<Spoken> {
  const random = seeded(createHash('sha256').update(`${name} ${index}`).digest().readUInt32LE())
  const line = lines[index]
  if (!line || 'press' in line) throw new Error(`${name}: line ${index} has no sound`)
  const clean =
    'noise' in line
      ? trimmed({ pcm: NOISES[line.noise](random), rateHz: LINE_RATE_HZ, words: [] })
      : await spoken(line, voice, flite, signal)
  return { ...clean, pcm: throughTheLine(clean.pcm, random) }
}

async function spoken(
  line: Extract<ScriptLine, { say: string } | { mumble: string }>,
  voice: string,
  flite: Flite,
  signal: AbortSignal,
): Promise<Spoken> {
  const text = 'mumble' in line ? line.mumble : (line.sounds ?? line.say)
  const [first = '', ...rest] = text.split(/\s*\[(\d+)\]\s*/)
  const texts = [first, ...rest.filter((_, i) => i % 2 === 1)]
  const pausesMs = rest.filter((_, i) => i % 2 === 0).map(Number)
  const parts: Spoken[] = []
  for (const text of texts) parts.push(trimmed(await flite.synthesize(text, voice, signal)))
  const speech = joinedSpeech(parts, pausesMs)
  if ('mumble' in line) return { ...speech, words: [] }
  return line.sounds === undefined ? speech : { ...speech, words: spreadWords(plainText(line), speech.pcm) }
}

function plainText(line: ScriptLine): string {
  return 'say' in line ? line.say.replace(/\s*\[\d+\]\s*/g, ' … ') : ''
}
