import { once } from 'node:events'
import { createServer } from 'node:http'
import { systemClock as clock } from '../../src/clock.ts'
import { readJournal } from '../../src/journal/outcome.ts'
import { loadNamedFixture } from '../../src/sandbox/caller/fixture.ts'
import type { ProfileName } from '../../src/sandbox/delays.ts'
import { openTraces } from '../../src/traces/traces.ts'
import { say } from './figures.ts'
import { type FinishedCall, isValid, type Load, openTestBed } from './load.ts'

/** Rounds are rung on both servers in turn, so that what else the machine does meets both. */
const ROUNDS = 3

/** Compares a server that sends traces with one that does not, and prints what it costs. False if the run is void. */
export async function benchTraced(calls: number, profile: ProfileName, signal: AbortSignal): Promise<boolean> {
  const collector = await openCollector()
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url }
  const beds = [
    { name: 'plain', bed: await openTestBed(profile, {}, signal), loads: [] as Load[] },
    { name: 'traced', bed: await openTestBed(profile, env, signal), loads: [] as Load[] },
  ]
  const aloneMs = await costAlone(collector.url, signal)
  say(`A recorded call, folded and sent alone, takes ${aloneMs.toFixed(3)} ms of CPU a second of call.`)
  collector.forget()
  const script = await loadNamedFixture('bench')
  const finished: FinishedCall[] = []
  say(`Partyline bench of traces: ${calls} calls at once, ${ROUNDS} rounds on each of two servers. Warming up …`)
  for (const { bed } of beds) await bed.round([script, script])
  for (let round = 0; round < ROUNDS; round++) {
    for (const { name, bed, loads } of beds) {
      const rung = await bed.round(Array.from({ length: calls }, () => script))
      finished.push(...rung.finished)
      loads.push(rung.load)
      say(`  ${name.padEnd(7)} ${cpuOf([rung.load]).toFixed(2)} ms of CPU a second of call`)
    }
  }
  const closed = await Promise.all(beds.map(({ bed }) => bed.close()))
  collector.close()
  const [plain, traced] = beds.map(({ loads }) => cpuOf(loads))
  if (plain === undefined || traced === undefined) return false
  const memory = beds.map(({ loads }) => Math.max(...loads.map(load => load.bytesPerCall)) / 1e6)
  say(`\nCPU a second of call, plain and traced   ${plain.toFixed(2)} and ${traced.toFixed(2)} ms`)
  say(`tracing costs                            ${(((traced - plain) / plain) * 100).toFixed(1)} % of the CPU`)
  say(`memory a call, plain and traced          ${memory.map(mb => mb.toFixed(2)).join(' and ')} MB`)
  say(`spans that the collector got             ${collector.spans()} of ${finished.length / 2} calls`)
  const loads = beds.flatMap(bed => bed.loads)
  return isValid(finished, loads, calls) && closed.every(Boolean) && collector.spans() > 0
}

const RECORDED = new URL('../../fixtures/calls/recorded-tasks/journal.jsonl', import.meta.url).pathname
const TIMES = 60

/** What tracing itself takes, where the noise of whole calls would hide it: ms of CPU a second of call. */
async function costAlone(endpoint: string, signal: AbortSignal): Promise<number> {
  const lines = await readJournal(RECORDED)
  const seconds = (lines.at(-1)?.atMs ?? 0) / 1_000
  const log = { info: () => undefined, warn: () => undefined }
  const model = { model: 'bench', host: 'localhost', port: 443 }
  const traces = await openTraces({ settings: { endpoint, headers: {}, resource: {} }, model, clock, log })
  const before = process.cpuUsage()
  for (let i = 0; i < TIMES; i++) {
    const trace = traces.ofCall({ callId: `CA${i}`, attempt: 1, startedAt: clock.wallTime() })
    for (const line of lines) trace(line)
    // Batches leave meanwhile, as they do from a server.
    await clock.sleep(20, signal)
  }
  await traces.close()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1_000 / (TIMES * seconds)
}

function cpuOf(loads: readonly Load[]): number {
  const sum = (pick: (load: Load) => number): number => loads.reduce((total, load) => total + pick(load), 0)
  return sum(load => load.serverCpuMs) / sum(load => load.callSeconds)
}

/** Takes all spans and counts them. */
async function openCollector() {
  let spans = 0
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const part of request) body += part
    spans += body.split('"spanId"').length - 1
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  function close(): void {
    server.closeAllConnections()
    server.close()
  }
  const forget = (): void => {
    spans = 0
  }
  return { url: `http://127.0.0.1:${address.port}`, spans: () => spans, forget, close }
}
