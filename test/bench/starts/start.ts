import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { systemClock as clock } from '../../../src/clock.ts'
import { SANDBOX_AUTH_TOKEN } from '../../../src/config.ts'
import { startSandbox } from '../../../src/sandbox/process.ts'
import { startServer } from '../../../src/sandbox/server-process.ts'
import { quantile, say } from '../figures.ts'
import { residentBytes } from '../process-usage.ts'

/**
 * How long the server takes until it is ready for calls, and what it then has of memory: `npm run bench:start
 * [-- --starts 10]`. With the usual three providers, whose phrases are rendered by a first start that does not count.
 */
const { values } = parseArgs({ options: { starts: { type: 'string', default: '10' } } })
const starts = Number(values.starts)
if (!Number.isInteger(starts) || starts < 1 || starts > 1_000) throw new Error(`--starts ${values.starts}: 1 to 1000`)

const { signal } = new AbortController()
const dataDir = await mkdtemp(join(tmpdir(), 'partyline-start-'))
const sandbox = await startSandbox({ port: 0, profile: 'fast' }, signal)
const tookMs: number[] = []
const megabytes: number[] = []
for (let i = 0; i <= starts; i++) {
  const startMs = clock.now()
  const server = await startServer({ sandbox, dataDir, authToken: SANDBOX_AUTH_TOKEN }, clock, signal)
  if (i > 0) {
    tookMs.push(clock.now() - startMs)
    megabytes.push(residentBytes(server.pid) / 1e6)
  }
  await server.close()
}
await sandbox.close()
await rm(dataDir, { recursive: true })
for (const [what, figures, unit] of [
  ['ready for calls after', tookMs, 'ms'],
  ['memory', megabytes, 'MB'],
] as const) {
  const [p50, least, most] = [quantile(figures, 0.5), Math.min(...figures), Math.max(...figures)].map(Math.round)
  say(`${what.padEnd(24)} ${p50} ${unit} (${least} to ${most}, ${starts} starts)`)
}
process.exit(0)
