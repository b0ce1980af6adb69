import { readFile, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import type { VoiceSample } from '../providers/entry.ts'

/** No provider takes so much in one file, so a longer one is not even read. */
const MOST_BYTES = 50 * 1024 * 1024

/** Reads recordings. `problems` has a line for each that is not there, or is no recording by its size. */
export async function readSamples(files: readonly string[]) {
  const samples: VoiceSample[] = []
  const problems: string[] = []
  for (const file of files) {
    try {
      const found = await stat(file)
      if (!found.isFile()) problems.push(`${file}: is no file`)
      else if (found.size > MOST_BYTES) problems.push(`${file}: ${Math.ceil(found.size / 1024 / 1024)} MB are too much`)
      else samples.push({ name: basename(file), bytes: await readFile(file) })
    } catch (error) {
      const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
      problems.push(`${file}: ${isMissing ? 'there is no such file' : error instanceof Error ? error.message : error}`)
    }
  }
  return { samples, problems }
}
