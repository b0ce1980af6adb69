import { Agent, request } from 'node:http'
import { expect } from 'vitest'
import { WebSocket } from 'ws'
import { streamPasses } from '../../src/channels/phone/token.ts'
import { seeded } from '../../src/sandbox/chance.ts'
import { AUTH_TOKEN, openWholeServer, PUBLIC_URL, type WholeServer } from '../doors/whole-server.ts'
import { signed, signedUpgrade, startMessage } from '../server/phone-server.ts'
import { type Forged, forgedPost } from './forged.ts'
import { forgedUpgrade } from './forged-upgrades.ts'

const TARGET = { publicUrl: PUBLIC_URL, authToken: AUTH_TOKEN }
const LINES = 20
const CALL = `CA${'7'.repeat(32)}`

/** How often each status was answered, by kind of forgery; a socket that opened counts as 101. */
export type Outcomes = ReadonlyMap<string, ReadonlySet<number>>

export interface ForgedCounts {
  readonly posts: number
  readonly upgrades: number
  /** Sockets that are really signed, and whose `start` has a pass that is none. */
  readonly starts: number
}

/** Sends so many forged requests of a seed to a server of its own, and looks at what has come of them. */
export async function sendForged(seed: number, { posts, upgrades, starts }: ForgedCounts): Promise<Outcomes> {
  const server = await openWholeServer({ TRUST_PROXY: '127.0.0.1', MAX_CALLS: String(LINES) })
  const chance = seeded(seed)
  const outcomes = new Map<string, Set<number>>()
  const note = (what: string, status: number): void =>
    void outcomes.set(what, (outcomes.get(what) ?? new Set()).add(status))
  try {
    const agent = new Agent({ keepAlive: true, maxSockets: 20 })
    await inTurns(posts, 20, async n => {
      const forged = forgedPost(n, chance, TARGET)
      note(forged.what, await statusOf(server.port, forged, agent))
    })
    await inTurns(upgrades, 20, async n => {
      const forged = forgedUpgrade(n, chance, TARGET)
      note(forged.what, await statusOf(server.port, forged))
    })
    agent.destroy()
    // One after the other, as no more sockets may wait for their start than there are lines.
    await inTurns(starts, 10, async n => {
      const [what, pass] = wrongPass(n, server, chance)
      note(`a start with ${what}`, await closeCodeOf(server, pass))
    })
    await expectNothingCame(server)
  } finally {
    await server.close()
  }
  return outcomes
}

async function inTurns(count: number, atOnce: number, one: (n: number) => Promise<void>): Promise<void> {
  let next = 0
  async function work(): Promise<void> {
    while (next < count) await one(next++)
  }
  await Promise.all(Array.from({ length: atOnce }, work))
}

const statusOf = (port: number, { method, path, headers, body }: Forged, agent?: Agent): Promise<number> =>
  new Promise((resolve, reject) => {
    const length = { 'content-length': String(Buffer.byteLength(body)) }
    const asked = request({
      port,
      host: '127.0.0.1',
      method,
      path,
      agent: agent ?? false,
      headers: { ...headers, ...length },
    })
    asked.on('response', response => {
      response.resume()
      response.on('end', () => resolve(response.statusCode ?? 0))
    })
    asked.on('upgrade', (_, socket) => {
      socket.destroy()
      resolve(101)
    })
    asked.on('error', reject)
    asked.end(body)
  })

/** A pass that opens nothing, of one kind after the other. */
function wrongPass(n: number, { clock }: WholeServer, chance: () => number): readonly [string, string | undefined] {
  const minted = (token: string, callSid: string, agoMs = 0): string =>
    streamPasses(token, () => new Date(clock.wallTime().getTime() - agoMs)).mint({
      callSid,
      from: '+15550000000',
      attempt: 1,
    })
  const good = minted(AUTH_TOKEN, CALL)
  const at = Math.floor(chance() * good.length)
  const kinds: readonly (readonly [string, string | undefined])[] = [
    ['no pass', undefined],
    ['an empty pass', ''],
    ['a pass cut short', good.slice(0, at)],
    ['a pass with one letter changed', `${good.slice(0, at)}${good[at] === 'A' ? 'B' : 'A'}${good.slice(at + 1)}`],
    ['a pass with more behind it', `${good}A`],
    ['a pass of another token', minted('secret', CALL)],
    ['a pass of another call', minted(AUTH_TOKEN, `CA${'8'.repeat(32)}`)],
    ['a pass of half a minute ago', minted(AUTH_TOKEN, CALL, 30_000)],
    ['a pass that signs nothing', `${Buffer.from('{}').toString('base64url')}.`],
    ['a pass in pieces', good.replaceAll('.', '..')],
  ]
  return kinds[n % kinds.length] ?? ['no pass', undefined]
}

/** With what code the server closes a socket that is really Twilio's, after a start with this pass. */
async function closeCodeOf({ url }: WholeServer, pass: string | undefined): Promise<number> {
  const headers = signedUpgrade(AUTH_TOKEN, PUBLIC_URL)
  const socket = new WebSocket(`${url.replace('http', 'ws')}/calls/stream`, { headers, perMessageDeflate: false })
  return new Promise((resolve, reject) => {
    socket.on('open', () => {
      socket.send(JSON.stringify({ event: 'connected', protocol: 'Call', version: '1.0.0' }))
      socket.send(JSON.stringify(startMessage(CALL, pass)))
    })
    socket.on('close', resolve)
    socket.on('error', reject)
  })
}

/** No session, no provider that was reached for, no folder, no line that is taken; and the server still answers. */
async function expectNothingCame({ partyline, connects, callFolders, logged, url }: WholeServer): Promise<void> {
  expect([partyline.calls.live(), connects(), await callFolders()]).toEqual([0, 0, []])
  expect(logged.filter(line => JSON.parse(line).level >= 50)).toEqual([])
  const answered = async (n: number): Promise<string> => {
    const params = { CallSid: `CA${String(n).padStart(32, '0')}`, From: '+15551234567' }
    const headers = { 'x-twilio-signature': signed('/calls/answer', params, AUTH_TOKEN, PUBLIC_URL) }
    const asked = { method: 'POST', headers, body: new URLSearchParams(params) }
    return (await fetch(`${url}/calls/answer`, asked)).text()
  }
  for (let n = 0; n < LINES; n++) expect(await answered(n)).toContain('<Connect')
  expect(await answered(LINES)).not.toContain('<Connect')
}
