import { spawn } from 'node:child_process'
import { once } from 'node:events'

const MOST_KEPT = 20_000

export interface ChildResult {
  readonly code: number | null
  /** The end of what it printed, at most 20,000 letters. */
  readonly output: string
}

export interface ChildOptions {
  readonly env: NodeJS.ProcessEnv
  readonly cwd?: string
  /** Gets each line that it prints. */
  readonly onLine?: (line: string) => void
}

/**
 * Runs a program to its end. A code other than 0 is a result and no error. Rejects when the program cannot be started,
 * and on abort, once it was killed.
 */
export async function runChild(
  file: string,
  args: readonly string[],
  { env, cwd, onLine }: ChildOptions,
  signal: AbortSignal,
): Promise<ChildResult> {
  signal.throwIfAborted()
  const child = spawn(file, args, { env, cwd, stdio: ['ignore', 'pipe', 'pipe'], signal, killSignal: 'SIGKILL' })
  let output = ''
  let unfinished = ''
  const read = (data: unknown): void => {
    output = (output + String(data)).slice(-MOST_KEPT)
    const lines = (unfinished + String(data)).slice(-MOST_KEPT).split('\n')
    unfinished = lines.pop() ?? ''
    for (const line of lines) onLine?.(line)
  }
  child.stdout.on('data', read)
  child.stderr.on('data', read)
  const [code] = await once(child, 'close')
  return { code, output }
}
