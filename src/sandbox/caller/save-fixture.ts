import { access, mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { encodeWav } from '../../audio/wav.ts'
import { type FixtureFile, LINE_RATE_HZ, type Script } from './fixture.ts'

const NAME = /^[a-z0-9][a-z0-9-]{0,59}$/
/** Windows has no file of such a name, whatever its extension. */
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)$/

/** A fixture as it is stored: its JSON file, and the WAV files beside it, by name. */
export interface FixtureFiles {
  readonly file: FixtureFile
  readonly sounds: ReadonlyMap<string, Uint8Array>
}

export function fixtureFiles(script: Script): FixtureFiles {
  const { name, about, from, agent, voice, echo, hangUp, expect } = script
  const sounds = new Map<string, Uint8Array>()
  const utterances = script.utterances.map((utterance, index): FixtureFile['utterances'][number] => {
    if (utterance.kind === 'keys') return { press: utterance.press, cue: utterance.cue }
    const { say, pcm, words, cue, aside } = utterance
    const audio = `${index}.wav`
    sounds.set(audio, encodeWav({ pcm, rateHz: LINE_RATE_HZ, channels: 1 }))
    return { say, audio, words: [...words], cue, ...(aside !== undefined && { aside }) }
  })
  const more = { ...(agent && { agent }), voice, ...(echo && { echo }) }
  return { file: { name, about, from, ...more, utterances, hangUp, expect }, sounds }
}

/** The text of a fixture's JSON file. */
export const fixtureText = (file: FixtureFile): string => `${JSON.stringify(file, null, 2)}\n`

/**
 * Adds a fixture to a folder of them, whole or not at all. Returns the path of its JSON file. Throws an Error in words for
 * a name that is taken or cannot be one, and the system's for a folder that cannot be written.
 */
export async function saveFixture(script: Script, folder: string): Promise<string> {
  const { name } = script
  checkFixtureName(name)
  const path = join(folder, `${name}.json`)
  const own = join(folder, name)
  const { file, sounds } = fixtureFiles(script)
  await mkdir(folder, { recursive: true })
  // Of two that save the same name at once, one gets the folder.
  await mkdir(own).catch(error => {
    throw isCode(error, 'EEXIST') ? taken(name) : error
  })
  try {
    if (await exists(path)) throw taken(name)
    for (const [audio, wav] of sounds) await writeFile(join(own, audio), wav)
    // Its JSON file makes it a fixture: that is there at once, and last.
    const part = join(own, `${name}.json.part`)
    await writeFile(part, fixtureText(file))
    await rename(part, path)
  } catch (error) {
    await rm(own, { recursive: true, force: true })
    throw error
  }
  return path
}

/** Throws an Error in words where no fixture may have this name. */
export function checkFixtureName(name: string): void {
  if (!NAME.test(name))
    throw new Error(
      `a fixture's name is small letters, digits and hyphens, 60 at most, such as "my-call": not "${name}"`,
    )
  if (DEVICE.test(name)) throw new Error(`"${name}" is the name of a device on Windows: give it another name`)
}

const taken = (name: string): Error => new Error(`there is a fixture "${name}" already: give it another name`)

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )

const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code
