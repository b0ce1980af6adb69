import type { Logger } from 'pino'
import packageJson from '../../package.json' with { type: 'json' }
import type { Settings } from '../config.ts'
import type { Language } from '../conversation/language.ts'
import type { Clock } from '../conversation/ports.ts'
import type { Database } from '../database/database.ts'
import type { Store } from '../journal/store.ts'
import type { InForce } from './about.ts'
import { type CallIndex, callIndexIn } from './call-index.ts'
import { callerSecrets } from './caller-secrets.ts'
import { type Keeper, keeperOf } from './keeper.ts'
import { finishLeftCalls } from './left-calls.ts'
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
  /** Each deletes what its part keeps of calls. */
  readonly forgets: readonly ((callIds: readonly string[]) => Promise<void>)[]
}

export interface CallRecords {
  readonly index: CallIndex
  readonly keeper: Keeper
  readonly records: Records
  /** Deletes what all parts keep of these calls besides their files, from the index at last. */
  forgetCalls(callIds: readonly string[]): Promise<void>
  /** Seals and indexes what was left before the server started at `before`. */
  finishLeftCalls(before: Date, signal: AbortSignal): Promise<void>
}

/** What a call is held with, of all settings: no keys, no addresses, no numbers. */
const TOLD = [
  ...['NODE_ENV', 'AGENT', 'DEEPGRAM_MODEL', 'OPENAI_MODEL', 'CARTESIA_VOICE_ID', 'GEMINI_MODEL', 'TIME_ZONE'],
  ...['RECORDING', 'MAX_CALL_MINUTES', 'PATIENCE', 'BARGE_IN', 'standIns', 'hasSight'],
]

/** Opens what staff see of calls: the index, what fills it, and the records themselves. */
export async function openCallRecords(parts: CallRecordsParts): Promise<CallRecords> {
  const { settings, callsFolder, clock, log, database, store, language } = parts
  const index = await callIndexIn(database)
  const secrets = callerSecrets(settings.RECORDS_SECRET)
  const inForce = inForceOf(settings)
  const keeper = keeperOf({ callsFolder, index, secrets, inForce, log })
  const { models } = inForce
  const { isBusy } = keeper

  async function finish(before: Date, signal: AbortSignal): Promise<void> {
    const left = { callsFolder, index, store, language, models, isBusy, before }
    const { sealed, indexed, problems } = await finishLeftCalls(left, signal)
    if (sealed.length + indexed.length > 0) log.info({ sealed, indexed }, 'records of calls finished that were left')
    if (problems.length > 0) log.warn({ problems }, 'records of calls cannot be finished')
  }

  async function forgetCalls(callIds: readonly string[]): Promise<void> {
    for (const forget of [store.forget, ...parts.forgets]) await forget(callIds)
    // What failed before this is found again.
    await index.forget(callIds)
  }

  const records = openRecords({
    ...{ callsFolder, index, store, secrets, models, isBusy },
    finishLeftCalls: signal => finish(clock.wallTime(), signal),
    forgetCalls,
    scrub: database.scrub,
  })
  return { index, keeper, records, forgetCalls, finishLeftCalls: finish }
}

function inForceOf(settings: Settings): InForce {
  const { DEEPGRAM_MODEL: speechToText, OPENAI_MODEL: model, GEMINI_MODEL: sight, CARTESIA_VOICE_ID: voice } = settings
  return {
    versions: { partyline: packageJson.version, node: process.versions.node },
    settings: Object.fromEntries(Object.entries(settings).filter(([name]) => TOLD.includes(name))),
    models: { speechToText, model, sight },
    voice,
  }
}
