import { createHash } from 'node:crypto'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { encodeWav } from '../audio/wav.ts'
import { seeded } from './chance.ts'
import { cough } from './cough.ts'
import { FIXTURES_DIR, type FixtureFile, LINE_RATE_HZ } from './fixture.ts'
import { FIXTURE_SCRIPTS, type FixtureScript, type ScriptLine } from './fixture-scripts.ts'
import { type Flite, openFlite, type Spoken } from './flite.ts'
import { joinedSpeech, throughTheLine, trimmed } from './line-sound.ts'

if (import.meta.main) {
  const flite = openFlite()
  const { signal } = new AbortController()
  for (const script of FIXTURE_SCRIPTS) console.log(await writeFixture(script, flite, signal))
  await flite.close()
}

/** Speaks a script and writes its JSON and WAV files over those in fixtures/calls. Returns a line that says so. */
async function writeFixture(script: FixtureScript, flite: Flite, signal: AbortSignal): Promise<string> {
  const folder = join(FIXTURES_DIR, script.name)
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  const utterances: FixtureFile['utterances'] = []
  let spokenMs = 0
  for (const [index, line] of script.lines.entries()) {
    if ('press' in line) {
      utterances.push(line)
      continue
    }
    const { pcm, words } = await renderLine(script, index, flite, signal)
    const audio = `${index}.wav`
    await writeFile(join(folder, audio), encodeWav({ pcm, rateHz: LINE_RATE_HZ, channels: 1 }))
    utterances.push({ say: plainText(line), audio, words: [...words], cue: line.cue })
    spokenMs += (pcm.length * 1000) / LINE_RATE_HZ
  }
  const { name, about, from, voice, hangUp, expect } = script
  const file: FixtureFile = { name, about, from, voice, utterances, hangUp, expect }
  await writeFile(join(FIXTURES_DIR, `${name}.json`), `${JSON.stringify(file, null, 2)}\n`)
  return `${name}: ${utterances.length} utterances, ${(spokenMs / 1000).toFixed(1)} s of the caller's voice`
}

/** One line of a script as it sounds on the telephone: the same bytes every time. */
export async function renderLine(
  { name, voice, lines }: FixtureScript,
  index: number,
  flite: Flite,
  signal: AbortSignal,
): Promise<Spoken> {
  const random = seeded(createHash('sha256').update(`${name} ${index}`).digest().readUInt32LE())
  const line = lines[index]
  if (!line || 'press' in line) throw new Error(`${name}: line ${index} is not a sound`)
  const clean =
    'noise' in line
      ? trimmed({ pcm: cough(random), rateHz: LINE_RATE_HZ, words: [] })
      : await spoken(line.say, voice, flite, signal)
  return { ...clean, pcm: throughTheLine(clean.pcm, random) }
}

async function spoken(say: string, voice: string, flite: Flite, signal: AbortSignal): Promise<Spoken> {
  const [first = '', ...rest] = say.split(/\s*\[(\d+)\]\s*/)
  const texts = [first, ...rest.filter((_, i) => i % 2 === 1)]
  const pausesMs = rest.filter((_, i) => i % 2 === 0).map(Number)
  const parts: Spoken[] = []
  for (const text of texts) parts.push(trimmed(await flite.synthesize(text, voice, signal)))
  return joinedSpeech(parts, pausesMs)
}

function plainText(line: ScriptLine): string {
  return 'say' in line ? line.say.replace(/\s*\[\d+\]\s*/g, ' … ') : ''
}
