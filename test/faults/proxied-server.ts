import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock as clock } from '../../src/clock.ts'
import { readSettings, SANDBOX_AUTH_TOKEN } from '../../src/config.ts'
import type { JournalLine } from '../../src/conversation/lines.ts'
import { type Flite, openFlite } from '../../src/flite/flite.ts'
import { type Outcome, outcomeOf, readJournal } from '../../src/journal/outcome.ts'
import { english } from '../../src/languages/english.ts'
import { systemNetwork } from '../../src/network.ts'
import { openLog } from '../../src/operations/log.ts'
import { openPartyline } from '../../src/partyline.ts'
import { pinsIn } from '../../src/pins/pins.ts'
import type { Script } from '../../src/sandbox/caller/fixture.ts'
import { openCartesiaStandIn } from '../../src/sandbox/cartesia/stand-in.ts'
import { openDeepgramStandIn } from '../../src/sandbox/deepgram/stand-in.ts'
import { profiles } from '../../src/sandbox/delays.ts'
import { openOpenAiStandIn } from '../../src/sandbox/openai/stand-in.ts'
import type { CallRecord } from '../../src/sandbox/ringing/call-record.ts'
import { ring } from '../../src/sandbox/ringing/ring.ts'
import { openTicker } from '../../src/sandbox/twilio/ticker.ts'
import { CHEAP } from '../pins/cheap-hashes.ts'
import type { Certificate } from './certificate.ts'
import { addressThrough, type FarDatabase, type Stored, storedIn } from './far-database.ts'
import { type FaultProxy, openFaultProxy, type WireFault } from './fault-proxy.ts'

/** The ways into and out of the server that have a proxy in them. */
export const EDGES = ['deepgram', 'openai', 'cartesia', 'tools', 'twilio'] as const
export type Edge = (typeof EDGES)[number]

/** The stand-ins that all servers of a test share, at ports of this machine. */
export async function openVendors() {
  const flite: Flite = openFlite()
  const options = { port: 0, profile: profiles.fast, seed: 1, clock }
  const deepgram = await openDeepgramStandIn(options)
  const openai = await openOpenAiStandIn(options)
  const cartesia = await openCartesiaStandIn(options, flite)
  return {
    ...{ deepgram, openai, cartesia },
    async close(): Promise<void> {
      await Promise.all([deepgram.close(), openai.close(), cartesia.close()])
      await flite.close()
    },
  }
}
export type Vendors = Awaited<ReturnType<typeof openVendors>>

export interface ProxiedCall {
  readonly record: CallRecord
  readonly lines: readonly JournalLine[]
  readonly outcome: Outcome
  /** How many connections the fault has struck. */
  readonly struck: number
  /** Struck connections that were open when the server had been closed. */
  readonly leftOpen: number
  readonly logged: readonly string[]
  /** What the database has, where that was the edge. */
  readonly stored: Stored | undefined
  /** The call's journal, as it is in its folder. */
  readonly journal: string
}

export interface ProxiedOptions {
  readonly vendors: Vendors
  readonly edge: Edge | 'database'
  /** The port of an MCP server over HTTP. */
  readonly toolsPort: number
  /** Behind the proxy, where the edge is that. */
  readonly database?: FarDatabase
  readonly fault: WireFault
  readonly certificate: Certificate | undefined
  readonly script: Script
  readonly seed: number
}

/** Who rings. */
export const CARRIER = { authToken: SANDBOX_AUTH_TOKEN, accountSid: `AC${'0'.repeat(32)}`, to: '+15550100000' } as const
/** A call opens no more of them. */
const SLOW_HANDSHAKES = 20
/** The database's connections share the work, and a probe takes a new one. */
const STRUCK_OF_DATABASE = 3

export const portOf = (url: string): number => Number(new URL(url).port)

/** The server in this process, at a port of this machine, with these vendors; it writes its log to `logged`. */
export async function openServer({
  dataDir,
  urls,
  env,
  seed,
  logged,
}: {
  readonly dataDir: string
  readonly urls: Readonly<Record<'deepgram' | 'openai' | 'cartesia', string>>
  readonly env: Readonly<Record<string, string>>
  readonly seed: number
  readonly logged: string[]
}) {
  const environment = {
    ...{ PUBLIC_URL: 'http://localhost', DATA_DIR: dataDir, AGENT: 'receptionist', RECORDING: 'off', VAD: 'webrtc' },
    ...{ DEEPGRAM_API_KEY: 'key', OPENAI_API_KEY: 'key', CARTESIA_API_KEY: 'key', GEMINI_API_KEY: 'key' },
    ...env,
  }
  const settings = readSettings(environment)
  const access = (baseUrl: string) => ({ apiKey: 'key', baseUrl })
  const partyline = await openPartyline({
    ...{ settings, environment, clock, network: systemNetwork, serverName: 'localhost', localSpeech: undefined },
    joinRoom: () => Promise.reject(new Error('there are no rooms here')),
    encoder: { encode: () => Promise.reject(new Error('there are no screens here')), close: async () => undefined },
    chance: below => seed % below,
    access: {
      deepgram: access(urls.deepgram),
      openai: access(`${urls.openai}/v1`),
      cartesia: access(urls.cartesia),
    },
    openPins: database => pinsIn(database, CHEAP),
    log: openLog(settings.LOG_LEVEL, settings.LOG_PII, { write: line => logged.push(line) }),
  })
  const listening = await partyline.app.listen({ host: '127.0.0.1', port: 0 })
  await partyline.renderPhrases()
  return { partyline, listening }
}

/** The settings of a tool behind this address. */
async function toolsAt(url: string, dataDir: string): Promise<string> {
  const file = join(dataDir, 'tools.json')
  const settings = {
    servers: { far: { url } },
    tools: { check_weather: {} },
    agents: { receptionist: ['check_weather'] },
  }
  await writeFile(file, JSON.stringify(settings))
  return file
}

/** What the edge leads to, if it is not the server itself. */
function farOf({ edge, vendors, toolsPort, database }: ProxiedOptions): number | string | undefined {
  switch (edge) {
    case 'twilio':
      return undefined
    case 'tools':
      return toolsPort
    case 'database':
      return database?.socket
    case 'deepgram':
    case 'openai':
    case 'cartesia':
      return portOf(vendors[edge].url)
  }
}

/** The settings that lead the server through the proxy, where they are no vendor's address. */
async function settingsThrough(
  { edge, database }: ProxiedOptions,
  { port }: FaultProxy,
  scheme: string,
  dataDir: string,
): Promise<Readonly<Record<string, string>>> {
  if (edge === 'tools') return { TOOLS_FILE: await toolsAt(`${scheme}://localhost:${port}/`, dataDir) }
  if (edge !== 'database' || !database) return {}
  return { AGENT: 'task-manager', TIME_ZONE: 'Europe/Berlin', DATABASE_URL: addressThrough(database, port) }
}

/** Opens a server of its own, and rings it. */
export const proxiedCall = async (options: ProxiedOptions): Promise<ProxiedCall> => (await proxiedServer(options))()

/**
 * Opens a server of its own, over real sockets and in real time, with a proxy on one edge, and gives what rings it. The
 * fault strikes one connection, or several of the database, at a byte of the answer to the caller's first words; a slow
 * handshake strikes those from the server's start on.
 */
export async function proxiedServer(options: ProxiedOptions): Promise<() => Promise<ProxiedCall>> {
  const { vendors, edge, fault, certificate, script, seed, database } = options
  const dataDir = await mkdtemp(join(tmpdir(), 'partyline-'))
  const lifetime = new AbortController()
  const proxyTo = (to: number | string): Promise<FaultProxy> =>
    openFaultProxy({ to, seed, ...(certificate && { certificate }) })
  const scheme = certificate ? 'https' : 'http'
  const logged: string[] = []
  const far = farOf(options)
  const early = far === undefined ? undefined : await proxyTo(far)
  // Its connections are opened at the start, and kept.
  if (edge === 'database' && fault.kind === 'slow-tls') early?.strike(fault, SLOW_HANDSHAKES)
  const urlOf = (name: 'deepgram' | 'openai' | 'cartesia'): string =>
    early && name === edge ? `${scheme}://localhost:${early.port}` : vendors[name].url
  const { partyline, listening } = await openServer({
    ...{ dataDir, logged, seed, env: early ? await settingsThrough(options, early, scheme, dataDir) : {} },
    urls: { deepgram: urlOf('deepgram'), openai: urlOf('openai'), cartesia: urlOf('cartesia') },
  })
  const proxy = early ?? (await proxyTo(portOf(listening)))
  if (fault.kind === 'slow-tls') proxy.strike(fault, SLOW_HANDSHAKES)
  return async () => {
    try {
      const record = await ring(
        {
          ...{ network: systemNetwork, publicUrl: 'http://localhost', ticker: openTicker(clock), script, seed },
          dialUrl: edge === 'twilio' ? `${scheme}://localhost:${proxy.port}` : listening,
          ...{ ...CARRIER, from: script.from },
          announceUrl: vendors.deepgram.url,
          onEvent(event) {
            if (event.kind === 'utterance' && event.index === 0 && fault.kind !== 'slow-tls')
              proxy.strike(fault, edge === 'database' ? STRUCK_OF_DATABASE : 1)
          },
        },
        lifetime.signal,
      )
      await partyline.calls.empty(lifetime.signal)
      await partyline.recordsSealed()
      const file = join(dataDir, 'calls', record.callSid, 'journal.jsonl')
      const lines = await readJournal(file)
      const journal = await readFile(file, 'utf8')
      await partyline.close()
      // The other ends learn of it by their sockets. Those that are slow, not broken, are fetch's to keep.
      const isBroken = fault.kind !== 'delay' && fault.kind !== 'throttle'
      const left = (): number => (isBroken ? proxy.struckOpen() : 0)
      // Libraries of WebSockets wait 30 s for the other end's close, which a half-open connection never brings.
      for (let i = 0; i < 2_000 && left() > 0; i++) await clock.sleep(20, lifetime.signal)
      return {
        ...{ record, lines, logged, journal, outcome: outcomeOf(lines, english) },
        ...{ struck: proxy.struck(), leftOpen: left(), stored: database && (await storedIn(database, record.callSid)) },
      }
    } finally {
      lifetime.abort(new Error('the call is over'))
      await proxy.close()
      await rm(dataDir, { recursive: true })
    }
  }
}
