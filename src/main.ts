import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import packageJson from '../package.json' with { type: 'json' }
import { openAgentTools } from './agent-tools.ts'
import { type AnsweringParts, openCall } from './answer.ts'
import type { PhoneLine } from './channels/phone/channel.ts'
import { signatureCheck, upgradeCheck } from './channels/phone/signature.ts'
import { streamPasses } from './channels/phone/token.ts'
import { systemClock as clock } from './clock.ts'
import { readSettings, SANDBOX_KEY, type Settings, SettingsError } from './config.ts'
import { ownWords } from './conversation/agent.ts'
import type { Policy } from './conversation/turn/turn.ts'
import { openDatabase } from './database.ts'
import { storeIn } from './journal/store.ts'
import { admission } from './operations/admission.ts'
import { openLog } from './operations/log.ts'
import { refusals } from './operations/refusals.ts'
import { type Pins, pinsIn } from './pins/pins.ts'
import { ownerOverRest } from './pins/rest.ts'
import { OWNER_PATHS } from './pins/rest-shapes.ts'
import { openCachedPhrases } from './providers/cached-phrases.ts'
import { cartesia } from './providers/cartesia.ts'
import { cartesiaOverHttp } from './providers/cartesia-http.ts'
import { deepgram } from './providers/deepgram.ts'
import { flux } from './providers/flux.ts'
import { openAi } from './providers/openai.ts'
import { openSilero } from './providers/silero.ts'
import { trimmed } from './providers/trimmed.ts'
import { startSandbox } from './sandbox/process.ts'
import { buildServer } from './server.ts'
import { type TaskStore, tasksIn } from './tasks/store/store.ts'
import { tasksOverHttp } from './tasks/web/http.ts'
import { newBrowserOwner, ownerCookies } from './tasks/web/owner-cookie.ts'
import { tasksOverRest } from './tasks/web/rest.ts'
import { readTokens, TokensError } from './tasks/web/tokens.ts'
import { ToolSettingsError } from './tools/settings/tool-settings.ts'
import { openTurnEndJudge } from './turn-end/judge.ts'

const RATE_HZ = 8_000
const RENDER_AGAIN_MS = 5_000
/** A tool that changes something may take 9 s to finish after its call. */
const CLOSE_WITHIN_MS = 10_000

/** Starts everything, and ends it on SIGTERM or SIGINT. */
async function main(): Promise<void> {
  const settings = readSettings(process.env)
  const log = openLog(settings.LOG_LEVEL, settings.LOG_PII)
  const server = new AbortController()
  const sandbox = await standIns(settings, server.signal)
  const database = await openDatabase(settings.DATABASE_URL, error => log.warn({ err: error }, 'database'))
  const store = await storeIn(database)
  const tasks = await tasksIn(database)
  const pins = await pinsIn(database)
  const { agent, tools, fillers, ...toolServers } = await openAgentTools(
    { settings, environment: process.env, clock, log, tasks },
    server.signal,
  )
  const silero = await openSilero(clock)
  const phrases = await openCachedPhrases(
    `${settings.DATA_DIR}/phrases`,
    `${settings.CARTESIA_VOICE_ID} ${RATE_HZ} Hz${settings.standIns.includes('Cartesia') ? ' sandbox' : ''}`,
    [...ownWords(agent), ...fillers],
  )
  const calls = admission(settings.MAX_CALLS, clock)
  const live = new Map<string, PhoneLine>()
  const refused = refusals(clock, log)
  const passes = streamPasses(settings.TWILIO_AUTH_TOKEN, clock.wallTime)

  const speechToText = settings.DEEPGRAM_MODEL === 'nova-3' ? deepgram : flux
  const voiceSettings = { ...sandbox.cartesia, voiceId: settings.CARTESIA_VOICE_ID, rateHz: RATE_HZ } as const
  const newVoice = (signal: AbortSignal) => trimmed(cartesia(voiceSettings, clock, signal))
  const answering: AnsweringParts = {
    clock,
    log,
    dataDir: settings.DATA_DIR,
    records: settings.RECORDING,
    store,
    admission: calls,
    agent,
    policy: policyOf(settings),
    voiceActivity: silero.voiceActivity,
    model: openAi({ ...sandbox.openai, model: settings.OPENAI_MODEL }, clock),
    tools,
    turnEnd: await openTurnEndJudge(),
    pins,
    speechToTextFor: callId => speechToText({ ...sandbox.deepgram, rateHz: RATE_HZ, callId }, clock),
    voiceFor: signal => phrases.over(newVoice(signal)),
  }

  const app = await buildServer({
    log,
    reasonsNotReady: () => [
      ...(calls.isStopped() ? ['shutting down'] : []),
      ...(phrases.missing().length > 0 ? ['phrases are being rendered'] : []),
    ],
    webhooks: {
      publicUrl: settings.PUBLIC_URL,
      transferNumber: settings.TRANSFER_NUMBER,
      isSigned: signatureCheck(settings.TWILIO_AUTH_TOKEN, settings.PUBLIC_URL),
      passes,
      log,
      admit: calls.admit,
      forget: calls.forget,
      refused,
      factsOf: store.factsOf,
      live,
    },
    stream: {
      clock,
      refused,
      isSigned: upgradeCheck(settings.TWILIO_AUTH_TOKEN, settings.PUBLIC_URL),
      passes,
      signal: server.signal,
      log,
      takePass: pass => store.takePass(pass.callSid, pass.attempt, clock.wallTime()),
      keepNext: store.keepNext,
      live,
      openCall: pass => openCall(pass, answering),
    },
    routes: settings.AGENT === 'task-manager' ? await tasksRoutes(settings, tasks, pins, log) : [],
  })

  /** Keeps at it until every phrase has its sound: without them a dying voice would be a silent one. */
  async function renderPhrases(): Promise<void> {
    while (phrases.missing().length > 0) {
      await phrases
        .render(trimmed(cartesiaOverHttp(voiceSettings, clock)), server.signal)
        .catch(error => log.warn({ err: error }, 'phrases cannot be rendered yet'))
      if (phrases.missing().length > 0) await clock.sleep(RENDER_AGAIN_MS, server.signal)
    }
  }

  async function close(): Promise<void> {
    server.abort(new Error('the server is closing'))
    calls.expectNone()
    await calls
      .empty(AbortSignal.timeout(CLOSE_WITHIN_MS))
      .catch(() => log.error({ calls: calls.live() }, 'calls did not end'))
    await app.close()
    await silero.close()
    await toolServers.close()
    await database.close()
    await sandbox.close()
  }

  let isClosing = false
  /** The first signal waits for the live calls, a second one ends them: either way their records are sealed. */
  async function shutDown(signalName: string): Promise<void> {
    if (isClosing) return server.abort(new Error(`a second ${signalName}`))
    isClosing = true
    calls.stop()
    log.info({ calls: calls.live(), seconds: settings.DRAIN_SECONDS }, 'no new calls; waiting for the live ones')
    const patience = AbortSignal.any([server.signal, AbortSignal.timeout(settings.DRAIN_SECONDS * 1_000)])
    await calls.empty(patience).catch(() => log.warn({ calls: calls.live() }, 'ending the live calls'))
    await close()
    process.exit(0)
  }
  for (const name of ['SIGTERM', 'SIGINT'] as const) {
    process.on(name, () => {
      shutDown(name).catch(error => {
        log.error({ err: error }, 'the server did not close well')
        process.exit(1)
      })
    })
  }

  await app.listen({ port: settings.PORT, host: settings.HOST })
  log.info({ url: app.listeningOrigin, publicUrl: settings.PUBLIC_URL, maxCalls: settings.MAX_CALLS }, 'listening')
  renderPhrases().catch(() => undefined)
}

/** The tasks for other programs (MCP, where there are tokens for it) and for the web page, which a PIN joins to a number. */
async function tasksRoutes(settings: Settings, store: TaskStore, { check, setAt }: Pins, log: Logger) {
  const parts = {
    store,
    clock,
    zone: settings.TIME_ZONE,
    origins: [new URL(settings.PUBLIC_URL).origin],
    onError: (error: unknown) => log.error({ err: error }, 'the Task Manager failed'),
  }
  const tokens = settings.TASKS_TOKENS_FILE === undefined ? [] : await readTokens(settings.TASKS_TOKENS_FILE)
  const cookies = ownerCookies(settings.TWILIO_AUTH_TOKEN, settings.PUBLIC_URL.startsWith('https:'), setAt)
  return [
    (app: FastifyInstance) => tasksOverHttp(app, { ...parts, tokens }),
    (app: FastifyInstance) =>
      tasksOverRest(app, { ...parts, cookies, version: packageJson.version, morePaths: OWNER_PATHS }),
    (app: FastifyInstance) =>
      ownerOverRest(app, { ...parts, check, cookieOf: cookies.write, newOwner: newBrowserOwner }),
  ]
}

/** Keys and addresses of the providers; those without a key get the sandbox's, which is then started, and said once. */
async function standIns(settings: Settings, signal: AbortSignal) {
  const missing = settings.standIns.filter(name => name !== 'Twilio')
  const sandbox = missing.length > 0 ? await startSandbox({ port: 8_090, profile: 'fast' }, signal) : undefined
  if (settings.standIns.length > 0) {
    const what = settings.standIns.join(', ')
    process.stderr.write(
      `No key for ${what}: the sandbox stands in. Ring it with: npm run call -- ${settings.AGENT === 'task-manager' ? 'tasks' : 'plain'}\n`,
    )
  }
  const pick = (key: string | undefined, url: string, standIn: string | undefined) =>
    key === undefined ? { apiKey: SANDBOX_KEY, baseUrl: standIn ?? url } : { apiKey: key, baseUrl: url }
  return {
    deepgram: pick(settings.DEEPGRAM_API_KEY, settings.DEEPGRAM_BASE_URL, sandbox?.deepgramUrl),
    openai: pick(settings.OPENAI_API_KEY, settings.OPENAI_BASE_URL, sandbox?.openaiUrl),
    cartesia: pick(settings.CARTESIA_API_KEY, settings.CARTESIA_BASE_URL, sandbox?.cartesiaUrl),
    close: async () => sandbox?.close(),
  }
}

function policyOf(settings: Settings): Policy {
  return {
    patience:
      settings.PATIENCE === 'quick'
        ? { shortMs: 250, middleMs: 800, longMs: 2_000, finalMs: 0 }
        : { shortMs: 500, middleMs: 1_000, longMs: 3_000, finalMs: 700 },
    bargeIn: { voice: settings.BARGE_IN === 'snappy' ? 'held' : 'ducked', speechMs: 640, backChannelMs: 1_500 },
    idleMs: 10_000,
    deadAirMs: 4_000,
    draftsPerTurn: 3,
    limitMs: settings.MAX_CALL_MINUTES * 60_000,
    limitNoticeMs: 120_000,
    canTransfer: settings.TRANSFER_NUMBER !== undefined,
  }
}

main().catch(error => {
  process.stderr.write(
    [SettingsError, ToolSettingsError, TokensError].some(kind => error instanceof kind)
      ? `${error.message}\n`
      : `Partyline cannot start: ${error.stack ?? error}\n`,
  )
  process.exit(1)
})
