import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { decodeWav } from '../../../src/audio/wav.ts'
import { KEPT_IN, type PypiFile, pypiFile } from './pypi-file.ts'

/**
 * PocketSphinx's own tests (BSD): five sentences of LibriVox's reading of "Sense and Sensibility", as a woman reads
 * them; recording and book are in the public domain. And orders of one of its authors.
 */
const POCKETSPHINX: PypiFile = {
  ...{ name: 'pocketsphinx', version: '5.1.1', kind: 'source' },
  file: 'pocketsphinx-5.1.1.tar.gz',
  sha256: '675778b309a22dfc9b7d37f7621976bba491d2a5f8c59696bd77fd6d07271355',
}
const FOLDER = 'pocketsphinx-5.1.1/test/data'
const RATE_HZ = 16_000
/** As it stands in the book. The package's own text has a slip in the fourth. */
const READING: Readonly<Record<string, string>> = {
  870: 'And Mr. John Dashwood had then leisure to consider how much there might be prudently in his power to do for them.',
  880: 'He was not an ill-disposed young man,',
  890: 'unless to be rather cold-hearted and rather selfish is to be ill-disposed.',
  920: 'Had he married a more amiable woman, he might have been made still more respectable than he was:',
  930: 'he might even have been made amiable himself.',
}

/** A recording of somebody's voice and its words. */
export interface Recorded {
  readonly say: string
  readonly pcm: Int16Array
  readonly rateHz: number
}

/** Fetches the recordings where they are not there yet. Rejects as `pypiFile` does. */
export async function humanReading(signal: AbortSignal): Promise<readonly Recorded[]> {
  const archive = await pypiFile(POCKETSPHINX, signal)
  await promisify(execFile)('tar', ['-xzf', archive, '-C', KEPT_IN, `${FOLDER}/librivox`], { signal })
  const file = (number: string): string =>
    join(KEPT_IN, FOLDER, 'librivox', `sense_and_sensibility_01_austen_64kb-0${number}.wav`)
  return Promise.all(
    Object.entries(READING).map(async ([number, say]) => {
      const { pcm, rateHz } = decodeWav(await readFile(file(number)))
      if (rateHz !== RATE_HZ) throw new Error(`${file(number)} has ${rateHz} Hz`)
      return { say, pcm, rateHz }
    }),
  )
}
