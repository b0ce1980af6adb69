import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Store } from '../../../src/journal/store.ts'
import { stateAfter } from '../../../src/journal/streams-before.ts'
import { VirtualClock } from '../../../src/replay/virtual-clock.ts'
import { OutsideWork } from '../../whole-call/outside-work.ts'
import { anyCaller } from '../caller.ts'
import { CallerSpeech } from '../caller-speech.ts'
import { chanceOf } from '../chance.ts'
import { type Circumstances, circumstancesOf } from '../circumstances.ts'
import { Ledger } from '../ledger.ts'
import type { BreakKind, StoreFault, StreamBreak } from './breaks.ts'
import { lockedBySomebody, openServer, type Server } from './server.ts'
import { type HeldStream, openStream, type StreamEvidence } from './stream.ts'
import { StoreWitness } from './watched-store.ts'
import { whatComesNext } from './what-comes-next.ts'

/** What a test makes wrong on purpose. */
export interface Parts {
  readonly store: (store: Store) => Store
  readonly stateAfter: typeof stateAfter
}
const RIGHT: Parts = { store: store => store, stateAfter }

/** A call with all its streams. Times are the clock's. */
export interface SeveralStreams {
  readonly callId: string
  readonly circumstances: Circumstances
  readonly streams: readonly StreamEvidence[]
  readonly made: ReadonlyMap<string, number>
  readonly witness: Pick<StoreWitness, 'late' | 'passes'>
  /** What the store has of the call when all is over. */
  readonly stored: readonly string[]
  /** The caller's own deeds, and breaks and faults by kind. */
  readonly ledger: Ledger
  /** The times in which the store was broken. */
  readonly faults: readonly StoreFault[]
  readonly leftovers: Readonly<Record<string, number>>
}

const MOST_MS = 400_000
/** After a break callers stay at least so long. */
const STAYS_MS = 15_000
/** A load balancer sends no new calls to a server that is taken down, some time before it lets go of its calls. */
const DRAINS_MS = 4_000
/** Late writes, and servers that look after calls. */
const SETTLES_MS = 15_000
const CLOSES_MS = 5_000

/** Simulates a call whose servers are killed or taken down, whose streams break, and whose store fails, as its seed says. */
export async function severalStreams(seed: number, wrong: Partial<Parts> = {}): Promise<SeveralStreams> {
  const parts = { ...RIGHT, ...wrong }
  const circumstances = circumstancesOf(seed)
  const chance = chanceOf(seed).branch('servers')
  const lateness = chance.branch('clock')
  const outside = new OutsideWork()
  const world = new VirtualClock({
    lateMs: () => lateness.between(0, 1.5),
    stalls: circumstances.stalls,
    settled: () => outside.settled(),
  })
  const folder = await mkdtemp(join(tmpdir(), 'simulated-'))
  try {
    let told: SeveralStreams | undefined
    const rung = ring(seed, circumstances, world, folder, parts).then(all => {
      told = all
    })
    rung.catch(() => undefined)
    let isOver = false
    rung.then(
      () => (isOver = true),
      () => (isOver = true),
    )
    await world.run(() => isOver, world.now() + MOST_MS)
    if (!isOver) throw new Error(`the call of seed ${seed} never ended`)
    await rung
    if (!told) throw new Error('nothing is told')
    return told
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function ring(
  seed: number,
  circumstances: Circumstances,
  world: VirtualClock,
  folder: string,
  parts: Parts,
): Promise<SeveralStreams> {
  const callId = `CA${seed}`
  const chance = chanceOf(seed).branch('servers')
  const ledger = new Ledger()
  const callerSpeech = new CallerSpeech()
  const made = new Map<string, number>()
  const file = join(folder, 'shared.db')
  const startMs = world.now()
  const witness = new StoreWitness(file)
  let asked = Promise.withResolvers<void>()
  const after = (ms: number): Promise<void> => new Promise(resolve => world.at(world.now() + ms, resolve))

  const servers: Server[] = []
  async function start(): Promise<void> {
    const name = `server-${servers.length + 1}`
    const dataDir = join(folder, name)
    await mkdir(join(dataDir, 'calls'), { recursive: true })
    servers.push(
      await openServer({
        ...{ world, name, file, dataDir, witness, storeMs: circumstances.storeMs },
        chance: chance.branch(name),
        fetchBack: () => {
          ledger.count('calls fetched back from a dead server')
          asked.resolve()
        },
        changed: parts.store,
      }),
    )
  }
  for (let index = 0; index <= Math.max(1, circumstances.breaks.length); index++) await start()
  breakStore(circumstances.storeFaults, servers, file, world, startMs, ledger)

  const held: HeldStream[] = []
  let stream: HeldStream | undefined
  const caller = anyCaller({
    chance: chance.branch('caller'),
    callerSpeech,
    carrier: {
      playedAt: ms => stream?.carrier.playedAt(ms),
      quietSince: ms => stream?.carrier.quietSince(ms) ?? 0,
    },
    ledger,
    now: () => world.now(),
    at: (atMs, act) => world.quietlyAt(atMs, act),
    key: digit => stream?.key(digit),
  })
  let lastBreakMs = startMs
  let hasLeft = false
  const leavesMs = (): number => Math.max(startMs + circumstances.endMs, lastBreakMs + STAYS_MS)

  function sendMedia(own: HeldStream): void {
    if (!own.isOpen()) return
    if (world.now() >= leavesMs() && circumstances.breaks.length < held.length + 1) {
      hasLeft = true
      ledger.count('end: hangs up')
      own.hangUp()
      asked.resolve()
      return
    }
    own.media.next()
    caller.tick()
    world.quietlyAt(own.media.dueMs, () => sendMedia(own))
  }

  let attempt = 1
  let refused = 0
  let [server] = servers
  while (server) {
    asked = Promise.withResolvers<void>()
    const { resolve: broken } = asked
    const opened: HeldStream | undefined = await openStream({
      ...{ world, callId, server, attempt, circumstances, callerSpeech, made, parts, broken },
      chance: chance.branch(`stream ${attempt}`),
    })
    if (opened) {
      held.push(opened)
      stream = opened
      sendMedia(opened)
      const planned = circumstances.breaks[held.length - 1]
      if (planned) breakAt(planned, opened)
      await asked.promise
    } else if (++refused > 3) break
    if (hasLeft) break
    lastBreakMs = world.now()
    await after(chance.between(50, 500))
    const next = nextServer(servers, server, circumstances.breaks[held.length - 1]?.kind)
    const answer = await whatComesNext(next, callId).catch(error => ({ kind: 'over', how: String(error) }) as const)
    if (answer.kind === 'over') {
      ledger.count(`next: ${/^[a-z-]+$/.test(answer.how) ? answer.how : 'the store is away'}`)
      break
    }
    await after(answer.pauseMs)
    server = next
    attempt = answer.attempt
  }

  function breakAt({ kind, afterMs, isNoticed }: StreamBreak, own: HeldStream): void {
    const { resolve: broken } = asked
    world.at(own.startMs + afterMs, () => {
      if (!own.isOpen()) return
      ledger.count(`broken: ${kind}`)
      switch (kind) {
        case 'server killed':
          own.breakOff(kind)
          own.closeFile()
          // Once the file is closed.
          world.at(world.now(), () => {
            own.server.kill().catch(error => ledger.broken.push(String(error)))
          })
          if (!isNoticed) ledger.count('broken: server killed, and the carrier does not notice')
          // One whose servers cannot reach the store is fetched back by nobody.
          else broken()
          break
        case 'line broken':
          own.breakOff(kind)
          world.at(world.now() + 40, () => own.line.lost('the socket closed'))
          broken()
          break
        case 'stream half-open':
          own.breakOff(kind)
          broken()
          break
        case 'call handed over':
          own.tellBroken(kind)
          void own.server.drain()
          world.at(world.now() + DRAINS_MS, () => {
            if (!own.isOpen()) return
            if (own.server.handOver() > 0) return
            ledger.count('drains that ended with no other server known')
            own.stop(new Error('the server is closing'))
          })
      }
    })
  }

  const faultsEndMs = Math.max(startMs, ...circumstances.storeFaults.map(({ toMs }) => startMs + toMs))
  await after(Math.max(0, faultsEndMs - world.now()) + SETTLES_MS)
  for (const one of servers) if (one.clock.isAlive) await one.settled()
  const streams = held.map(one => one.evidence())
  const stored = witness.linesOf(callId)
  for (const one of servers) if (one.clock.isAlive) await one.close()
  witness.close()
  // What waits for a lock, or looks whether the database is back, ends within this time.
  await after(CLOSES_MS)
  return {
    ...{ callId, circumstances, streams, made, stored, ledger },
    witness,
    faults: circumstances.storeFaults.map(fault => ({
      ...fault,
      fromMs: startMs + fault.fromMs,
      toMs: startMs + fault.toMs,
    })),
    leftovers: {
      'sleepers of servers': servers.reduce((sum, { clock }) => sum + (clock.isAlive ? clock.sleepers : 0), 0),
    },
  }
}

/** The carrier's request goes to any server that takes calls; a line that broke may come back to the same one. */
function nextServer(servers: readonly Server[], last: Server, kind: BreakKind | undefined): Server {
  const taking = servers.filter(server => server.isTaking())
  const other = taking.find(server => server !== last)
  const next = kind === 'line broken' && last.isTaking() ? last : (other ?? taking[0])
  if (!next) throw new Error('no server takes calls')
  return next
}

function breakStore(
  faults: readonly StoreFault[],
  servers: readonly Server[],
  file: string,
  world: VirtualClock,
  startMs: number,
  ledger: Ledger,
): void {
  for (const { kind, fromMs, toMs } of faults) {
    let unlock: (() => void) | undefined
    world.at(startMs + fromMs, () => {
      ledger.count(`store: ${kind}`)
      if (kind === 'locked') unlock = lockedBySomebody(file)
      else for (const server of servers) server.breakStore(kind)
    })
    world.at(startMs + toMs, () => {
      if (kind === 'locked') unlock?.()
      else for (const server of servers) server.breakStore(undefined)
    })
  }
}
