import { systemClock as clock } from '../../src/clock.ts'
import { seeded } from '../../src/sandbox/chance.ts'
import { voicedSpans } from '../../src/sandbox/ringing/voiced-spans.ts'
import type { CallOutcome } from '../../src/sandbox/twilio/call.ts'
import type { Wish } from './person.ts'
import { type PlacedCall, placed } from './placed-call.ts'
import type { Rig } from './rig.ts'
import type { LiveServer } from './servers.ts'
import { sideEffects } from './side-effects.ts'
import type { WishName } from './wishes.ts'

const WISHES: readonly WishName[] = ['vendor', 'list', 'goodbye']
/** Between two calls of the same line. */
const PAUSE_MS = 1_000
/** Until all are talking, and between two events. */
const BEFORE_MS = 10_000
const BETWEEN_MS = { from: 2_000, to: 6_000 }
const ASKS_EVERY_MS = 10

type Fate = LiveServer['fate']

/** A call that was offered. */
export interface OfferedCall {
  /** The agent was heard. */
  readonly isAnswered: boolean
  /** What was done to the server whose stream it did not survive; undefined where it came to its end. */
  readonly cutBy: Fate | undefined
  readonly why: string
  /** The breaks that it survived: what was done to the server, and how long nobody was heard. */
  readonly breaks: readonly { readonly by: Fate; readonly silentMs: number | undefined }[]
  readonly sideEffects: readonly string[]
}

/** What became of a server that was told to stop. */
export interface Drained {
  /** From the SIGTERM until it no longer said that it was ready. */
  readonly notReadyMs: number
  readonly code: number | null
}

export interface LoadParts {
  readonly lines: number
  readonly rollOuts: number
  readonly kills: number
  readonly seed: number
  readonly wishOf: (name: WishName) => Wish
  readonly say: (text: string) => void
}

/** Callers who ring again and again, while servers are killed and replaced in turn. */
export async function underLoad(rig: Rig, parts: LoadParts, signal: AbortSignal) {
  const { lines, rollOuts, kills, seed, wishOf, say } = parts
  const draw = seeded(seed)
  const offered: OfferedCall[] = []
  const drained: Drained[] = []
  let calls = 0
  let live = 0
  let isOver = false

  async function line(index: number): Promise<void> {
    await clock.sleep((index / lines) * BEFORE_MS, signal)
    while (!isOver) {
      const number = calls++
      const from = `+1666${String(1_000_000 + number)}`
      live++
      offered.push(await offer(rig, { seed: seed * 100_000 + number, from }, wishOf, signal))
      live--
      const { cutBy, why, sideEffects: twice } = offered.at(-1) as OfferedCall
      if (cutBy !== undefined) say(`a call was cut (${cutBy}): ${why}`)
      for (const what of twice) say(`a call: ${what}`)
      await clock.sleep(draw() * PAUSE_MS, signal)
    }
  }

  function anyOf(servers: readonly LiveServer[]): LiveServer {
    const one = servers[Math.floor(draw() * servers.length)]
    if (!one) throw new Error('no server is up')
    return one
  }

  async function drain(): Promise<void> {
    const server = anyOf(rig.servers.up())
    const notReady = Promise.withResolvers<number>()
    const ended = rig.servers.replace(server, () => notReady.resolve(untilNotReady(server.url, signal)))
    const notReadyMs = await notReady.promise
    say(`${server.name} is told to stop with ${live} calls: not ready after ${Math.round(notReadyMs)} ms`)
    draining = ended.then(({ code, log }) => {
      drained.push({ notReadyMs, code })
      if (code !== 0) say(`${server.name} ended with ${code}:\n${log.slice(-2_000)}`)
    })
  }

  let draining: Promise<void> = Promise.resolve()
  const ringing = Array.from({ length: lines }, (_, i) => line(i))
  await clock.sleep(2 * BEFORE_MS, signal)
  for (const event of inTurn(rollOuts, kills)) {
    await rig.servers.complete()
    if (event === 'roll-out') {
      await draining
      await drain()
    } else {
      const server = anyOf(rig.servers.up())
      say(`${server.name} is killed with ${live} calls`)
      rig.servers.kill(server)
    }
    await clock.sleep(BETWEEN_MS.from + draw() * (BETWEEN_MS.to - BETWEEN_MS.from), signal)
  }
  isOver = true
  await Promise.all(ringing)
  await draining
  return { offered, drained }
}

function inTurn(rollOuts: number, kills: number): readonly ('roll-out' | 'kill')[] {
  return Array.from({ length: Math.max(rollOuts, kills) }, (_, i) => [
    ...(i < rollOuts ? (['roll-out'] as const) : []),
    ...(i < kills ? (['kill'] as const) : []),
  ]).flat()
}

async function untilNotReady(url: string, signal: AbortSignal): Promise<number> {
  const fromMs = clock.now()
  const isReady = (): Promise<boolean> =>
    fetch(`${url}/readyz`, { signal }).then(
      async response => {
        await response.body?.cancel()
        return response.ok
      },
      () => false,
    )
  while (await isReady()) await clock.sleep(ASKS_EVERY_MS, signal)
  return clock.now() - fromMs
}

async function offer(
  rig: Rig,
  { seed, from }: { readonly seed: number; readonly from: string },
  wishOf: (name: WishName) => Wish,
  signal: AbortSignal,
): Promise<OfferedCall> {
  let isAnswered = false
  const content = new Set<number>()
  const call = await placed(
    rig,
    {
      ...{ seed, from, wishes: WISHES.map(wishOf), goesOn: seed % 2 === 0 },
      onEvent(event) {
        if (event.kind === 'hears') isAnswered = true
        if (event.kind === 'content') content.add(event.wish)
      },
    },
    signal,
  )
  const outcome = await call.done
  const { status, gaveUp, why, events } = outcome
  const said = events.flatMap(event => (event.kind === 'say' ? [event.text] : []))
  const isWhole = status === 'completed' && !gaveUp && said.length === 0 && content.has(WISHES.indexOf('list'))
  const fateOf = (server: string): Fate => rig.servers.known.get(server)?.fate ?? 'up'
  const { more, less } = await sideEffects(rig, call.callSid, from, WISHES)
  return {
    isAnswered,
    cutBy: isWhole ? undefined : fateOf(call.streams().at(-1)?.server ?? ''),
    why: `${call.callSid}: ${[why, ...said].join('; ')} (${call.streams().length} streams)`,
    breaks: breaksOf(call, outcome, fateOf),
    sideEffects: isWhole ? [...more, ...less] : more,
  }
}

/** From the end of a stream to the agent's next voice, on the carrier's recording. */
function breaksOf(
  { streams }: PlacedCall,
  { events, legs }: CallOutcome,
  fateOf: (server: string) => Fate,
): OfferedCall['breaks'] {
  const ends = events.filter(({ kind }) => kind === 'stream-ended')
  const voices = voicedSpans(legs.agent)
  return streams()
    .slice(0, -1)
    .map(({ server }, i) => {
      const brokeMs = ends[i]?.atMs ?? 0
      const next = events.find(({ kind, atMs }) => kind === 'stream-started' && atMs > brokeMs)
      const voice = next && voices.find(({ endMs }) => endMs > next.atMs)
      return { by: fateOf(server), silentMs: voice && Math.round(Math.max(voice.startMs, next.atMs) - brokeMs) }
    })
}
