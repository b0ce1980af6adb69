import pino from 'pino'
import { onTestFinished } from 'vitest'
import WebSocket from 'ws'
import { openDatabase } from '../../src/database/database.ts'
import { english } from '../../src/languages/english.ts'
import { hashOf } from '../../src/pins/pin-hash.ts'
import { PASSWORD_PACE, pinTriesIn } from '../../src/pins/pin-tries.ts'
import type { LiveElsewhere } from '../../src/records/call-records.ts'
import { buildServer } from '../../src/server.ts'
import type { Role } from '../../src/staff/api-shapes.ts'
import { type AuditRow, auditIn } from '../../src/staff/audit.ts'
import { notesIn } from '../../src/staff/calls/notes.ts'
import { liveCalls } from '../../src/staff/live/live-calls.ts'
import { transfersIn } from '../../src/staff/live/transfers.ts'
import { staffCookies } from '../../src/staff/sign-in/cookies.ts'
import type { Oidc } from '../../src/staff/sign-in/oidc.ts'
import { passwordsOf } from '../../src/staff/sign-in/passwords.ts'
import { sessionsIn } from '../../src/staff/sign-in/sessions.ts'
import { type StaffParts, staffOverRest } from '../../src/staff/staff.ts'
import { FakeClock } from '../fakes/clock.ts'
import { CHEAP } from '../pins/cheap-hashes.ts'
import { memoryRecords } from './memory-records.ts'
import { oneCall } from './one-call.ts'

export const PAGE = 'https://voice.example'
export const PASSWORDS = { listener: 'the listeners’ password', supervisor: 'the supervisors’ password' } as const

/** What a session may rest on that a test has made. */
export const ANY = 'any'

/** What a request answered. `body` is its JSON, or else its text. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: tests look at what they expect there.
  readonly body: any
}

export type Ask = (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Answer>

/** The server with the staff's routes alone, over records in memory, on a port of its own. */
export async function staffServer(changed: Partial<StaffParts> = {}, oidc?: Oidc, withPasswords = true) {
  const clock = new FakeClock()
  const errors: unknown[] = []
  const routes: string[] = []
  const closing = new AbortController()
  const database = await openDatabase('sqlite::memory:')
  onTestFinished(() => database.close())
  const tries = await pinTriesIn(database, PASSWORD_PACE)
  const hashes = withPasswords
    ? { listener: await hashOf(PASSWORDS.listener, CHEAP), supervisor: await hashOf(PASSWORDS.supervisor, CHEAP) }
    : { listener: undefined, supervisor: undefined }
  const passwords = passwordsOf({ hashes, tries, cost: CHEAP })
  const sessions = await sessionsIn(database, (role, proof) =>
    [oidc?.proof, passwords.proofOf(role), ANY].includes(proof),
  )
  const audit = await auditIn(database)
  const live = liveCalls()
  const { records, asked } = memoryRecords([oneCall()])
  const others: LiveElsewhere[] = []
  const transfers = await transfersIn(database)
  const parts: StaffParts = {
    ...{ clock, sessions, audit, passwords, oidc, live, records, transfers, notes: await notesIn(database) },
    ...{
      log: pino({ level: 'silent' }),
      cookies: staffCookies(true),
      languageOf: () => english,
      languages: () => [english],
    },
    ...{ addressOf: request => request.ip, help: null, origins: [PAGE], version: '1.2.3', isOpen: true },
    elsewhere: { list: async () => others, find: async id => others.find(({ callId }) => callId === id) },
    serverName: 'here:8080',
    ...{ whatIf: undefined, fixtureFrom: undefined, savesFixtures: true, signal: closing.signal },
    onError: error => errors.push(error),
    ...changed,
  }
  const app = await buildServer({
    ...{ log: pino({ level: 'silent' }), reasonsNotReady: async () => [], trustedProxies: ['127.0.0.1'] },
    routes: [
      async server => {
        server.addHook('onRoute', ({ method, url }) => {
          for (const one of [method].flat()) if (one !== 'HEAD') routes.push(`${one} ${url}`)
        })
        await staffOverRest(server, parts)
      },
    ],
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  onTestFinished(async () => {
    closing.abort()
    await app.close()
  })
  const origin = app.listeningOrigin

  /** Asks with a cookie, as our page does, unless the headers say otherwise. */
  const asking =
    (cookie?: string): Ask =>
    async (method, path, body, headers = {}) => {
      const response = await fetch(`${origin}${path}`, {
        method,
        redirect: 'manual',
        headers: {
          ...(cookie !== undefined && { cookie }),
          ...(method !== 'GET' && { origin: PAGE }),
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
      const text = await response.text()
      const isJson = response.headers.get('content-type')?.startsWith('application/json') === true
      return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : text }
    }

  /** The cookie of somebody who has signed in. */
  async function cookieOf(role: Role, name = role === 'listener' ? 'Lea' : 'Sam'): Promise<string> {
    const { token } = await sessions.begin({ name, role }, ANY, clock.wallTime())
    return `__Host-partyline_staff=${token}`
  }

  /** What a WebSocket comes to: its first messages, or the status with which it was refused. */
  function socket(path: string, headers: Record<string, string>): WebSocket {
    const opened = new WebSocket(`${origin.replace('http', 'ws')}${path}`, { headers })
    opened.on('error', () => undefined)
    onTestFinished(() => opened.terminate())
    return opened
  }

  const rows = (): Promise<readonly AuditRow[]> =>
    database.db.withTables<{ staff_audit: AuditRow }>().selectFrom('staff_audit').selectAll().orderBy('at').execute()

  return {
    ...{
      app,
      origin,
      clock,
      asking,
      cookieOf,
      socket,
      rows,
      asked,
      live,
      others,
      transfers,
      sessions,
      errors,
      database,
      routes,
    },
  }
}

/** `name role action callId` of each row. */
export const told = (rows: readonly AuditRow[]): readonly string[] =>
  rows.map(({ name, role, action, call_id }) => `${name} (${role}) ${action}${call_id ? ` ${call_id}` : ''}`)
