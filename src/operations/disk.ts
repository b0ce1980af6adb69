import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** About a second of a call's recording and journal. */
const PROBE = Buffer.alloc(64 * 1024)
const PROBE_NAME = '.can-be-written'

/** Writes a small file into the folder and removes it. Throws the system's error when it cannot; makes the folder. */
export async function checkFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  const file = join(folder, `${PROBE_NAME}-${process.pid}`)
  try {
    await writeFile(file, PROBE)
  } finally {
    await rm(file, { force: true })
  }
}
