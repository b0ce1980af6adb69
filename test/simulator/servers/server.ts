import { DatabaseSync } from 'node:sqlite'
import type { PhoneLine } from '../../../src/channels/phone/channel.ts'
import { openDatabase } from '../../../src/database/database.ts'
import { lateStore } from '../../../src/journal/late-store.ts'
import { type Store, storeIn } from '../../../src/journal/store.ts'
import { livingServers } from '../../../src/records/living-servers.ts'
import type { VirtualClock } from '../../../src/replay/virtual-clock.ts'
import { faulty } from '../../database/faulty-dialect.ts'
import type { Chance } from '../chance.ts'
import type { StoreFault } from './breaks.ts'
import { MortalClock } from './mortal-clock.ts'
import { type StoreWitness, watchedStore } from './watched-store.ts'

/** A log that nobody reads. */
export const silent = { info: () => undefined, warn: () => undefined, error: () => undefined }

export interface ServerParts {
  readonly world: VirtualClock
  readonly name: string
  /** The database that all servers share. */
  readonly file: string
  /** This server's own disk. */
  readonly dataDir: string
  readonly witness: StoreWitness
  readonly chance: Chance
  readonly storeMs: number
  /** The carrier is asked for this call. */
  readonly fetchBack: () => void
  /** What is wrong with the store on purpose. */
  readonly changed: (store: Store) => Store
}

/** One server process, with all of it that holds calls and shares the store with others. */
export type Server = Awaited<ReturnType<typeof openServer>>

export async function openServer(parts: ServerParts) {
  const { world, name, file, dataDir, witness, chance, storeMs, fetchBack, changed } = parts
  const clock = new MortalClock(world)
  const way = faulty()
  way.on(clock)
  const database = await openDatabase(`sqlite:${file}`, { watched: { clock, log: silent }, through: way.through })
  const stored = watchedStore(changed(await storeIn(database, name)), witness, clock, chance, storeMs, name)
  const { store, late } = lateStore({
    store: stored,
    presence: database.presence,
    clock,
    log: silent,
    dataDir,
    serverId: name,
  })
  /** Calls that are held here, each by the number of its stream. */
  const live = new Map<string, { readonly line: PhoneLine; readonly attempt: number }>()
  /** Streams whose records are not sealed yet, by call. */
  const held = new Map<string, Promise<void>>()
  const others = await livingServers({
    ...{ database, serverId: name, clock, log: silent },
    fetchBack: async () => {
      fetchBack()
      return 'asked'
    },
    held: () => [...live].map(([callId, { attempt }]) => ({ callId, attempt })),
    letGo(callIds, why) {
      for (const callId of callIds) live.get(callId)?.line.lost(why)
    },
  })
  const life = new AbortController()
  const works = Promise.all([late.run([], life.signal), others.watch(life.signal)])
  let isTaking = true
  return {
    ...{ name, clock, store, live, held, dataDir, handOver: others.handOver, settled: late.settled },
    isTaking: () => clock.isAlive && isTaking,
    breakStore(fault: Exclude<StoreFault['kind'], 'locked'> | undefined): void {
      way.state.fault = fault
    },
    async drain(): Promise<void> {
      isTaking = false
      await others.drain()
    },
    /** The process is no more: nothing of it goes on, and its files are closed by the system. */
    async kill(): Promise<void> {
      isTaking = false
      clock.kill()
      live.clear()
      way.state.fault = undefined
      await database.close()
    },
    async close(): Promise<void> {
      life.abort(new Error('the server is closed'))
      await works
      await others.leave()
      await database.close()
    },
  }
}

/** Another process that holds the database's lock. Gives what ends it. */
export function lockedBySomebody(file: string): () => void {
  const other = new DatabaseSync(file, { timeout: 0 })
  try {
    other.exec('begin immediate')
  } catch {
    // A server writes just now.
  }
  return () => other.close()
}
