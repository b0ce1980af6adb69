import { parseArgs } from 'node:util'
import { systemClock as clock } from '../../../src/clock.ts'
import { quantile } from '../../../src/compare/quantile.ts'
import { openFlite } from '../../../src/flite/flite.ts'
import { findLivekit, thisMachine } from '../../../src/livekit/program.ts'
import { type LivekitServer, startLivekit } from '../../../src/livekit/server.ts'
import { systemNetwork } from '../../../src/network.ts'
import { loadNamedFixture, type Script } from '../../../src/sandbox/caller/fixture.ts'
import { responseGaps } from '../../../src/sandbox/ringing/response-gaps.ts'
import { voicedSpans } from '../../../src/sandbox/ringing/voiced-spans.ts'
import { callInRoom } from '../../browser/room-caller.ts'
import { joinAsCaller } from '../../browser/rtc-caller.ts'
import { say } from '../figures.ts'
import {
  type FinishedCall,
  gapsOf,
  isValid,
  type Load,
  MOST_OTHER_LOAD,
  openTestBed,
  type PlacedCall,
  type Recorded,
  type TestBed,
} from '../load.ts'
import { overlapCallers } from '../overlap-callers.ts'
import { type Overlap, overlapsOf } from '../overlaps.ts'
import { runPinned } from '../pinned.ts'
import { cpuMsOfAll } from '../process-usage.ts'

const USAGE = `npm run bench:rooms -- [--sessions 1,2,5,10] [--part talk|barge-in]
Conversations in rooms of a real LiveKit server, beside the same conversations by telephone; then interruptions with
BARGE_IN=snappy. The server has one core to itself; LiveKit, callers and stand-ins share the other.`

/** The targets. */
const MOST_CPU_SHARE = 0.1
const MOST_OVER_PHONE_MS = 60
const MOST_TO_THE_EAR_MS = 250
const MOST_SILENT_MS = { p50: 300, p95: 450 } as const
/** Their interruptions, less those that begin with a sign of listening, are some forty. */
const INTERRUPTERS = 5
/** With more of them the callers' own core is so busy that their voices leave it late (measured: 350 ms with five). */
const INTERRUPT_AT_ONCE = 2
const PHONES = 5
const WARM_UP = 5
const IDLE_MS = 5_000
/** Behind a full core everything is late. */
const FULL = 0.9

type Finished = FinishedCall<Recorded>

/** The share of a core that the server uses while nobody is there. */
async function idleShare(pid: number, signal: AbortSignal): Promise<number> {
  const before = { atMs: clock.now(), cpuMs: cpuMsOfAll(pid) }
  await clock.sleep(IDLE_MS, signal)
  return (cpuMsOfAll(pid) - before.cpuMs) / (clock.now() - before.atMs)
}

/** Places a caller of this script in a room, from a network of its own. */
function placeInRoom({ server, sandbox, ticker }: TestBed, signal: AbortSignal) {
  return async (script: Script, seed: number): Promise<PlacedCall<Recorded>> => {
    const caller = await joinAsCaller({ server, address: `10.0.${seed >> 8}.${seed & 255}` })
    try {
      await caller.agentCame
      const { callId, hear, speak } = caller
      const { played, legs, zeroWallMs, why, gaveUp } = await callInRoom(
        {
          ...{ script, seed, callId, ticker, hear, speak, network: systemNetwork, announceUrl: sandbox.deepgramUrl },
          // What has arrived is played at once; silence arrives too.
          queuedMs: () => 0,
          press: () => undefined,
        },
        signal,
      )
      const gaps = responseGaps(played, voicedSpans(legs.agent))
      const record = { script: script.name, utterances: played, legs, gaps, why, gaveUp, warnings: [] }
      return { record, callId, zeroWallMs }
    } finally {
      await caller.leave()
    }
  }
}

const halves = (values: readonly number[]): string =>
  `${quantile(values, 0.5).toFixed(0)} / ${quantile(values, 0.95).toFixed(0)} ms (${values.length})`

function verdict(what: string, value: string, target: string, isMet: boolean): boolean {
  say(`${what.padEnd(52)} ${value.padStart(24)}   ${target.padEnd(18)} ${isMet ? 'met' : 'NOT MET'}`)
  return isMet
}

/** Which core was full, and what else ran there. */
function loadText({ shares, foreignLoad }: Load): string {
  const { server = 0, ...others } = shares
  const other = Object.values(others).reduce((sum, share) => sum + share, 0)
  const full = [...(server > FULL ? ['server core'] : []), ...(other > FULL ? ['other core'] : [])]
  const parts = Object.entries(others).map(([name, share]) => `${name} ${percent(share)}`)
  const rest = `other core ${percent(other)} (${parts.join(', ')}), other programs ${percent(foreignLoad)}`
  return `server core ${percent(server)}, ${rest}; full: ${full.join(' and ') || 'nothing'}`
}
const percent = (share: number): string => `${(share * 100).toFixed(1)} %`

/** A row of one round. Returns the server's share of a core for each session. */
function showRound(name: string, finished: readonly Finished[], load: Load): number {
  const share = load.serverCpuMs / 1_000 / load.callSeconds
  say(
    `${name.padEnd(12)} CPU ${percent(share)} of a core a session, ${(load.bytesPerCall / 1e6).toFixed(1)} MB a session, ` +
      `at the ear ${halves(finished.flatMap(gapsOf))}, ` +
      `by the journal ${halves(finished.flatMap(({ totalMs }) => totalMs))}, own ${halves(finished.flatMap(({ ownMs }) => ownMs))}`,
  )
  say(`${''.padEnd(12)} ${loadText(load)}`)
  return share
}

async function talk(livekit: LivekitServer, sessions: readonly number[], signal: AbortSignal): Promise<boolean> {
  const testBed = await openTestBed('fast', envOf(livekit), signal, {
    LiveKit: livekit.pid,
  })
  const place = placeInRoom(testBed, signal)
  const script = await loadNamedFixture('bench')
  const scripts = (count: number): readonly Script[] => Array.from({ length: count }, () => script)
  say('Warming up …')
  await testBed.round([script])
  say(`nobody there: server core ${percent(await idleShare(testBed.server.pid, signal))}`)
  const loads: Load[] = []
  const shares: number[] = []
  const rooms: Finished[] = []
  const phone = await testBed.round(scripts(PHONES))
  showRound(`${PHONES} by phone`, phone.finished, phone.load)
  // As many conversations as make a server that has been running for a while: V8 has compiled what is hot. The rooms'
  // process, whose start takes half a second, ends half a minute after its last room: so nothing comes between.
  await testBed.roundBy(place, scripts(WARM_UP))
  for (const count of sessions) {
    const { finished, load } = await testBed.roundBy(place, scripts(count))
    const share = showRound(`${count} in rooms`, finished, load)
    if (load.otherLoad > MOST_OTHER_LOAD) {
      say(`${''.padEnd(12)} the callers' own core was full, so they were late themselves: not counted`)
      continue
    }
    shares.push(share)
    rooms.push(...finished)
    loads.push(load)
  }
  const closed = await testBed.close()
  if (rooms.length === 0) throw new Error('the machine was too busy in every round: nothing was measured')
  const p50 = (values: readonly number[]): number => quantile(values, 0.5)
  const received = p50(rooms.flatMap(({ totalMs }) => totalMs))
  const overPhoneMs = received - p50(phone.finished.flatMap(({ totalMs }) => totalMs))
  const toTheEarMs = p50(rooms.flatMap(gapsOf)) - received
  const cpu = Math.max(...shares)
  const ms = (value: number): string => `${value.toFixed(0)} ms`
  const verdicts = [
    verdict('server CPU a session', percent(cpu), `≤ ${percent(MOST_CPU_SHARE)}`, cpu <= MOST_CPU_SHARE),
    verdict(
      'frame received to frame handed over, above the phone',
      ms(overPhoneMs),
      `≤ ${ms(MOST_OVER_PHONE_MS)}`,
      overPhoneMs <= MOST_OVER_PHONE_MS,
    ),
    verdict('more at the ear', ms(toTheEarMs), `≤ ${ms(MOST_TO_THE_EAR_MS)}`, toTheEarMs <= MOST_TO_THE_EAR_MS),
  ]
  return isValid([...phone.finished, ...rooms], loads, Math.max(...sessions)) && closed && verdicts.every(Boolean)
}

async function interrupt(livekit: LivekitServer, signal: AbortSignal): Promise<boolean> {
  const env = { ...envOf(livekit), BARGE_IN: 'snappy' }
  const testBed = await openTestBed('fast', env, signal, { LiveKit: livekit.pid })
  const flite = openFlite()
  const all = await overlapCallers(INTERRUPTERS, flite, signal)
  await flite.close()
  // A browser cancels the echo of its own loudspeaker.
  const callers = all.filter(({ script }) => script.echo === undefined)
  const place = placeInRoom(testBed, signal)
  await testBed.roundBy(place, [await loadNamedFixture('plain')])
  const finished: Finished[] = []
  const loads: Load[] = []
  for (let at = 0; at < callers.length; at += INTERRUPT_AT_ONCE) {
    const some = callers.slice(at, at + INTERRUPT_AT_ONCE)
    const round = await testBed.roundBy(
      place,
      some.map(({ script }) => script),
    )
    finished.push(...round.finished)
    loads.push(round.load)
    say(`${some.length} in rooms, BARGE_IN=snappy: ${loadText(round.load)}`)
  }
  const closed = await testBed.close()
  const overlaps = finished.flatMap((call, i) => overlapsOf(call, callers[i]?.roles ?? [], false))
  const of = (...kinds: readonly Overlap['kind'][]) => overlaps.filter(({ kind }) => kinds.includes(kind))
  const silentMs = (some: readonly Overlap[]) => some.flatMap(({ yielded }) => yielded?.silentMs ?? [])
  const atOnce = silentMs(of('interrupts', 'wordless'))
  const rightly = (some: readonly Overlap[]): string =>
    `${some.filter(({ isRight }) => isRight).length} of ${some.length}`
  const [p50, p95] = [quantile(atOnce, 0.5), quantile(atOnce, 0.95)]
  const target = `≤ ${MOST_SILENT_MS.p50} / ≤ ${MOST_SILENT_MS.p95} ms`
  say(
    `after a sign first ${halves(silentMs(of('sign first')))}; stopped by ${rightly(of('interrupts', 'wordless', 'sign first'))}`,
  )
  say(`went on over signs and noises ${rightly(of('sign', 'noise'))}`)
  const isMet = verdict(
    'interrupted: silent at the ear, p50 / p95',
    halves(atOnce),
    target,
    p50 <= MOST_SILENT_MS.p50 && p95 <= MOST_SILENT_MS.p95,
  )
  return isValid(finished, loads, INTERRUPT_AT_ONCE) && closed && isMet
}

const envOf = ({ url, apiKey, apiSecret }: LivekitServer): Readonly<Record<string, string>> => ({
  ...{ LIVEKIT_URL: url, LIVEKIT_API_KEY: apiKey, LIVEKIT_API_SECRET: apiSecret },
  // Each caller says that it comes from another network: from one, only a few may come in a minute.
  TRUST_PROXY: '127.0.0.1',
})

await runPinned('rooms bench', async signal => {
  const options = { sessions: { type: 'string', default: '1,2,5,10' }, part: { type: 'string' } } as const
  const { values } = parseArgs({ options })
  const sessions = values.sessions.split(',').map(Number)
  if (!sessions.every(count => Number.isInteger(count) && count >= 1 && count <= 50))
    throw new Error(`--sessions ${values.sessions}: numbers from 1 to 50\n${USAGE}`)
  const { part } = values
  if (part !== undefined && part !== 'talk' && part !== 'barge-in')
    throw new Error(`--part ${part}: talk or barge-in\n${USAGE}`)
  const program = await findLivekit(thisMachine(process.env, say), signal)
  const livekit = await startLivekit({ program, env: process.env }, clock, signal)
  const results = [
    part === 'barge-in' || (await talk(livekit, sessions, signal)),
    part === 'talk' || (await interrupt(livekit, signal)),
  ]
  await livekit.close()
  return results.every(Boolean)
})
