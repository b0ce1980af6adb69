import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { systemClock as clock } from '../../../src/clock.ts'
import { quantile } from '../../../src/compare/quantile.ts'
import { SANDBOX_AUTH_TOKEN } from '../../../src/config.ts'
import { startSandbox } from '../../../src/sandbox/process.ts'
import { startServer } from '../../../src/sandbox/server-process.ts'
import { say } from '../figures.ts'
import { cpuMsOfAll, residentBytes } from '../process-usage.ts'

/**
 * How long the server takes until it is ready for calls, and what it then has of memory: `npm run bench:start
 * [-- --starts 10] [--beside FOLDER]`. With the usual three providers, whose phrases are rendered by a first start that does
 * not count. `--beside` measures the server of another folder, such as a worktree of an older commit, in turns with this one.
 */
const { values } = parseArgs({ options: { starts: { type: 'string', default: '10' }, beside: { type: 'string' } } })
const starts = Number(values.starts)
if (!Number.isInteger(starts) || starts < 1 || starts > 1_000) throw new Error(`--starts ${values.starts}: 1 to 1000`)

interface Measured {
  readonly what: string
  readonly start: typeof startServer
  readonly dataDir: string
  readonly tookMs: number[]
  /** CPU time of the server and all that it has started. */
  readonly cpuMs: number[]
  readonly megabytes: number[]
}

const measured = async (what: string, start: typeof startServer): Promise<Measured> => {
  const dataDir = await mkdtemp(join(tmpdir(), 'partyline-start-'))
  return { what, start, dataDir, tookMs: [], cpuMs: [], megabytes: [] }
}

async function startOnce({ start, dataDir, tookMs, cpuMs, megabytes }: Measured, counts: boolean): Promise<void> {
  const startMs = clock.now()
  const server = await start({ sandbox, dataDir, authToken: SANDBOX_AUTH_TOKEN }, clock, signal)
  if (counts) {
    tookMs.push(clock.now() - startMs)
    cpuMs.push(cpuMsOfAll(server.pid))
    megabytes.push(residentBytes(server.pid) / 1e6)
  }
  await server.close()
}

const { signal } = new AbortController()
const sandbox = await startSandbox({ port: 0, profile: 'fast' }, signal)
const servers = [await measured('this server', startServer)]
if (values.beside !== undefined) {
  // Its own file, which starts the server that lies beside it.
  const file = join(resolve(values.beside), 'src/sandbox/server-process.ts')
  const other: { readonly startServer: typeof startServer } = await import(file)
  servers.push(await measured(values.beside, other.startServer))
}
for (let i = 0; i <= starts; i++) for (const server of servers) await startOnce(server, i > 0)
await sandbox.close()
for (const { what, dataDir, tookMs, cpuMs, megabytes } of servers) {
  await rm(dataDir, { recursive: true })
  say(`${what}, ${starts} starts`)
  for (const [of, figures, unit] of [
    ['ready for calls after', tookMs, 'ms'],
    ['CPU time until then', cpuMs, 'ms'],
    ['memory', megabytes, 'MB'],
  ] as const) {
    const [p50, least, most] = [quantile(figures, 0.5), Math.min(...figures), Math.max(...figures)].map(Math.round)
    say(`  ${of.padEnd(24)} ${p50} ${unit} (${least} to ${most})`)
  }
}
process.exit(0)
