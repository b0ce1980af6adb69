import { randomUUID } from 'node:crypto'
import packageJson from '../../package.json' with { type: 'json' }
import { systemClock as clock } from '../clock.ts'
import type { Settings } from '../config.ts'
import { openDatabase } from '../database/database.ts'
import { storeIn } from '../journal/store.ts'
import { languageOf } from '../languages/languages.ts'
import { systemNetwork as network } from '../network.ts'
import { openLog } from '../operations/log.ts'
import { openCallRecords } from '../records/call-records.ts'
import type { OtherPrices } from './other-prices.ts'
import { pricedCalls } from './priced-calls.ts'
import { type By, Sums } from './sums.ts'

export interface Asked {
  readonly by: By
  readonly from: Date
  /** Not included. */
  readonly to: Date
  readonly other: OtherPrices
}

/** Adds up the calls of this time, from the records that these settings name. */
export async function addedUp(settings: Settings, { by, from, to, other }: Asked): Promise<Sums> {
  const database = await openDatabase(settings.DATABASE_URL)
  try {
    const { index, records } = await openCallRecords({
      ...{ settings, clock, database, network, language: languageOf('en'), version: packageJson.version },
      // It holds no call, and forgets none.
      ...{ server: { id: randomUUID(), name: 'npm run cost' }, forgets: [], forgetsOfCaller: [] },
      callsFolder: `${settings.DATA_DIR}/calls`,
      store: await storeIn(database),
      log: openLog('silent', false),
    })
    const parts = { index, records, models: settings.models, zone: settings.TIME_ZONE, other }
    const sums = new Sums(by)
    for await (const call of pricedCalls(parts, from, to, new AbortController().signal)) sums.add(call)
    return sums
  } finally {
    await database.close()
  }
}
