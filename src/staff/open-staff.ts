import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import type { Settings } from '../config.ts'
import type { Clock } from '../conversation/ports.ts'
import type { Database } from '../database/database.ts'
import type { Network } from '../network.ts'
import { daysBefore, inBatches, type Purge } from '../operations/retention.ts'
import { PASSWORD_PACE, pinTriesIn } from '../pins/pin-tries.ts'
import { transfersIn } from './live/transfers.ts'
import { staffCookies } from './sign-in/cookies.ts'
import { type Oidc, oidcOf } from './sign-in/oidc.ts'
import { passwordsOf } from './sign-in/passwords.ts'
import { sessionsIn } from './sign-in/sessions.ts'
import { type StaffParts, staffOverRest } from './staff.ts'

interface Parts
  extends Pick<
    StaffParts,
    | 'live'
    | 'elsewhere'
    | 'serverName'
    | 'notes'
    | 'audit'
    | 'records'
    | 'languageOf'
    | 'languages'
    | 'whatIf'
    | 'fixtureFrom'
    | 'origins'
    | 'addressOf'
    | 'version'
  > {
  readonly settings: Settings
  readonly clock: Clock
  readonly log: Logger
  readonly network: Network
  readonly database: Database
}

/** What the support staff's part gives the server. */
interface Staff {
  readonly routes: (app: FastifyInstance) => Promise<void>
  /** The number to which staff have put a stream of a call through. */
  readonly chosenNumber: (callId: string, attempt: number) => Promise<string | undefined>
  readonly purges: readonly Purge[]
}

const ROWS_A_BATCH = 500
const HELP =
  'Nobody can sign in here yet. Make the hash of a password with `npm run staff:password`, put the lines that it prints into .env, and start the server again.'

/** The way of support staff to calls. `signal` aborts when the server closes. */
export async function openStaff(parts: Parts, signal: AbortSignal): Promise<Staff> {
  const { settings, log, database, notes, audit } = parts
  const { JOURNALS_DAYS: journalsDays, STAFF_AUDIT_DAYS: auditDays, PUBLIC_URL: publicUrl } = settings
  const isProduction = settings.NODE_ENV === 'production'
  const passwords = passwordsOf({
    hashes: { listener: settings.STAFF_LISTENER_PASSWORD, supervisor: settings.STAFF_SUPERVISOR_PASSWORD },
    tries: await pinTriesIn(database, PASSWORD_PACE),
  })
  const oidc = oidcIn(parts)
  const sessions = await sessionsIn(database, (role, proof) => [oidc?.proof, passwords.proofOf(role)].includes(proof))
  const transfers = await transfersIn(database)
  const isOpen = passwords.isSet || oidc !== undefined
  const staff: StaffParts = {
    ...{ ...parts, sessions, transfers, passwords, oidc, isOpen, signal },
    cookies: staffCookies(publicUrl.startsWith('https:')),
    savesFixtures: !isProduction,
    help: isOpen ? null : HELP,
    onError: error => log.error({ err: error }, 'the staff’s routes failed'),
  }
  const byAge = (what: string, days: number | 'off', run: (before: Date, most: number) => Promise<number>): Purge => ({
    what,
    run: async (at, pause) => (days === 'off' ? 0 : inBatches(() => run(daysBefore(at, days), ROWS_A_BATCH), pause)),
  })
  return {
    // In production a server whose staff cannot sign in shows nothing of it.
    routes: async app => (isOpen || !isProduction ? staffOverRest(app, staff) : undefined),
    chosenNumber: transfers.numberFor,
    purges: [
      byAge('rows of the audit log', auditDays, audit.tidy),
      byAge('notes on calls', journalsDays, notes.tidy),
      { what: 'sessions of staff', run: (at, pause) => inBatches(() => sessions.tidy(at, ROWS_A_BATCH), pause) },
      { what: 'numbers of transfers', run: (at, pause) => inBatches(() => transfers.tidy(at, ROWS_A_BATCH), pause) },
    ],
  }
}

function oidcIn({ settings, network, clock }: Parts): Oidc | undefined {
  const { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId, OIDC_CLIENT_SECRET: clientSecret } = settings
  if (!issuer || !clientId || !clientSecret) return undefined
  return oidcOf({
    ...{ issuer, clientId, clientSecret },
    rules: { supervisors: settings.OIDC_SUPERVISORS, listeners: settings.OIDC_LISTENERS },
    backUrl: `${settings.PUBLIC_URL}/staff/api/oidc/back`,
    fetch: (input, init) => network.fetch(input, init),
    wallTime: () => clock.wallTime(),
  })
}
