import { rm, writeFile } from 'node:fs/promises'
import type { Message } from '../conversation/ports.ts'
import { PRIVATE_FILE } from '../private-files.ts'
import { transcriptOf } from './transcript.ts'

/** Returns what went wrong. A part of one is removed, so that the next start writes it from the journal. */
export async function writeTranscript(file: string, messages: readonly Message[]): Promise<readonly string[]> {
  try {
    await writeFile(file, transcriptOf(messages), { mode: PRIVATE_FILE })
    return []
  } catch (error) {
    await rm(file, { force: true }).catch(() => undefined)
    return [String(error)]
  }
}
