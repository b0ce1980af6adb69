import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { CommandError } from '../terminal/command-error.ts'

/** Runs a script of its own in this process, as if it had been started with these words. */
export async function runScript(name: string, file: URL, words: readonly string[]): Promise<void> {
  const path = fileURLToPath(file)
  if (!existsSync(path)) throw new CommandError(`${name}: this installation comes without it.`)
  process.argv = [process.execPath, path, ...words]
  await import(file.href)
}

/**
 * Becomes the server: this process is replaced by one with these options of Node, so that signals, the terminal and the exit code
 * are its own. Where the system cannot do that, the server runs here, without the options, which are about memory alone.
 */
export async function becomeServer(nodeOptions: readonly string[], words: readonly string[]): Promise<void> {
  const file = new URL('../main.ts', import.meta.url)
  if (process.execve === undefined || process.platform === 'win32') return runScript('start', file, words)
  const args = [process.execPath, ...nodeOptions, ...process.execArgv, fileURLToPath(file), ...words]
  process.execve(process.execPath, args, environment())
}

function environment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )
}
