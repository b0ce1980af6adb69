import type { Logger } from 'pino'
import { companionCodesIn } from '../companions/codes.ts'
import type { Settings } from '../config.ts'
import type { Clock } from '../conversation/ports.ts'
import { type Database, type DatabaseOptions, openDatabase } from '../database/database.ts'
import { lateStore } from '../journal/late-store.ts'
import { storeIn } from '../journal/store.ts'
import { callerFactsIn } from '../memory/caller-facts.ts'
import { pinDoors } from '../pins/pin-doors.ts'
import type { Pins } from '../pins/pins.ts'
import { callerSecrets } from '../records/caller-secrets.ts'
import { tasksIn } from '../tasks/store/store.ts'
import { browserOwnersIn } from '../tasks/web/browser-owners.ts'

export interface StoresParts {
  readonly settings: Pick<Settings, 'DATABASE_URL' | 'DATA_DIR' | 'TWILIO_AUTH_TOKEN' | 'RECORDS_SECRET'>
  readonly clock: Clock
  readonly log: Logger
  /** Draws a whole number from 0 to one less than it is given, which nobody can guess. */
  readonly chance: (below: number) => number
  /** Opens the PINs of callers' numbers. */
  readonly openPins: (database: Database) => Promise<Pins>
  /** Which process this is: another one after each start. */
  readonly serverId: string
  /** Where the way to the database has faults. */
  readonly throughDatabase?: DatabaseOptions['through']
  readonly checkpoints?: DatabaseOptions['checkpoints']
}

/** Opens the database, and what all parts of the server share of it. */
export async function openStores(parts: StoresParts) {
  const { settings, clock, log, chance, openPins, serverId, throughDatabase, checkpoints } = parts
  const database = await openDatabase(settings.DATABASE_URL, {
    watched: { clock, log },
    ...(throughDatabase && { through: throughDatabase }),
    ...(checkpoints && { checkpoints }),
  })
  const { presence } = database
  const { store, late } = lateStore({
    store: await storeIn(database, serverId),
    presence,
    clock,
    log,
    dataDir: settings.DATA_DIR,
    serverId,
  })
  const pins = await openPins(database)
  return {
    ...{ database, store, late, pins },
    tasks: await tasksIn(database),
    facts: await callerFactsIn(database, callerSecrets(settings.RECORDS_SECRET).hashOf),
    owners: await browserOwnersIn(database, settings.TWILIO_AUTH_TOKEN, clock.wallTime()),
    codes: await companionCodesIn(database, settings.TWILIO_AUTH_TOKEN, chance),
    // A code for a screen is none for a conversation.
    joinCodes: await companionCodesIn(database, `${settings.TWILIO_AUTH_TOKEN} interpreted`, chance),
    doors: pinDoors({ pins, clock, log, secret: settings.TWILIO_AUTH_TOKEN }),
  }
}
