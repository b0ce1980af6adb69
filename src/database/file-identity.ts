import { statSync } from 'node:fs'

/** The file behind a path, whatever its name; undefined when there is none. */
export function identityOf(file: string): string | undefined {
  const found = statSync(file, { throwIfNoEntry: false, bigint: true })
  return found && `${found.dev}:${found.ino}`
}
