import { spawnSync } from 'node:child_process'
import { pinnedTo } from './process-usage.ts'

const PINNED = 'PARTYLINE_BENCH_PINNED'

/**
 * Runs a bench's main function on the second processor; the server uses the first. Exits with 0 only if `main` resolves
 * to true. `name` is used in error messages.
 */
export async function runPinned(name: string, main: (signal: AbortSignal) => Promise<boolean>): Promise<never> {
  const pin = pinnedTo(1)
  if (pin.length > 0 && process.env[PINNED] === undefined) {
    const [command = '', ...rest] = [...pin, process.execPath, ...process.argv.slice(1)]
    process.exit(spawnSync(command, rest, { stdio: 'inherit', env: { ...process.env, [PINNED]: '1' } }).status ?? 1)
  }
  const stop = new AbortController()
  process.once('SIGINT', () => stop.abort(new Error('interrupted')))
  try {
    process.exit((await main(stop.signal)) ? 0 : 1)
  } catch (error) {
    // Its servers end with it.
    stop.abort(error)
    process.stderr.write(`The ${name} failed: ${error instanceof Error ? error.message : error}\n`)
    process.exit(1)
  }
}
