import { existsSync } from 'node:fs'
import { StartError } from './start-error.ts'

const FILE = '.env'

/** Reads the .env of the current folder, if there is one. What the environment has already wins. Throws StartError. */
export function readEnvFile(): void {
  if (!existsSync(FILE)) return
  try {
    process.loadEnvFile(FILE)
  } catch (cause) {
    // Node reports every failure as a missing file, but it is there.
    throw new StartError(`${FILE}: it cannot be read`, { cause })
  }
}
