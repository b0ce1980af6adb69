import { reasonOf } from './failure-reason.ts'

/** The server cannot start. The message has a line for each mistake, with the setting's name and no secret. */
export class StartError extends Error {
  override readonly name = 'StartError'
}

/** Does a part of the start. Throws StartError that names the setting on which it depends. */
export async function naming<T>(setting: string, start: () => T | Promise<T>): Promise<T> {
  try {
    return await start()
  } catch (cause) {
    if (cause instanceof StartError) throw cause
    const lines = linesOf(cause).map(line => `${setting}: ${line}`)
    throw new StartError(lines.join('\n'), { cause })
  }
}

/** Errors that list problems have a line for each; any other has one. */
function linesOf(cause: unknown): readonly string[] {
  const problems: unknown = cause instanceof Error && 'problems' in cause ? cause.problems : undefined
  return Array.isArray(problems) ? problems.map(String) : [reasonOf(cause) + pathOf(cause)]
}

const pathOf = (cause: unknown): string =>
  cause instanceof Error && 'path' in cause && typeof cause.path === 'string' ? ` (${cause.path})` : ''
