import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** A program with what it is always given. */
export type Program = readonly [command: string, ...options: string[]]

/** The first of these programs that is on the path; undefined when this machine has none. */
export function findProgram(programs: readonly Program[], path = process.env.PATH ?? ''): Program | undefined {
  const folders = path.split(delimiter).filter(folder => folder !== '')
  return programs.find(([command]) => folders.some(folder => isRunnable(join(folder, command))))
}

function isRunnable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
