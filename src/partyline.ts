import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import { openAgentTools } from './agent-tools.ts'
import { openCall } from './answer.ts'
import type { CallHost } from './channels/call-host.ts'
import { PHONE_RATE_HZ, phone } from './channels/phone/phone.ts'
import type { Settings } from './config.ts'
import { ownWords } from './conversation/agent.ts'
import type { Clock } from './conversation/ports.ts'
import { speakable } from './conversation/reply/speakable.ts'
import { within } from './conversation/scope.ts'
import { type Database, openDatabase } from './database.ts'
import { storeIn } from './journal/store.ts'
import type { Network } from './network.ts'
import { openProviders } from './open-providers.ts'
import { type Admission, admission } from './operations/admission.ts'
import { refusals } from './operations/refusals.ts'
import type { Pins } from './pins/pins.ts'
import { policyOf } from './policy.ts'
import { openCachedPhrases } from './providers/cached-phrases.ts'
import { buildServer } from './server.ts'
import type { ProviderAccess } from './stand-ins.ts'
import { tasksIn } from './tasks/store/store.ts'
import { tasksRoutes } from './tasks-routes.ts'

export interface PartylineParts {
  readonly settings: Settings
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly access: ProviderAccess
  readonly clock: Clock
  readonly network: Network
  readonly log: Logger
  /** Opens the PINs of callers' numbers. */
  readonly openPins: (database: Database) => Promise<Pins>
}

/** The server with all its parts, not yet listening. */
export interface Partyline {
  readonly app: FastifyInstance
  readonly calls: Pick<Admission, 'live' | 'stop' | 'empty'>
  /** Renders the phrases that must never fail until each has its sound; rejects when the server closes. */
  renderPhrases(): Promise<void>
  /** Ends what is left of the live calls, seals their records, and closes every part. */
  close(): Promise<void>
}

const RENDER_AGAIN_MS = 5_000
/** A tool that changes something may take 9 s to finish after its call. */
const CLOSE_WITHIN_MS = 10_000

/** Builds the server from its settings. Throws when a part cannot be opened. */
export async function openPartyline(parts: PartylineParts): Promise<Partyline> {
  const { settings, environment, access, clock, network, log } = parts
  const server = new AbortController()
  const database = await openDatabase(settings.DATABASE_URL, error => log.warn({ err: error }, 'database'))
  const store = await storeIn(database)
  const tasks = await tasksIn(database)
  const pins = await parts.openPins(database)
  const agentTools = await openAgentTools({ settings, environment, clock, log, tasks }, server.signal)
  const providers = await openProviders(settings, access, clock, network)
  const phrases = await openCachedPhrases(
    `${settings.DATA_DIR}/phrases`,
    `${settings.CARTESIA_VOICE_ID} ${PHONE_RATE_HZ} Hz${settings.standIns.includes('Cartesia') ? ' sandbox' : ''}`,
    [...ownWords(agentTools.agent), ...agentTools.fillers].map(text => speakable(text, agentTools.agent.language)),
  )
  const calls = admission(settings.MAX_CALLS, clock)
  const answering = {
    ...{ clock, log, store, pins, admission: calls, ...providers, ...agentTools },
    dataDir: settings.DATA_DIR,
    records: settings.RECORDING,
    policy: policyOf(settings),
    voiceFor: (signal: AbortSignal) => phrases.over(providers.voiceFor(signal)),
  }
  const host: CallHost = {
    ...{ clock, log, store, admission: calls, signal: server.signal, refused: refusals(clock, log) },
    openCall: opening => openCall(opening, answering),
  }
  const { TWILIO_AUTH_TOKEN: authToken, PUBLIC_URL: publicUrl, TRANSFER_NUMBER: transferNumber } = settings
  const app = await buildServer({
    log,
    reasonsNotReady: () => [
      ...(calls.isStopped() ? ['shutting down'] : []),
      ...(phrases.missing().length > 0 ? ['phrases are being rendered'] : []),
    ],
    routes: [
      phone({ authToken, publicUrl, transferNumber }, host).routes,
      ...(settings.AGENT === 'task-manager' ? [await tasksRoutes({ settings, clock, log, store: tasks, pins })] : []),
    ],
  })

  /** Without its phrases a voice that fails would be a silent one. */
  async function renderPhrases(): Promise<void> {
    while (phrases.missing().length > 0) {
      await phrases
        .render(providers.phraseVoice, server.signal)
        .catch(error => log.warn({ err: error }, 'phrases cannot be rendered yet'))
      if (phrases.missing().length > 0) await clock.sleep(RENDER_AGAIN_MS, server.signal)
    }
  }

  async function close(): Promise<void> {
    server.abort(new Error('the server is closing'))
    calls.expectNone()
    await within(CLOSE_WITHIN_MS, 'ending the calls', clock, calls.empty, new AbortController().signal).catch(() =>
      log.error({ calls: calls.live() }, 'calls did not end'),
    )
    await app.close()
    await providers.close()
    await agentTools.close()
    await database.close()
  }

  return { app, calls, renderPhrases, close }
}
