import { Duplex } from 'node:stream'
import { expect, test } from 'vitest'
import { openDatabase } from '../../src/database/database.ts'
import { openFlite } from '../../src/flite/flite.ts'
import { pinsIn } from '../../src/pins/pins.ts'
import type { Script, Utterance } from '../../src/sandbox/caller/fixture.ts'
import { scriptOfTexts } from '../../src/sandbox/caller/spoken-script.ts'
import { seeded } from '../../src/sandbox/chance.ts'
import { faulty } from '../database/faulty-dialect.ts'
import { editedWire } from '../fuzz/wires/edited-wire.ts'
import { CHEAP } from '../pins/cheap-hashes.ts'
import { openCollector } from '../traces/collector.ts'
import { openWholeCalls } from '../whole-call/whole-calls.ts'
import { type CallerCanaries, callerCanaries, canaryScan, type Spoken, spoken } from './canaries.ts'
import { quotingVendors } from './quoting-vendors.ts'
import { written } from './written.ts'

/** Of all servers below together. `LEAK_CALLS=1000` has a thousand, which take some ten minutes of a core. */
const CALLS = Number(process.env.LEAK_CALLS ?? 32)
const AT_ONCE = 50
/** The database is away for so long, again and again, where it is. */
const AWAY_MS = 8_000
const THERE_MS = 20_000
interface Served {
  readonly level: 'info' | 'debug'
  readonly agent: 'task-manager' | 'receptionist'
  readonly language: Spoken
  readonly databaseFails: boolean
}
const SERVED: readonly Served[] = [
  { level: 'info', agent: 'task-manager', language: 'en', databaseFails: false },
  { level: 'debug', agent: 'task-manager', language: 'en', databaseFails: true },
  { level: 'debug', agent: 'task-manager', language: 'de', databaseFails: false },
  { level: 'info', agent: 'receptionist', language: 'es', databaseFails: true },
]
const EACH = Math.ceil(CALLS / SERVED.length)
/** What a caller says before a card's number. */
const MY_CARD: Readonly<Record<Spoken, string>> = {
  en: 'My card is',
  de: 'Meine Karte ist',
  es: 'Mi tarjeta es',
}
/** Long, so that none of them is found by chance; few, so that a wrong one can be told from a right one. */
const PINS = ['48209517', '73615082', '90561843']
const SERVER = 'localhost'
const SECRETS = {
  apiKey: 'sk-canary-Vq8Lr2TzW0pXn5Kd',
  records: 'canary-records-secret-Hh7Jw3Qx9Zb4Mn6Pd1',
  collector: 'canary-collector-Gf5Kj8Ws2Rt',
  livekit: 'canary-livekit-secret-Yt6Bv3Nc8Xz5Lk2Jh',
  oidc: 'canary-oidc-secret-Pq4Wm9Ed',
} as const

/** A caller who says their name, number and card, and keys the card or their PIN. The sound of all callers is the same. */
function scriptFor(
  { number, card, name }: CallerCanaries,
  pin: string | undefined,
  plain: Script,
  language: Spoken,
): Script {
  const [first] = plain.utterances
  if (first?.kind !== 'speech') throw new Error('nothing was spoken')
  const says = (say: string): Utterance => {
    const words = say.split(' ')
    const eachMs = (first.words.at(-1)?.endMs ?? 1_000) / words.length
    return {
      ...first,
      say,
      words: words.map((text, at) => ({ text, startMs: at * eachMs, endMs: (at + 1) * eachMs })),
      cue: { after: 'agent-stopped', ms: 500 },
    }
  }
  const keys = (press: string): Utterance => ({ kind: 'keys', press, cue: { after: 'agent-started', ms: 300 } })
  return {
    ...plain,
    ...{ name: 'canary', from: number, hangUp: { after: 'own-utterance', ms: 1_200, withStop: true } },
    utterances: [
      ...(pin === undefined ? [] : [keys(`${pin}#`)]),
      says(`Add call ${name} at ${Number(number.at(-1)) % 2 ? spoken(number, language) : number.slice(2)} tomorrow`),
      keys(`${card}#`),
      says(`${MY_CARD[language]} ${spoken(card, language)}`),
    ],
  }
}

test.each(SERVED)(
  'seeded calls with the $agent ($language, $level) leave no secret and no number in anything that is written',
  async served => {
    const { level, agent, language, databaseFails } = served
    const seed = SERVED.indexOf(served)
    const draw = seeded(41 + seed)
    const way = faulty()
    const collector = await openCollector()
    const all = await openWholeCalls({
      ...{ seed: 7, apiKey: SECRETS.apiKey, more: ['groq'], throughDatabase: way.through },
      env: {
        ...{
          AGENT: agent,
          LANGUAGE: language,
          LLM: 'openai,groq',
          GROQ_API_KEY: SECRETS.apiKey,
          RECORDING: 'off',
          VAD: 'webrtc',
          LOG_LEVEL: level,
          METRICS_PORT: '0',
          RECORDS_SECRET: SECRETS.records,
        },
        ...{
          OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
          OTEL_EXPORTER_OTLP_HEADERS: `authorization=${SECRETS.collector}`,
        },
        ...{ LIVEKIT_URL: 'ws://livekit', LIVEKIT_API_KEY: 'key', LIVEKIT_API_SECRET: SECRETS.livekit },
        ...{ OIDC_ISSUER: 'https://identity.example', OIDC_CLIENT_ID: 'us', OIDC_CLIENT_SECRET: SECRETS.oidc },
        ...{ OIDC_LISTENERS: '*', MAX_CALLS: '200' },
      },
    })
    way.on(all.clock)
    const tokens = passesAndSignatures(all.network.agent)
    const callers = Array.from({ length: EACH }, () => callerCanaries(draw))
    const pinOf = (at: number): string | undefined => (at % 5 === 0 ? PINS[(at / 5) % PINS.length] : undefined)
    const database = await openDatabase(`sqlite:${all.dataDir}/partyline.sqlite`)
    const pins = await pinsIn(database, CHEAP)
    for (const [at, { number }] of callers.entries()) {
      const pin = pinOf(at)
      if (pin !== undefined) await pins.set(number, pin, all.clock.wallTime())
    }
    await database.close()
    const flite = openFlite()
    const plain = await scriptOfTexts(['Please add it for me.'], 'awb', flite, seeded(1), new AbortController().signal)
    await flite.close()

    const vendors = quotingVendors(SECRETS.apiKey, seeded(3 + seed))
    editedWire(all.network, [SERVER]).editsEach(vendors.sessionOf)
    let turns = 0
    for (let from = 0; from < EACH; from += AT_ONCE) {
      const going = callers.slice(from, from + AT_ONCE)
      const rung = going.map((caller, at) =>
        all.rung(scriptFor(caller, pinOf(from + at), plain, language), { seed: 1_000 + from + at }),
      )
      const over = new AbortController()
      const failing = databaseFails ? databaseFailsNowAndThen(over.signal) : Promise.resolve()
      const records = await all.passing(Promise.all(rung))
      over.abort()
      await failing
      for (const { gaps } of records) turns += gaps.length
    }
    const metrics = await all.passing(
      all.partyline.metrics?.app.inject({ url: '/metrics' }) ?? Promise.reject(new Error('none')),
    )
    const answers = await errorAnswers()
    const { names, contents: journals } = await written(all.dataDir, '.jsonl')
    await all.close()

    const secrets = [...Object.values(SECRETS), ...tokens]
    const numbers = callers.flatMap(({ number, card }) => [number.slice(1), number.slice(2), card])
    const finds = canaryScan([...secrets, ...callers.map(({ name }) => name)], [...numbers, ...PINS])
    // Who keys a PIN that nobody has asked for, as the database was away, has keyed something like any other.
    const findsSecrets = canaryScan(secrets, databaseFails ? [] : PINS)
    // The calls were what they are meant to be, and the scan finds what is there.
    expect(journals).toHaveLength(EACH)
    expect(turns).toBeGreaterThan(EACH)
    expect(vendors.quoted()).toBeGreaterThan(EACH / 5)
    expect(tokens.size).toBeGreaterThan(EACH)
    expect(finds(`x ${spoken(callers[3]?.card ?? '', language)} y`)).toHaveLength(1)
    expect(finds(journals.join('\n')).length).toBeGreaterThan(EACH)
    expect(all.logged.filter(line => /"level":40/.test(line)).length).toBeGreaterThan(10)

    const found = (texts: readonly string[], scan: typeof finds) =>
      texts.flatMap(text => scan(text).map(canary => [canary, text.slice(0, 400)])).slice(0, 5)
    expect(
      found(
        all.logged.map(line => line.replace(/"time":\d+,/, '')),
        finds,
      ),
    ).toEqual([])
    expect(found(journals, findsSecrets)).toEqual([])
    expect(found(metrics.body.split('\n'), finds)).toEqual([])
    expect(collector.received.length).toBeGreaterThan(0)
    expect(
      found(
        collector.received.map(({ resource, spans }) => JSON.stringify([resource, spans])),
        finds,
      ),
    ).toEqual([])
    expect(found(names, finds)).toEqual([])
    expect(found(answers, finds)).toEqual([])
    expect(found([process.title, ...process.argv, ...process.execArgv], finds)).toEqual([])

    /** While calls go on; it is there at the end. */
    async function databaseFailsNowAndThen(signal: AbortSignal): Promise<void> {
      try {
        for (let isAway = true; ; isAway = !isAway) {
          await all.clock.sleep(isAway ? THERE_MS : AWAY_MS, signal)
          way.state.fault = isAway ? 'refused' : undefined
        }
      } catch {
        way.state.fault = undefined
      }
    }

    /** What strangers are told whose requests are wrong, with somebody's secrets in them. */
    async function errorAnswers(): Promise<readonly string[]> {
      const { app } = all.partyline
      const [number, secret] = [callers[0]?.number ?? '', SECRETS.oidc]
      const bodies: string[] = []
      for (const [method, url, payload] of [
        ['POST', '/calls/answer', { CallSid: 'CA1', From: number }],
        ['POST', '/staff/api/sign-in', { name: 'x', role: 'supervisor', password: secret }],
        ['POST', '/staff/api/callers/forget', { caller: number }],
        ['POST', '/api/owner', { number, pin: PINS[0] }],
        ['POST', '/api/room', { back: secret }],
        ['POST', '/livekit/webhook', { room: number }],
        ['GET', `/staff/api/oidc/back?code=${secret}`, undefined],
        ['GET', `/calls/stream?pass=${secret}`, undefined],
        ['POST', '/tasks/mcp', { secret }],
      ] as const) {
        const headers = { origin: 'http://localhost', authorization: `Bearer ${secret}` }
        const answer = await all.passing(app.inject({ method, url, headers, ...(payload && { payload }) }))
        expect([url, answer.statusCode < 500 || answer.statusCode === 503]).toEqual([url, true])
        bodies.push(answer.body.replaceAll(url, ''), JSON.stringify(answer.headers))
      }
      return bodies
    }
  },
  Math.max(180_000, EACH * 12_000),
)

/** The passes that Twilio gets, and its signatures, as they go over the wire. */
function passesAndSignatures(agent: { createConnection(...given: never[]): unknown } | undefined): ReadonlySet<string> {
  const tokens = new Set<string>()
  if (!agent) throw new Error('the network has no agent')
  const connect = agent.createConnection.bind(agent) as (...given: unknown[]) => unknown
  agent.createConnection = (...given: unknown[]) => {
    const near = connect(...given)
    if (!(near instanceof Duplex)) throw new Error('no connection in memory')
    const push = near.push.bind(near)
    near.push = (bytes: Buffer | null) => {
      for (const [, pass = ''] of bytes?.toString('latin1').matchAll(/name="pass" value="([^"]+)"/g) ?? [])
        tokens.add(pass)
      return push(bytes)
    }
    const write = near._write.bind(near)
    near._write = (chunk: Buffer, ...rest) => {
      for (const [, signature = ''] of chunk.toString('latin1').matchAll(/x-twilio-signature: (\S+)/gi))
        tokens.add(signature)
      write(chunk, ...rest)
    }
    return near
  }
  return tokens
}
