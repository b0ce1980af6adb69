import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

const PROJECT = fileURLToPath(new URL('../..', import.meta.url))

/** Runs one of the project's commands, as its npm scripts do, and gives it a line to read. Its own settings are none. */
export async function runCommand(
  args: readonly string[],
  input = '',
): Promise<{ readonly code: number | null; readonly out: string; readonly told: string }> {
  const { PATH, NODE_COMPILE_CACHE } = process.env
  const child = spawn(process.execPath, args, { cwd: PROJECT, env: { PATH, NODE_COMPILE_CACHE } })
  const closed = once(child, 'close')
  child.stdin.end(input)
  const [out, told] = await Promise.all([text(child.stdout), text(child.stderr)])
  await closed
  return { code: child.exitCode, out, told }
}
