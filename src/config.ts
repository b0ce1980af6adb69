import { z } from 'zod'
import { allInForce, type InForce, modelOf, voiceOf } from './chosen/in-force.ts'
import { type ChosenProviders, PROVIDER_SETTINGS, plugInSettings, readProviders } from './chosen/providers.ts'
import { geminiKeyMissing, refusedStandIns, type StandIn, standInsFor } from './chosen/vendors.ts'
import { ADMISSION_SETTINGS, limitsOfCaller } from './settings/admission.ts'
import { AGENT_SETTINGS, BUILT_IN_AGENTS, unknownAgent } from './settings/agents.ts'
import { EMBEDDING_SETTINGS } from './settings/embeddings.ts'
import { LAPTOP_LIVEKIT, livekitOf } from './settings/livekit.ts'
import { isLocal, loopback } from './settings/loopback.ts'
import { modelsFolder } from './settings/models-folder.ts'
import { wrongInProduction } from './settings/production.ts'
import { RING_OUT_SETTINGS } from './settings/ring-out.ts'
import { type S3Access, s3Of } from './settings/s3.ts'
import {
  type ChosenLanguages,
  days,
  e164,
  headers,
  isNetwork,
  isZone,
  languages,
  number,
  onOff,
  passwordHash,
  rules,
  secret,
  url,
  usd,
} from './settings/shapes.ts'
import { shownValue } from './settings/shown-value.ts'
import { clashing, missingBeside } from './settings/together.ts'

/** The auth token with which the sandbox's Twilio signs. Accepted only on this machine. */
export const SANDBOX_AUTH_TOKEN = 'sandbox-auth-token'
export const SANDBOX_KEY = 'sandbox'

/** The names of what runs on this machine, in records, prices and metrics. */
export const LOCAL_EARS = 'moonshine-tiny'
const LOCAL_VOICE = 'flite-slt'

/**
 * Every setting, by the name of its environment variable. The sandbox stands in for a provider without a key, unless its
 * server is named.
 */
const settings = z.object({
  /** `production` refuses to start with stand-ins, and records only if RECORDING is on. */
  NODE_ENV: z.enum(['production', 'development', 'test']).default('development'),
  PORT: number(0, 65_535).default(8_080),
  /** The address to listen on. Default: all with a TWILIO_AUTH_TOKEN, else only this machine. */
  HOST: z.string().min(1).optional(),
  /** The port of `GET /metrics` for Prometheus, which is never PORT: it is not for the public. Default: no metrics. */
  METRICS_PORT: number(0, 65_535).optional(),
  /** The address of that port. In a container 0.0.0.0, behind a policy of the network. */
  METRICS_HOST: z.string().min(1).default('127.0.0.1'),
  /** The URL at which Twilio reaches this server. Webhook URLs and signatures are built from it. */
  PUBLIC_URL: url('https:', 'http:').optional(),
  TWILIO_ACCOUNT_SID: z
    .string()
    .regex(/^AC[0-9a-f]{32}$/, 'must be AC and 32 hex digits')
    .optional(),
  TWILIO_AUTH_TOKEN: z.string().min(1).optional(),
  /** Where Twilio's REST API is: another region has its own. */
  TWILIO_API_URL: url('https:', 'http:').default('https://api.twilio.com'),
  /** Who hears, thinks and speaks: names of the catalogue with commas, where the next one serves when one fails. */
  STT: z.string().optional(),
  LLM: z.string().optional(),
  TTS: z.string().optional(),
  /** Ask a second language model where the first is slower than usual: at most one of ten questions is paid twice. */
  LLM_HEDGE: onOff.default(false),
  /** The LiveKit server for people in a browser. Default: the one that `npm run livekit` starts; none in production. */
  LIVEKIT_URL: url('wss:', 'ws:').optional(),
  LIVEKIT_API_KEY: z.string().min(1).optional(),
  LIVEKIT_API_SECRET: z.string().min(32, 'must have at least 32 letters').optional(),
  /** Is asked to send a worker for an agent's avatar, where that is not `face`. */
  AVATAR_URL: url('https:', 'http:').optional(),
  /** The number that people ring, which the page names where a browser does not do. */
  PHONE_NUMBER: e164.optional(),
  /** Looks at a shared screen. Without it, and without a server of its protocol, production sees no screens. */
  GEMINI_API_KEY: secret.optional(),
  GEMINI_BASE_URL: url('https:', 'http:').default('https://generativelanguage.googleapis.com'),
  GEMINI_MODEL: z
    .string()
    .regex(/^[\w.:-]{1,100}$/, 'must be a model such as gemini-2.5-flash')
    .default('gemini-2.5-flash'),
  /** The folder for recordings, journals, cached phrases and the store. */
  DATA_DIR: z.string().min(1).default('./data'),
  /** The folder of the models of local speech. Default: models in DATA_DIR. */
  MODELS_DIR: z.string().min(1).optional(),
  /** The database that all servers share: `sqlite:FILE` or `postgres://…`. Default: partyline.sqlite in DATA_DIR. */
  DATABASE_URL: z
    .string()
    .regex(/^(?:sqlite:.|postgres(?:ql)?:\/\/.)/, 'must be sqlite:FILE or postgres://USER:PASSWORD@HOST/DATABASE')
    .optional(),
  ...AGENT_SETTINGS,
  /** The languages of the line: the first until the caller changes it. */
  LANGUAGE: languages.default(['en']),
  /** A JSON file with more MCP servers and the settings of their tools. */
  TOOLS_FILE: z.string().min(1).optional(),
  /** A JSON file with the bearer tokens of /tasks/mcp and their owners. Default: nobody may use it. */
  TASKS_TOKENS_FILE: z.string().min(1).optional(),
  /** The callers' time zone, in which "tomorrow at five" is meant. Default: this machine's. */
  TIME_ZONE: z.string().refine(isZone, 'must be a time zone such as Europe/Berlin').optional(),
  /** Record calls, and say so in the greeting. Default: on, but off in production. */
  RECORDING: onOff.optional(),
  /** The key by which callers' numbers are hashed and sealed in the records. Default: made of TWILIO_AUTH_TOKEN; none in production. */
  RECORDS_SECRET: z.string().min(32, 'must have at least 32 letters').optional(),
  /** A bucket of an S3-compatible store, where the records of calls are brought when they are over. All five or none. */
  S3_BUCKET: z
    .string()
    .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'must be the name of a bucket')
    .optional(),
  S3_ENDPOINT: url('https:', 'http:').optional(),
  S3_REGION: z.string().min(1).optional(),
  S3_ACCESS_KEY_ID: z.string().min(1).optional(),
  S3_SECRET_ACCESS_KEY: z.string().min(1).optional(),
  /** Recordings older than so many days are deleted; `off` keeps them. */
  RECORDINGS_DAYS: days.default(30),
  /** The same for journals and transcripts, in files and in the database. */
  JOURNALS_DAYS: days.default(90),
  /** Tasks of a web page that belongs to no number are deleted when they were not used for so many days. */
  WEB_OWNERS_DAYS: days.default(90),
  /** The hash of the password with which staff sign in who hear calls. `npm run staff:password` makes it. */
  STAFF_LISTENER_PASSWORD: passwordHash.optional(),
  /** The same for those who also see numbers and act. */
  STAFF_SUPERVISOR_PASSWORD: passwordHash.optional(),
  /** Rows of the log of who opened which call are deleted after so many days; `off` keeps them. */
  STAFF_AUDIT_DAYS: days.default(365),
  /** The OpenID Connect provider with which staff sign in, and this server's name and secret at it. */
  OIDC_ISSUER: z
    .string()
    .refine(text => URL.canParse(text) && /^https?:/.test(text), 'must be a URL with https:')
    .refine(text => text.startsWith('https:') || isLocal(text), 'must be https:, but for a provider on this machine')
    .optional(),
  OIDC_CLIENT_ID: z.string().min(1).optional(),
  OIDC_CLIENT_SECRET: z.string().min(16, 'must have at least 16 letters').optional(),
  /** Who of the provider's people is a supervisor: groups, or claims such as `email=anna@example.com`, with commas. */
  OIDC_SUPERVISORS: rules.default([]),
  /** Who is a listener: the same, or `*` for everybody whom the provider signs in. */
  OIDC_LISTENERS: rules.default([]),
  /** Proxies whose `X-Forwarded-For` tells the client's address: addresses and networks with commas, or `off`. */
  TRUST_PROXY: z
    .string()
    .transform(text => (text === 'off' ? [] : text.split(',').map(part => part.trim())))
    .refine(
      networks => networks.every(isNetwork),
      'must be off, or addresses such as 10.0.0.1 or 10.0.0.0/8 with commas',
    )
    .default([]),
  /** The number of a person to whom calls can be transferred. */
  TRANSFER_NUMBER: e164.optional(),
  ...RING_OUT_SETTINGS,
  ...ADMISSION_SETTINGS,
  ...EMBEDDING_SETTINGS,
  MAX_CALL_MINUTES: number(3, 240).default(30),
  /** What a call may cost at list prices, in USD. Towards its end answers become shorter; then the call ends politely. */
  BUDGET_CALL_USD: usd.optional(),
  /** The same for all calls of one caller in a day. */
  BUDGET_CALLER_DAY_USD: usd.optional(),
  /** The same for all calls of a day, of all servers. */
  BUDGET_DAY_USD: usd.optional(),
  /** How long live calls may continue after SIGTERM. */
  DRAIN_SECONDS: number(0, 14_400).default(600),
  /** How soon the agent decides that the caller's turn has ended. */
  PATIENCE: z.enum(['phone', 'quick']).default('phone'),
  /** The agent's voice when somebody starts to speak over it: turned down (steady) or silent at once (snappy). */
  BARGE_IN: z.enum(['steady', 'snappy']).default('steady'),
  /** Who notices voices: a small model, or WebRTC's detector, which takes less and errs more. docs/providers.md has figures. */
  VAD: z.enum(['silero', 'webrtc']).default('silero'),
  /** How easily a sound counts as a voice: low in a noisy place, high for soft voices. */
  VAD_SENSITIVITY: z.enum(['low', 'normal', 'high']).default('normal'),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  /** Log callers' words and numbers, under `pii`. */
  LOG_PII: onOff.default(false),
  /** An OpenTelemetry collector that takes traces of calls over HTTP, such as http://127.0.0.1:4318. Default: no traces. */
  OTEL_EXPORTER_OTLP_ENDPOINT: url('https:', 'http:').optional(),
  /** What the collector wants to be told, such as a key: `name=value` with commas, values as in URLs. */
  OTEL_EXPORTER_OTLP_HEADERS: headers.default({}),
  OTEL_SERVICE_NAME: z.string().min(1).default('partyline'),
})

/** The server's own. Those of providers are in the catalogue: `PROVIDER_SETTINGS`. */
export const SETTING_NAMES: readonly string[] = Object.keys(settings.shape)

type ParsedSettings = Omit<z.infer<typeof settings>, 'LANGUAGE'>

/** The settings as the server uses them, with all defaults. */
export interface Settings extends Omit<ParsedSettings, 'STT' | 'LLM' | 'TTS'>, ChosenLanguages {
  /** Undefined where the only agent of PARTYLINE_AGENTS answers. */
  readonly AGENT: string | undefined
  readonly HOST: string
  readonly PUBLIC_URL: string
  readonly TWILIO_AUTH_TOKEN: string
  readonly DATABASE_URL: string
  readonly MAX_CALLS_PER_CALLER: number
  readonly CALLER_CALLS_PER_HOUR: number
  readonly providers: ChosenProviders
  /** Nothing was chosen and there is no key, so scripted callers get the stand-in, and people the local ears. */
  readonly hearsByCall: boolean
  readonly MODELS_DIR: string
  readonly TIME_ZONE: string
  readonly RECORDING: boolean
  readonly RECORDS_SECRET: string
  /** Where rooms are; undefined in production where none is set. */
  readonly livekit: { readonly url: string; readonly apiKey: string; readonly apiSecret: string } | undefined
  /** Where the records of calls are kept besides DATA_DIR. */
  readonly s3: S3Access | undefined
  /** The providers with neither a key nor a server of the operator's own, which the sandbox replaces. */
  readonly standIns: readonly StandIn[]
  /** Whether callers' screens can be looked at. Only production can be without. */
  readonly hasSight: boolean
  /** No token of Twilio's is given, not even the sandbox's: its stand-in is started, so that people can ring by hand. */
  readonly ringsByHand: boolean
  /** What calls are held with, as long as nothing fails. With `hearsByCall`, speechToText is the stand-in's. */
  readonly models: Readonly<Record<'speechToText' | 'model' | 'sight', string>> & {
    readonly providers: readonly InForce[]
  }
  /** The voice that speaks, by the name that its maker gave it. */
  readonly voiceId: string
}

/** Invalid settings: `problems` has one line for each mistake. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError'
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(
      `${problems.length} of the settings ${problems.length === 1 ? 'is' : 'are'} wrong:\n  ${problems.join('\n  ')}`,
    )
    this.problems = problems
  }
}

/** Reads all settings, or throws a SettingsError with all problems. An empty variable counts as not set. */
export function readSettings(env: Readonly<Record<string, string | undefined>>): Settings {
  const names = new Set([...SETTING_NAMES, ...PROVIDER_SETTINGS, ...plugInSettings(env)])
  const given = Object.fromEntries(Object.entries(env).filter(([name, value]) => value !== '' && names.has(name)))
  const parsed = settings.safeParse(given)
  const problems = parsed.success
    ? []
    : parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message} (it is ${shownValue(path, given)})`)
  const production = given.NODE_ENV === 'production'
  // Everybody knows the sandbox's token, so a signature made with it proves nothing.
  const isSigned = given.TWILIO_AUTH_TOKEN !== undefined && given.TWILIO_AUTH_TOKEN !== SANDBOX_AUTH_TOKEN
  const { chosen: providers, problems: wrongProviders } = readProviders(given)
  // A provider may read what the server reads, too.
  const named = new Set(problems.map(line => line.split(':')[0]))
  problems.push(...wrongProviders.filter(line => !named.has(line.split(':')[0])), ...geminiKeyMissing(given))
  const { standIns, hasSight } = standInsFor(given, providers, { isSigned, production })
  problems.push(...missingBeside(given), ...clashing(given), ...unknownAgent(given))
  if (production) {
    problems.push(...refusedStandIns(providers, isSigned))
    problems.push(...wrongInProduction(given))
  }
  if (
    given.LIVEKIT_API_SECRET === LAPTOP_LIVEKIT.apiSecret &&
    !isLocal((given.LIVEKIT_URL ?? '').replace(/^ws/, 'http'))
  )
    problems.push("LIVEKIT_API_SECRET: everybody knows the laptop's, so LIVEKIT_URL must be an address of this machine")
  if (!isSigned && given.HOST !== undefined && !loopback(given.HOST)) {
    problems.push('HOST: without TWILIO_AUTH_TOKEN anybody could call, so it must be 127.0.0.1')
  }
  if (!production && !isSigned && given.PUBLIC_URL !== undefined && !isLocal(given.PUBLIC_URL)) {
    problems.push('PUBLIC_URL: without TWILIO_AUTH_TOKEN anybody could call, so it must be an address of this machine')
  }
  if (!parsed.success || problems.length > 0) throw new SettingsError(problems)
  const { STT, LLM: _model, TTS: _voice, LANGUAGE: LANGUAGES, ...read } = parsed.data
  const inForce = allInForce(providers, LOCAL_EARS, LOCAL_VOICE)
  return {
    ...read,
    ...{ LANGUAGE: LANGUAGES[0] ?? 'en', LANGUAGES },
    providers,
    hearsByCall: STT === undefined && providers.STT.some(({ isStoodIn }) => isStoodIn) && LANGUAGES.join() === 'en',
    MODELS_DIR: modelsFolder(read),
    HOST: read.HOST ?? (isSigned ? '0.0.0.0' : '127.0.0.1'),
    PUBLIC_URL: read.PUBLIC_URL ?? `http://127.0.0.1:${read.PORT}`,
    TWILIO_AUTH_TOKEN: read.TWILIO_AUTH_TOKEN ?? SANDBOX_AUTH_TOKEN,
    DATABASE_URL: read.DATABASE_URL ?? `sqlite:${read.DATA_DIR}/partyline.sqlite`,
    TIME_ZONE: read.TIME_ZONE ?? new Intl.DateTimeFormat().resolvedOptions().timeZone,
    ...limitsOfCaller(read, production),
    RECORDING: read.RECORDING ?? !production,
    RECORDS_SECRET: read.RECORDS_SECRET ?? `records of ${read.TWILIO_AUTH_TOKEN ?? SANDBOX_AUTH_TOKEN}`,
    livekit: livekitOf(read, production),
    s3: s3Of(read),
    standIns,
    hasSight,
    ringsByHand: read.TWILIO_AUTH_TOKEN === undefined,
    models: {
      speechToText: inForce.find(({ port }) => port === 'STT')?.model ?? '',
      ...{ model: modelOf(providers.LLM[0], ''), sight: read.GEMINI_MODEL },
      providers: inForce,
    },
    voiceId: voiceOf(providers.TTS[0], LOCAL_VOICE),
    AGENT: read.AGENT ?? (read.PARTYLINE_AGENTS ? undefined : BUILT_IN_AGENTS[0]),
  }
}
