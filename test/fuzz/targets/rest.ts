import { hashOf } from '../../../src/pins/pin-hash.ts'
import { OWNER_PATHS } from '../../../src/pins/rest-shapes.ts'
import { staffOpenApi } from '../../../src/staff/openapi.ts'
import { openApi } from '../../../src/tasks/web/openapi.ts'
import { memoryRooms } from '../../browser/memory-rooms.ts'
import { CHEAP } from '../../pins/cheap-hashes.ts'
import { openWholeCalls } from '../../whole-call/whole-calls.ts'
import { editedSession } from '../mutation/session.ts'
import { holds, holdsPlain, type OpenTarget, type Target } from '../target.ts'
import { PAGE_ORIGIN } from './rest-origin.ts'
import { type RestRequest, requestsOf } from './rest-requests.ts'

const PASSWORD = 'the supervisors’ password'
/** They end the session that the others need, or take another thread's time for each wrong password. */
const LEFT_OUT = new Set(['signOut', 'signIn', 'joinNumber', 'listen'])
const OTHERS: readonly RestRequest[] = [
  ...['/api/line', '/staff/api/me', '/ready', '/alive', '/', '/staff', '/sandbox/tasks'].map(path => ({
    ...{ method: 'GET', path, params: {}, query: { owner: '+15551234567' }, headers: { host: 'localhost' } },
  })),
  { method: 'POST', path: '/api/room', params: {}, query: {}, headers: { origin: PAGE_ORIGIN }, body: { back: 'x' } },
  {
    method: 'POST',
    path: '/api/companion',
    params: {},
    query: {},
    headers: { origin: PAGE_ORIGIN },
    body: { code: '123456' },
  },
  {
    ...{ method: 'POST', path: '/livekit/webhook', params: {}, query: {} },
    headers: { 'content-type': 'application/webhook+json', authorization: 'a.b.c' },
    body: { event: 'participant_joined', room: { name: 'r' }, participant: { kind: 'SIP' } },
  },
  {
    ...{ method: 'POST', path: '/tasks/mcp', params: {}, query: {} },
    headers: { accept: 'application/json, text/event-stream', authorization: 'Bearer x' },
    body: { jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} },
  },
]
const REQUESTS: readonly RestRequest[] = [
  ...requestsOf(staffOpenApi('1', 'staff'), LEFT_OUT),
  ...requestsOf(openApi('1', 'owner', OWNER_PATHS), LEFT_OUT),
  ...OTHERS,
]

const text = (value: unknown): string =>
  (typeof value === 'string' ? value : (JSON.stringify(value) ?? '')).toWellFormed()
/** An agent waits for a minute in a room to which nobody comes. */
const LINES_ARE_FREE_AFTER_MS = 70_000
const never = new AbortController().signal
const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

/** The edited request as it can be sent: whatever is no header or no path any more is left out. */
function sendable(json: string, cookie: string) {
  let asked: Partial<Record<keyof RestRequest, unknown>> = {}
  try {
    const read: unknown = JSON.parse(json)
    if (isRecord(read)) asked = read
  } catch {
    asked = { method: 'POST', path: '/api/tasks', body: json }
  }
  const entries = (value: unknown) => (isRecord(value) ? Object.entries(value).slice(0, 50) : [])
  let path = text(asked.path ?? '/').slice(0, 8_000)
  for (const [name, value] of entries(asked.params))
    path = path.replace(`{${name}}`, () => encodeURIComponent(text(value)))
  const query = new URLSearchParams(entries(asked.query).map(([name, value]) => [name.toWellFormed(), text(value)]))
  const headers = Object.fromEntries(
    entries(asked.headers).flatMap(([name, value]) =>
      /^[\w-]{1,100}$/.test(name) && /^[\t\x20-\x7e]{0,4000}$/.test(text(value)) ? [[name, text(value)]] : [],
    ),
  )
  const isMethod = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'].includes(text(asked.method))
  return {
    method: (isMethod ? text(asked.method) : 'POST') as 'GET',
    url: `${path.startsWith('/') ? '' : '/'}${encodeURI(path).replaceAll('%25', '%')}?${query}`.slice(0, 15_000),
    headers: {
      ...('body' in asked && { 'content-type': 'application/json' }),
      ...headers,
      cookie,
    },
    ...('body' in asked && { payload: typeof asked.body === 'string' ? asked.body : JSON.stringify(asked.body) }),
  }
}

/** Every route of the whole server: what a page, staff and other programs ask. */
export const rest: Target = {
  name: 'rest',
  async open(): Promise<OpenTarget> {
    const { rooms, join } = memoryRooms()
    const all = await openWholeCalls({
      env: {
        ...{ AGENT: 'task-manager', TRUST_PROXY: '127.0.0.1', LOG_LEVEL: 'debug' },
        STAFF_SUPERVISOR_PASSWORD: await hashOf(PASSWORD.normalize('NFKC'), CHEAP),
      },
      joinRoom: join,
    })
    const { app } = all.partyline
    const signedIn = await app.inject({
      ...{ method: 'POST', url: '/staff/api/sign-in', headers: { origin: PAGE_ORIGIN } },
      payload: { name: 'Sam', role: 'supervisor', password: PASSWORD },
    })
    const cookie = String(signedIn.headers['set-cookie']).split(';')[0] ?? ''
    holds(signedIn.statusCode === 200, `nobody can sign in: ${signedIn.body}`)
    let asked = 0
    return {
      messages: REQUESTS.length,
      async run(edits) {
        const edited = editedSession(edits)
        const first = Math.min(...edits.map(({ at }) => at))
        const last = Math.max(...edits.map(({ at }) => at)) + 1
        const logged = all.logged.length
        for (const [at, request] of REQUESTS.entries()) {
          const { messages } = edited.take({ data: Buffer.from(JSON.stringify(request)), isBinary: false })
          // Requests that nothing was done to, far from those that something was done to, tell nothing new.
          if (at < first || at > last) continue
          for (const { data } of messages) {
            asked++
            const remoteAddress = `10.${asked % 250}.${Math.floor(asked / 250) % 250}.${Math.floor(asked / 62_500) % 250}`
            const sent = sendable(data.toString('utf8'), cookie)
            const answer = await all.passing(app.inject({ ...sent, remoteAddress }))
            const told = `${sent.method} ${sent.url.slice(0, 300)} answered ${answer.statusCode}: ${answer.body.slice(0, 300)}`
            // Rooms to which nobody comes take the lines of those who ask next.
            const isBusy = answer.statusCode === 503 && answer.body.includes('"kind":"busy"')
            if (isBusy) await all.passing(all.clock.sleep(LINES_ARE_FREE_AFTER_MS, never))
            holds(isBusy || answer.statusCode < 500, told)
          }
        }
        for (const line of all.logged.splice(logged)) {
          holdsPlain(line.slice(0, -1), 'a line of the log')
          holds(JSON.parse(line).level < 50, `an error is in the log: ${line.slice(0, 1_000)}`)
        }
        // The rig keeps the rooms that were left.
        for (const [name, { isLeft }] of rooms) if (isLeft) rooms.delete(name)
        return { messages: last - first, changed: edited.changed }
      },
      close: () => all.close(),
    }
  },
}
