import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { systemClock as clock } from '../../src/clock.ts'
import { loadNamedFixture, type Script, type Utterance } from '../../src/sandbox/caller/fixture.ts'
import { seeded } from '../../src/sandbox/chance.ts'
import { startRinging } from '../../src/sandbox/ringing/ring.ts'
import type { ServerProcess } from '../../src/sandbox/server-process.ts'
import type { CallEvent } from '../../src/sandbox/twilio/call-event.ts'
import type { Ticker } from '../../src/sandbox/twilio/ticker.ts'

const FIXTURES = ['plain', 'bench', 'bench-tools', 'bench-hesitant', 'corrects', 'backchannels', 'keys']
/** The length of a call, seeded. */
const SHORTEST_MS = 20_000
const LONGEST_MS = 90_000
/** Callers beyond the places, who wait or hear that lines are busy. */
const TOO_MANY = 3
const FORGED_EVERY_MS = 2_000
/** Sealed and copied by then. */
const FOLDER_KEPT_MS = 30_000

export interface Callers {
  /** Calls whose stream is open. */
  live(): number
  readonly counts: { placed: number; talked: number; busy: number; failed: number }
  /** Resolves when all have hung up, after `signal` of `soakingCallers` was aborted. */
  readonly gone: Promise<void>
}

/** Keeps `calls` callers on the line until the signal aborts: each rings again as soon as it has hung up. */
export async function soakingCallers(
  server: ServerProcess,
  ticker: Ticker,
  { calls, seed, dataDir }: { readonly calls: number; readonly seed: number; readonly dataDir: string },
  signal: AbortSignal,
): Promise<Callers> {
  const utterances = (await Promise.all(FIXTURES.map(loadNamedFixture))).flatMap(script => script.utterances)
  // Who says goodbye is hung up on.
  const pool = utterances.filter(one => one.kind === 'keys' || !/goodbye/i.test(one.say))
  const counts = { placed: 0, talked: 0, busy: 0, failed: 0 }
  const live = new Set<string>()

  async function call(callSeed: number, isPatient: boolean): Promise<void> {
    const random = seeded(callSeed)
    const script = scriptOf(pool, random, counts.placed++)
    let hasTalked = false
    let hasWaited = false
    let callSid = ''
    const onEvent = (event: CallEvent): void => {
      if (event.kind === 'stream-started') live.add(callSid)
      if (event.kind === 'stream-ended') live.delete(callSid)
      if (event.kind === 'stream-started') hasTalked = true
      if (event.kind === 'say') hasWaited = true
    }
    const { call, record } = startRinging(
      { ...server.rungBy(script), seed: callSeed, ticker, onEvent, patienceMs: LONGEST_MS },
      new AbortController().signal,
    )
    callSid = call.callSid
    const lengthMs = isPatient ? SHORTEST_MS + random() * (LONGEST_MS - SHORTEST_MS) : SHORTEST_MS
    const over = new AbortController()
    const hangingUp = clock.sleep(lengthMs, AbortSignal.any([signal, over.signal])).catch(() => undefined)
    await Promise.race([hangingUp, call.done])
    call.leave('enough was said')
    await record
    over.abort()
    live.delete(callSid)
    if (hasTalked) counts.talked++
    else if (hasWaited) counts.busy++
    else if (!signal.aborted) counts.failed++
    // An hour of recordings does not fit everywhere.
    void clock
      .sleep(FOLDER_KEPT_MS, new AbortController().signal)
      .then(() => rm(join(dataDir, 'calls', callSid), { recursive: true, force: true }))
  }

  async function rings(nth: number): Promise<void> {
    // They do not come all at once.
    await clock.sleep(nth * 250, signal)
    for (let turn = 0; !signal.aborted; turn++) await call(seed * 1_000_000 + nth * 10_000 + turn, nth < calls)
  }

  /** A stranger who has no signature. */
  async function forges(): Promise<void> {
    for (let turn = 0; ; turn++) {
      await clock.sleep(FORGED_EVERY_MS, signal)
      const body = new URLSearchParams({ CallSid: `CA${turn}`, From: '+15550100000' })
      const response = await fetch(`${server.url}/calls/answer`, { method: 'POST', body, signal })
      await response.text()
    }
  }

  const all = [...Array.from({ length: calls + TOO_MANY }, (_, nth) => rings(nth)), forges()]
  const gone = Promise.all(
    all.map(one => one.catch(error => (signal.aborted ? undefined : Promise.reject(error)))),
  ).then(() => undefined)
  return { live: () => live.size, counts, gone }
}

/** A caller of a dozen utterances, each fifth of which interrupts the agent. */
function scriptOf(pool: readonly Utterance[], random: () => number, nth: number): Script {
  const utterances = Array.from({ length: 12 }, (): readonly Utterance[] => {
    const one = pool[Math.floor(random() * pool.length)]
    if (!one) return []
    const cue = random() < 0.2 ? { after: 'agent-started', ms: 900 } : { after: 'agent-stopped', ms: 700 }
    return [{ ...one, cue } as Utterance]
  }).flat()
  return {
    ...{ name: 'soak', about: '', from: `+1555${String(nth % 1_000_000).padStart(7, '0')}`, voice: 'none', utterances },
    hangUp: { after: 'agent-stopped', ms: 1_000, withStop: random() < 0.5 },
    expect: {},
  }
}
