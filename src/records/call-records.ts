import type { Logger } from 'pino'
import type { Settings } from '../config.ts'
import type { Language } from '../conversation/language.ts'
import type { Clock } from '../conversation/ports.ts'
import { orAborted } from '../conversation/scope.ts'
import type { Database } from '../database/database.ts'
import type { LateWork } from '../journal/late-writes.ts'
import type { Store } from '../journal/store.ts'
import type { Network } from '../network.ts'
import { PORTS } from '../providers/catalogue/catalogue.ts'
import type { InForce } from './about.ts'
import { type CallIndex, callIndexIn } from './call-index.ts'
import { callerSecrets } from './caller-secrets.ts'
import { forgettingOf } from './forgetting.ts'
import { forgottenIn } from './forgotten.ts'
import { type HeldElsewhere, heldCallsIn, type ServerName } from './held-calls.ts'
import { type Keeper, keeperOf } from './keeper.ts'
import { finishLeftCalls } from './left-calls.ts'
import { deleteObjectsOf, deleteOldObjects } from './objects/kept-objects.ts'
import { s3Store } from './objects/s3.ts'
import { uploadsTo } from './objects/uploads.ts'
import { openRecords } from './open-records.ts'
import type { Records } from './records.ts'

export interface CallRecordsParts {
  readonly settings: Settings
  readonly callsFolder: string
  readonly clock: Clock
  readonly log: Logger
  readonly database: Database
  readonly store: Store
  readonly language: Language
  readonly network: Network
  /** Of this program. */
  readonly version: string
  /** This process, as the others know it. */
  readonly server: ServerName
  /** Each deletes what its part keeps of calls. */
  readonly forgets: readonly ((callIds: readonly string[]) => Promise<void>)[]
  /** Something is to be caught up with, as soon as the database is there. */
  readonly onBehind: () => void
  /** The same, only where their caller wants to be forgotten. */
  readonly forgetsOfCaller: readonly ((callIds: readonly string[]) => Promise<void>)[]
  /** Deletes what is kept of a caller besides their calls, by the hash of their number. */
  readonly erasesCaller?: (callerHash: string) => Promise<void>
}

/** A call that another server holds now. */
export interface LiveElsewhere extends Omit<HeldElsewhere, 'callerSealed'> {
  /** E.164; null where it is withheld or no telephone. */
  readonly caller: string | null
}

export interface CallsElsewhere {
  /** The longest first. */
  list(): Promise<readonly LiveElsewhere[]>
  find(callId: string): Promise<LiveElsewhere | undefined>
}

export interface CallRecords {
  readonly index: CallIndex
  readonly keeper: Keeper
  readonly records: Records
  readonly elsewhere: CallsElsewhere
  /** Tells the other servers what is held here, and follows what they forget, until `signal` aborts. Never rejects. */
  keepUp(signal: AbortSignal): Promise<void>
  /** Deletes what is known of calls that nobody holds and that never came into the index. Gives how many. */
  deleteNeverIndexed(before: Date, most: number): Promise<number>
  /** Deletes what all parts keep of these calls besides their files and objects, from the index at last. */
  forgetCalls(callIds: readonly string[]): Promise<void>
  /** Deletes from the object store, if there is one, what was stored before these times. */
  deleteOldObjects(before: Parameters<typeof deleteOldObjects>[1], signal: AbortSignal): Promise<number>
  /** Brings records to the object store, if there is one, until `signal` aborts. Never rejects. */
  upload(signal: AbortSignal): Promise<void>
  /** Resolves when all calls that are over are sealed and indexed; rejects on abort of what is being uploaded then. */
  settled(signal: AbortSignal): Promise<void>
  /** Seals and indexes what was left before the server started at `before`. */
  finishLeftCalls(before: Date, signal: AbortSignal): Promise<void>
  /** The same for calls of this server that a disk or a database failed. */
  readonly late: LateWork
  /** Throws why the object store, if there is one, takes nothing now. */
  objectsThere(): Promise<void>
}

/** What a call is held with, of all settings: no keys, no addresses, no numbers. */
const TOLD = [
  ...['NODE_ENV', 'AGENT', 'GEMINI_MODEL', 'TIME_ZONE'],
  ...['RECORDING', 'MAX_CALL_MINUTES', 'PATIENCE', 'BARGE_IN', 'standIns', 'hasSight'],
]

const PAUSE_MS = 20
const JUST_NOW_MS = 10_000

/** Opens what staff see of calls: the index, what fills it, and the records themselves. */
export async function openCallRecords(parts: CallRecordsParts): Promise<CallRecords> {
  const { settings, callsFolder, clock, log, database, store, language } = parts
  const [index, forgotten] = [await callIndexIn(database), await forgottenIn(database)]
  const secrets = callerSecrets(settings.RECORDS_SECRET)
  const inForce = inForceOf(settings, parts.version)
  const objects = settings.s3 && s3Store(settings.s3, clock, parts.network)
  const uploads = objects && uploadsTo({ store: objects, callsFolder, clock, log })
  /** Some call is not sealed or not in the index, though it is over. */
  let isBehind = false
  const held = await heldCallsIn({ database, server: parts.server, clock, log })
  const keeper = keeperOf({
    ...{ callsFolder, index, secrets, inForce, held, log },
    onSealed: callId => uploads?.add(callId),
    onLeft: parts.onBehind,
    onFailed() {
      isBehind = true
    },
  })
  const { models } = inForce
  const { isBusy } = keeper

  async function finish(before: Date, signal: AbortSignal): Promise<void> {
    const left = {
      callsFolder,
      index,
      forgotten,
      store,
      objects,
      language,
      models,
      isBusy,
      before,
      forgetAgain: forgetting.again,
      indexed: held.done,
      pause: () => clock.sleep(PAUSE_MS, signal),
    }
    isBehind = false
    const { sealed, indexed, problems, isLeft } = await finishLeftCalls(left, signal)
    if (sealed.length + indexed.length > 0) log.info({ sealed, indexed }, 'records of calls finished that were left')
    if (problems.length > 0) log.warn({ problems }, 'records of calls cannot be finished')
    isBehind ||= isLeft
    await uploads?.addLeft()
  }

  /** What was written to a moment ago may belong to a call that is just being opened. */
  const justNow = (): Date => new Date(clock.wallTime().getTime() - JUST_NOW_MS)

  async function catchUp(signal: AbortSignal): Promise<boolean> {
    const isWritten = await keeper.again(signal)
    if (!isBehind) return isWritten
    await finish(justNow(), signal).catch(error => {
      isBehind = true
      throw error
    })
    return isWritten && !isBehind
  }

  async function forgetCalls(callIds: readonly string[]): Promise<void> {
    for (const forget of [store.forget, ...parts.forgets]) await forget(callIds)
    // What failed before this is found again.
    await index.forget(callIds)
  }

  const forgetting = forgettingOf({
    ...{ callsFolder, clock, log, index, forgotten, held, isBusy },
    async forgetCalls(callIds) {
      await uploads?.drop(callIds)
      if (objects) await deleteObjectsOf(objects, callIds, new AbortController().signal)
      for (const forget of parts.forgetsOfCaller) await forget(callIds)
      await forgetCalls(callIds)
    },
    scrub: database.scrub,
  })
  const records = openRecords({
    ...{ callsFolder, index, store, objects, secrets, models },
    async forget(callerHash, signal) {
      // A call that has just ended is over, too, and none is overlooked that is not in the index yet.
      await orAborted(keeper.written(), signal)
      await finish(justNow(), signal)
      await parts.erasesCaller?.(callerHash)
      return forgetting.ofCaller(callerHash)
    },
  })
  const liveElsewhere = ({ callerSealed, ...call }: HeldElsewhere): LiveElsewhere => ({
    ...call,
    caller: callerSealed === undefined ? null : (secrets.open(callerSealed, call.callId) ?? null),
  })
  return {
    ...{ index, keeper, records, forgetCalls, finishLeftCalls: finish },
    late: { what: 'calls that are not in the index', run: catchUp, waiting: () => ({ kept: keeper.left() }) },
    elsewhere: {
      list: async () => (await held.elsewhere()).map(liveElsewhere),
      async find(callId) {
        const found = await held.elsewhereOf(callId)
        return found && liveElsewhere(found)
      },
    },
    keepUp: async signal => void (await Promise.all([held.renew(signal), forgetting.run(signal)])),
    deleteNeverIndexed: held.tidy,
    deleteOldObjects: async (before, signal) => (objects ? deleteOldObjects(objects, before, signal) : 0),
    upload: async signal => uploads?.run(signal),
    objectsThere: async () => uploads?.check(),
    async settled(signal) {
      await keeper.idle()
      await uploads?.idle(signal)
    },
  }
}

function inForceOf(settings: Settings, version: string): InForce {
  return {
    versions: { partyline: version, node: process.versions.node },
    settings: {
      ...Object.fromEntries(PORTS.map(port => [port, settings.providers[port].map(({ name }) => name).join()])),
      ...(settings.hearsByCall && { STT: 'by-call' }),
      ...Object.fromEntries(Object.entries(settings).filter(([name]) => TOLD.includes(name))),
    },
    models: settings.models,
    voice: settings.voiceId,
  }
}
