import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import type { Dialect } from 'kysely'
import type { JoinRoom } from '../../src/channels/browser/room.ts'
import { readSettings, SANDBOX_AUTH_TOKEN } from '../../src/config.ts'
import type { JournalLine } from '../../src/conversation/lines.ts'
import type { Clock } from '../../src/conversation/ports.ts'
import { type Flite, openFlite } from '../../src/flite/flite.ts'
import { readJournal } from '../../src/journal/outcome.ts'
import { openLog } from '../../src/operations/log.ts'
import { openPartyline } from '../../src/partyline.ts'
import { pinsIn } from '../../src/pins/pins.ts'
import { cartesiaClient } from '../../src/providers/cartesia-client.ts'
import type { LocalSpeech } from '../../src/providers/local/open-local-speech.ts'
import { openAnnouncedCalls } from '../../src/sandbox/announced-calls.ts'
import type { Script } from '../../src/sandbox/caller/fixture.ts'
import { openCartesiaStandIn } from '../../src/sandbox/cartesia/stand-in.ts'
import { seeded } from '../../src/sandbox/chance.ts'
import { openDeepgramStandIn } from '../../src/sandbox/deepgram/stand-in.ts'
import { profiles } from '../../src/sandbox/delays.ts'
import { openScreenReader, type ScreenReader } from '../../src/sandbox/gemini/screen-reader.ts'
import { openGeminiStandIn } from '../../src/sandbox/gemini/stand-in.ts'
import { openOpenAiStandIn } from '../../src/sandbox/openai/stand-in.ts'
import { openOpenAiRealtimeStandIn, type RealtimeStandInOptions } from '../../src/sandbox/openai-realtime/stand-in.ts'
import type { CallRecord } from '../../src/sandbox/ringing/call-record.ts'
import { type RingOptions, startRinging } from '../../src/sandbox/ringing/ring.ts'
import type { StandIn } from '../../src/sandbox/stand-in.ts'
import { type OpenStandIn, STAND_INS } from '../../src/sandbox/stand-ins.ts'
import { openTicker } from '../../src/sandbox/twilio/ticker.ts'
import { openJpegEncoder } from '../../src/sight/jpeg-encoder.ts'
import { CHEAP } from '../pins/cheap-hashes.ts'
import type { MemoryNetwork } from './memory-network.ts'
import { openVirtualTime } from './virtual-time.ts'

/** A call that is over, by all that has been kept of it. */
export interface WholeCall {
  readonly record: CallRecord
  readonly lines: readonly JournalLine[]
  readonly transcript: string
  /** Where its recordings are. */
  readonly folder: string
}

export interface WholeCallsOptions {
  /** Settings besides, as environment variables. */
  readonly env?: Readonly<Record<string, string>>
  /** Chance of the stand-ins. */
  readonly seed?: number
  /** Joins the rooms of people in a browser. */
  readonly joinRoom?: JoinRoom
  /** What of speech this machine does by itself. */
  readonly localSpeech?: LocalSpeech
  /** Stand-ins besides those of the usual providers, by their names in `sandbox/stand-ins.ts`; one may be opened otherwise. */
  readonly more?: readonly (string | readonly [name: string, open: OpenStandIn])[]
  /** Is told the body of each request that the server makes, and where it goes. */
  readonly onAsked?: (body: string, url: string) => void
  /** The key that all vendors get. */
  readonly apiKey?: string
  /** Where the way to the database has faults. */
  readonly throughDatabase?: (dialect: Dialect) => Dialect
  /** What the model of the Realtime API answers, where the scripts do not. */
  readonly realtime?: RealtimeStandInOptions
  /** Stands between the server and a stand-in, by its name: takes its address, and gives the one that the server asks. */
  readonly between?: Readonly<Record<string, (url: string, network: MemoryNetwork) => string>>
  /** The clock as the server has it, made of the one that all others have. */
  readonly serverClock?: (clock: Clock) => Clock
}

const SERVER = 'localhost'
const noRooms: JoinRoom = () => Promise.reject(new Error('there are no rooms here'))
const NUMBER = '+15550100000'

/** One for all: a sentence that it has spoken once is at hand. Its thread ends with the process. */
const flite = openFlite()
const reader = openScreenReader()

export type WholeCalls = Awaited<ReturnType<typeof openWholeCalls>>

/**
 * The real server and the stand-ins of its vendors in this process: real messages over connections in memory, in
 * virtual time. A call goes to its end as fast as the machine allows, and the same way each time.
 */
export async function openWholeCalls({
  env = {},
  seed = 1,
  joinRoom = noRooms,
  localSpeech,
  more = [],
  onAsked,
  apiKey = 'key',
  realtime,
  throughDatabase,
  between = {},
  serverClock = clock => clock,
}: WholeCallsOptions = {}) {
  const time = openVirtualTime()
  const { clock, outside, network, passing } = time
  const dataDir = await mkdtemp(join(tmpdir(), 'partyline-'))
  const logged: string[] = []
  const lifetime = new AbortController()
  const ticker = openTicker(clock)
  const speaking: Flite = {
    synthesize: (...given) => outside.during(flite.synthesize(...given)),
    close: async () => undefined,
  }
  const reading: ScreenReader = {
    read: (jpeg, signal) => outside.during(reader.read(jpeg, signal)),
    close: async () => undefined,
  }

  const announced = openAnnouncedCalls(clock)
  const options = (host: string) => ({
    serve: (app: FastifyInstance) => network.serve(host, app),
    ...{ profile: profiles.fast, seed, clock, announced },
  })
  const standIns = {
    deepgram: await openDeepgramStandIn(options('deepgram')),
    openai: await openOpenAiStandIn(options('openai')),
    cartesia: await openCartesiaStandIn(options('cartesia'), speaking),
    gemini: await openGeminiStandIn(options('gemini'), reading),
    'openai-realtime': await openOpenAiRealtimeStandIn({ ...options('openai-realtime'), ...realtime }, speaking),
  }
  const moreStandIns: Record<string, StandIn> = {}
  for (const one of more) {
    const [name, otherwise] = typeof one === 'string' ? [one] : one
    const open = otherwise ?? (await STAND_INS[name]?.())
    if (!open) throw new Error(`there is no stand-in ${name}`)
    moreStandIns[name] = await open(options(name), { flite: speaking, announced })
  }
  const environment = {
    PUBLIC_URL: `http://${SERVER}`,
    ...{ DEEPGRAM_API_KEY: apiKey, OPENAI_API_KEY: apiKey, CARTESIA_API_KEY: apiKey, GEMINI_API_KEY: apiKey },
    ...{ DATA_DIR: dataDir, AGENT: 'receptionist', TIME_ZONE: 'Europe/Berlin' },
    ...env,
  }
  const reached = (name: keyof typeof standIns): string => {
    const { url } = standIns[name]
    return between[name]?.(url, network) ?? url
  }
  const access = (baseUrl: string) => ({ apiKey, baseUrl })
  const settings = readSettings(environment)
  const encoder = openJpegEncoder()
  const draw = seeded(seed)
  const partyline = await openPartyline({
    ...{ settings, environment, clock: serverClock(clock), localSpeech },
    ...(throughDatabase && { throughDatabase }),
    network: {
      ...network,
      async fetch(input, init) {
        onAsked?.(String(init?.body ?? ''), input instanceof Request ? input.url : String(input))
        if (!(init?.body instanceof Blob)) return network.fetch(input, init)
        // A file's bytes are read by another thread.
        return network.fetch(input, { ...init, body: await outside.during(init.body.arrayBuffer()) })
      },
    },
    joinRoom,
    encoder: {
      encode: (...asked) => outside.during(encoder.encode(...asked)),
      close: () => outside.during(encoder.close()),
    },
    serverName: SERVER,
    chance: below => Math.floor(draw() * below),
    access: {
      ...Object.fromEntries(Object.entries(moreStandIns).map(([name, standIn]) => [name, access(standIn.url)])),
      deepgram: access(reached('deepgram')),
      openai: access(`${reached('openai')}/v1`),
      cartesia: access(reached('cartesia')),
      gemini: access(reached('gemini')),
      'openai-realtime': access(`${reached('openai-realtime')}/v1`),
    },
    // A hash is made by another thread.
    async openPins(database) {
      const pins = await pinsIn(database, CHEAP)
      return { ...pins, check: (...tried) => outside.during(pins.check(...tried)) }
    },
    log: openLog(settings.LOG_LEVEL, settings.LOG_PII, { write: line => logged.push(line) }),
  })
  const url = await network.serve(SERVER, partyline.app)
  // What is loaded at its first use is loaded now: it takes real time, in which virtual time would run on.
  await cartesiaClient(access(standIns.cartesia.url), 1, network)
  await passing(partyline.renderPhrases())

  async function kept(record: CallRecord): Promise<WholeCall> {
    const folder = join(dataDir, 'calls', record.callSid)
    const lines = await readJournal(join(folder, 'journal.jsonl'))
    return { record, lines, folder, transcript: await readFile(join(folder, 'transcript.txt'), 'utf8') }
  }

  /** Begins a call; it goes on while `passing` lets time pass. Resolves when nothing of it is under way any more. */
  async function rung(script: Script, changed: Partial<RingOptions> & { readonly seed: number }): Promise<CallRecord> {
    const record = await startRinging(
      {
        ...{ network, publicUrl: url, dialUrl: url, ticker, script, announceUrl: standIns.deepgram.url },
        ...{ authToken: SANDBOX_AUTH_TOKEN, accountSid: `AC${'0'.repeat(32)}`, from: script.from, to: NUMBER },
        ...changed,
      },
      lifetime.signal,
    ).record
    await partyline.calls.empty(lifetime.signal)
    await partyline.recordsSealed()
    return record
  }

  /** The same, with what is kept in the call's folder. */
  const ring = async (...asked: Parameters<typeof rung>): Promise<WholeCall> => kept(await rung(...asked))

  async function close(): Promise<void> {
    await passing(partyline.close())
    await passing(
      Promise.all([...Object.values(standIns), ...Object.values(moreStandIns)].map(standIn => standIn.close())),
    )
    lifetime.abort()
    time.close()
    await rm(dataDir, { recursive: true })
  }

  return { clock, outside, ticker, network, standIns, partyline, dataDir, logged, url, passing, rung, ring, close }
}
