import { systemClock as clock } from '../clock.ts'
import { companionCodesIn } from '../companions/codes.ts'
import type { Database } from '../database/database.ts'
import { PROBE_TABLE } from '../database/probes.ts'
import { storeIn } from '../journal/store.ts'
import { knowledgeIn } from '../knowledge/store/store.ts'
import { callerFactsIn } from '../memory/caller-facts.ts'
import { pinsIn } from '../pins/pins.ts'
import { callIndexIn } from '../records/call-index.ts'
import { forgottenIn } from '../records/forgotten.ts'
import { heldCallsIn } from '../records/held-calls.ts'
import { livingServers } from '../records/living-servers.ts'
import { spentIn } from '../spending/spent.ts'
import { auditIn } from '../staff/audit.ts'
import { notesIn } from '../staff/calls/notes.ts'
import { transfersIn } from '../staff/live/transfers.ts'
import { sessionsIn } from '../staff/sign-in/sessions.ts'
import { tasksIn } from '../tasks/store/store.ts'
import { browserOwnersIn } from '../tasks/web/browser-owners.ts'

/** Here nothing is hashed, drawn or signed in: what is opened makes its tables, and is not used. */
const UNUSED = ''
const unused = (): never => {
  throw new Error('it is opened for its tables alone')
}

/**
 * Makes what is missing of the server's tables, as every server does at its start, and gives the names of the new ones.
 * Safe beside running servers: nothing is taken away or renamed, and who makes tables waits for each other.
 */
export async function makeTables(database: Database, at: Date): Promise<readonly string[]> {
  const before = new Set(await tablesOf(database))
  await database.make([PROBE_TABLE])
  await storeIn(database)
  await pinsIn(database)
  await tasksIn(database)
  await browserOwnersIn(database, UNUSED, at)
  await companionCodesIn(database, UNUSED, unused)
  await callerFactsIn(database, unused)
  await notesIn(database)
  await callIndexIn(database)
  await forgottenIn(database)
  await livingServers({
    ...{ database, clock, serverId: UNUSED, log: { info: unused, warn: unused } },
    ...{ fetchBack: undefined, held: unused, letGo: unused },
  })
  await heldCallsIn({ database, server: { id: UNUSED, name: UNUSED }, clock, log: { warn: unused } })
  await spentIn(database, false)
  await sessionsIn(database, unused)
  await auditIn(database)
  await transfersIn(database)
  await knowledgeIn(database)
  return (await tablesOf(database)).filter(name => !before.has(name))
}

/** The names of all tables, sorted. */
export async function tablesOf({ db }: Database): Promise<readonly string[]> {
  return (await db.introspection.getTables()).map(({ name }) => name).toSorted()
}
