import { randomUUID } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import packageJson from '../package.json' with { type: 'json' }
import { OWN_TOOLS, openAgentTools } from './agent-tools.ts'
import { type AnsweringParts, openCall } from './answer.ts'
import { besideOf, browserSettings, pageOrigins } from './browser-settings.ts'
import { browser } from './channels/browser/browser.ts'
import { type JoinRoom, SPOKEN_RATE_HZ } from './channels/browser/room.ts'
import type { CallHost, CallOpening } from './channels/call-host.ts'
import { PHONE_RATE_HZ } from './channels/phone/channel.ts'
import { fetchBackOf } from './channels/phone/fetch-back.ts'
import { phone } from './channels/phone/phone.ts'
import { openRingOuts } from './channels/phone/ring-out/open-ring-outs.ts'
import { modelUrl, type ProviderAccess } from './chosen/access.ts'
import type { Settings } from './config.ts'
import type { Clock } from './conversation/ports.ts'
import type { RingOut } from './conversation/ring-out.ts'
import { within } from './conversation/scope.ts'
import { type AgentsInForce, agentsInForce } from './development/agents-in-force.ts'
import { writeMissingTranscripts } from './journal/missing-transcripts.ts'
import { allLanguages, languageOf } from './languages/languages.ts'
import type { Metrics } from './metrics/open-metrics.ts'
import { countingUnsigned, serverMetrics } from './metrics/server-metrics.ts'
import { openStores, type StoresParts } from './migrate/open-stores.ts'
import type { Network } from './network.ts'
import { openProviders, sightSentTo } from './open-providers.ts'
import type { Admission } from './operations/admission.ts'
import { checkFolder } from './operations/disk.ts'
import { openAdmission } from './operations/open-admission.ts'
import { providerFailures } from './operations/provider-failures.ts'
import { readyToAnswer } from './operations/ready-to-answer.ts'
import { refusals } from './operations/refusals.ts'
import { retain } from './operations/retention.ts'
import { undelivered } from './pace/undelivered.ts'
import { BUILT_PAGE, page } from './page.ts'
import { phrasesInLanguages } from './phrases.ts'
import { policyOf } from './policy.ts'
import { makePrivate, PRIVATE_FOLDER } from './private-files.ts'
import { VOICE_MODEL } from './providers/cartesia-events.ts'
import { brokenProviders } from './providers/failover/broken-providers.ts'
import type { LocalSpeech } from './providers/local/open-local-speech.ts'
import { purgesOf } from './purges.ts'
import { behindCalls } from './records/behind-calls.ts'
import { openCallRecords } from './records/call-records.ts'
import { livingServers } from './records/living-servers.ts'
import type { Records } from './records/records.ts'
import { unsealed } from './records/unsealed.ts'
import { addressOf, buildServer, refuseAll } from './server.ts'
import type { JpegEncoder } from './sight/jpeg-encoder.ts'
import { screenFillers } from './sight/screen-words.ts'
import { openSpending } from './spending/open-spending.ts'
import { auditIn } from './staff/audit.ts'
import { notesIn } from './staff/calls/notes.ts'
import { liveCalls } from './staff/live/live-calls.ts'
import { openStaff } from './staff/open-staff.ts'
import { sandboxRoute } from './stand-ins.ts'
import { naming } from './start-error.ts'
import { ownerCookies } from './tasks/web/owner-cookie.ts'
import { ownerOfPage, sandboxTasks, tasksRoutes } from './tasks-routes.ts'
import { tracesOf } from './traces/open-traces.ts'
import { openInterpreting } from './translation/interpreting.ts'
import { staffRuns } from './what-if/for-staff.ts'
import { leftRunFolders } from './what-if/run-folders.ts'

export interface PartylineParts extends Pick<StoresParts, 'chance' | 'openPins' | 'throughDatabase' | 'checkpoints'> {
  readonly settings: Settings
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly access: ProviderAccess
  readonly clock: Clock
  readonly network: Network
  /** Joins the rooms of people in a browser. */
  readonly joinRoom: JoinRoom
  readonly log: Logger
  /** Makes JPEGs of callers' screens. Closed with the server. */
  readonly encoder: JpegEncoder
  /** Tells people which server this is, such as `machine:8080`. */
  readonly serverName: string
  /** What of speech this machine does by itself. It closes after the server. */
  readonly localSpeech?: LocalSpeech | undefined
  /** Where staff's fixtures are written, if not into the project. */
  readonly fixturesFolder?: string | undefined
}

/** The server with all its parts, not yet listening. */
export interface Partyline {
  readonly app: FastifyInstance
  /** What it tells of itself, at a port of its own; undefined where the settings name none. */
  readonly metrics: Pick<Metrics, 'app'> | undefined
  readonly calls: Pick<Admission, 'live' | 'stop' | 'empty'>
  /** Rings somebody. Refuses everybody where the settings name no own number. */
  readonly ringOut: RingOut
  /** Takes no new calls from now on. */
  drain(): Promise<void>
  /** Lets another server carry the calls on, if there is one: those by telephone, and of pages. Gives how many that are. */
  handOver(): number
  readonly reloadAgents: AgentsInForce['reload']
  /** Renders the phrases that must never fail until each has its sound; rejects when the server closes. */
  renderPhrases(): Promise<void>
  /** What calls have left. */
  readonly records: Records
  /** Resolves when all calls that are over are sealed and in the index. */
  recordsSealed(): Promise<void>
  /** Writes the transcripts that a killed server left unwritten, from the journals, and seals and indexes its calls. */
  writeMissingTranscripts(): Promise<void>
  /** Checks what calls need and whether the event loop is late, and logs what changes; rejects when the server closes. */
  watchReadiness(): Promise<void>
  /** Ends what is left of the live calls, seals their records, and closes every part. */
  close(): Promise<void>
  /** The server is broken: takes nothing more, and seals the live calls as they are. What comes next of them is not stored. */
  breakOff(): Promise<void>
}

/** A tool that changes something may take 9 s to finish after its call. */
const CLOSE_WITHIN_MS = 10_000

/** Builds the server from its settings. Throws StartError when a part cannot be opened because of a setting. */
export async function openPartyline(parts: PartylineParts): Promise<Partyline> {
  const { settings, environment, access, clock, network, log, encoder, localSpeech } = parts
  const server = new AbortController()
  const startedAt = clock.wallTime()
  const serverId = randomUUID()
  const callsFolder = `${settings.DATA_DIR}/calls`
  await naming('DATA_DIR', () => mkdir(settings.DATA_DIR, { recursive: true, mode: PRIVATE_FOLDER }))
  await naming('DATA_DIR', () => checkFolder(callsFolder))
  const warnOfFile = (error: unknown): void => log.warn({ err: error }, 'a file stays readable for other users')
  const privacy = makePrivate(settings.DATA_DIR, warnOfFile, server.signal).catch(() => undefined)
  const stores = await naming(environment.DATABASE_URL ? 'DATABASE_URL' : 'DATA_DIR', () =>
    openStores({ ...parts, serverId }),
  )
  const { database, store, late, tasks, owners, pins, doors, codes, facts } = stores
  const traces = await tracesOf(settings, modelUrl(settings, access), { clock, log, version: packageJson.version })
  const documents = { database, network, modelsDir: settings.MODELS_DIR }
  const ofAgents = { settings, environment, clock, log, tasks, documents, traceparentOf: traces?.traceparentOf }
  const ringBeside = settings.RING_OUT_FROM === undefined ? undefined : (callId: string) => people.ring(callId)
  const ofPeople = { ringBeside, ofRinging: (callId: string) => people.context(callId) }
  const inForce = await naming('TOOLS_FILE', () =>
    agentsInForce(version => openAgentTools({ ...ofAgents, ...ofPeople, version }, server.signal)),
  )
  const agentTools = inForce.now()
  const broken = brokenProviders(log)
  const opening = [settings, access, clock, network, localSpeech, broken.changed, agentTools.agents] as const
  const { sight, ...providers } = await openProviders(...opening)
  const [seenBy, { language }] = [sightSentTo(settings, access), agentTools.agent]
  for (const why of undelivered(agentTools.agents, agentTools.speedByCaller, providers)) log.warn(why)
  const phrases = phrasesInLanguages(agentTools.agents, {
    ...{ clock, settings },
    wordsIn: (code, own) => [...agentTools.wordsIn(code, own), ...(sight ? screenFillers(code) : [])],
    voiceAt: (rate, code, own) => providers.phraseVoice(rate, code, own, server.signal),
    onError: error => log.warn({ err: error }, 'phrases cannot be rendered yet'),
  })
  await naming('DATA_DIR', () => phrases.open(PHONE_RATE_HZ))
  const { calls, lag, limits, inItsPlace } = openAdmission(settings, clock, log, why => metrics?.refused(why))
  const [live, openStreams] = [liveCalls(), unsealed()]
  const failures = providerFailures(clock)
  const beside = besideOf(settings, { clock, log, join: parts.joinRoom, codes })
  const [notes, audit] = [await notesIn(database), await auditIn(database)]
  const spending = await openSpending(settings, clock, log, database, late.wake)
  const callRecords = await openCallRecords({
    ...{ settings, clock, log, database, store, network, language },
    version: packageJson.version,
    server: { id: serverId, name: parts.serverName },
    callsFolder,
    forgets: [async callIds => void (await Promise.all(callIds.map(codes.forget))), notes.removeOf, spending.forget],
    ...{ forgetsOfCaller: [audit.forgetCalls, facts.eraseOf], erasesCaller: facts.erase },
    onBehind: late.wake,
  })
  const { records, keeper } = callRecords
  const metrics = await serverMetrics({
    ...{ settings, ...agentTools, ownTools: OWN_TOOLS, voice: VOICE_MODEL, live: live.list, broken: broken.list },
    ...{ reasonsNotReady: () => ready.reasons(), degraded: () => ready.degraded() },
    ...{ waiting: calls.waiting, isLate: lag.isLate },
  })
  const ofInterpreting = { clock, log, signal: server.signal, codes: stores.joinCodes, agents: inForce.now }
  const answering: AnsweringParts = {
    ...{ clock, log, store, keeper, pins: doors, admission: calls, live, failures, metrics, traces, spending, beside },
    ...{ ...providers, ...agentTools, unsealed: openStreams, facts, zone: settings.TIME_ZONE },
    ...{ dataDir: settings.DATA_DIR, records: settings.RECORDING },
    interpreting: openInterpreting(ofInterpreting, (...asked) => rings.ringOut(...asked)),
    looking: sight && seenBy && { sight, encoder, sentTo: seenBy.sentTo, zone: settings.TIME_ZONE },
    policy: policyOf(settings),
    voiceFor: call => phrases.over(call.rateHz, call.language, call, providers.voiceFor(call)),
  }
  const opened = (opening: CallOpening) => inForce.holding(now => openCall(opening, { ...answering, ...now }))
  const ofRings = { serverId, log, limits, admission: calls, numbers: () => inForce.now().numbers }
  const { rings, people, openCall: openHere } = openRingOuts(settings, network, clock, ofRings, inItsPlace(opened))
  const host: CallHost = {
    ...{ clock, log, store: openStreams.guarded(store), signal: server.signal, admission: calls },
    ...{ refused: countingUnsigned(refusals(clock, log), metrics), openCall: openHere },
  }
  const { TWILIO_AUTH_TOKEN: authToken, PUBLIC_URL: publicUrl, TRANSFER_NUMBER: transferNumber } = settings
  const ready = readyToAnswer({
    ...{ clock, log, database, callsFolder, calls, failures, localSpeech, signal: server.signal },
    objectsThere: callRecords.objectsThere,
    phrasesMissing: () => phrases.missing(PHONE_RATE_HZ).length > 0,
  })
  const cookies = ownerCookies(authToken, publicUrl.startsWith('https:'), doors.setAt)
  const sandboxOf = () => sandboxTasks({ ...agentTools, settings, clock, store: tasks })
  const tasksOfAgent = () =>
    naming('TASKS_TOKENS_FILE', () => tasksRoutes({ settings, clock, log, store: tasks, pins: doors, owners, cookies }))
  const staff = await openStaff(
    {
      ...{ settings, clock, log, network, database, live, notes, audit, records },
      ...{ elsewhere: callRecords.elsewhere, serverName: parts.serverName },
      ...{ languageOf, languages: allLanguages },
      ...staffRuns({ settings, records, fixturesFolder: parts.fixturesFolder }),
      ...{ origins: pageOrigins(publicUrl), addressOf, version: packageJson.version },
    },
    server.signal,
  )
  const rooms = browser(
    {
      ...browserSettings({ settings, ...agentTools, network, clock, sight: seenBy, ears: localSpeech?.ears }),
      join: parts.joinRoom,
      ...{ ownerOf: ownerOfPage({ clock, owners, cookies }), agentAt: agentTools.at },
      ...{ redeem: codes.redeem, addressOf },
      prepare: () => phrases.prepare(SPOKEN_RATE_HZ, server.signal),
    },
    host,
  )
  const ofSandbox = sandboxRoute(settings, access, localSpeech?.ears !== undefined)
  const twilio = { authToken, publicUrl, transferNumber, chosenNumber: staff.chosenNumber, language: language.code }
  const line = phone({ ...twilio, rings, agents: inForce.now, mostWaiting: settings.MAX_CALLS }, host)
  const others = await livingServers({
    ...{ database, serverId, clock, log, fetchBack: fetchBackOf(settings, network, clock) },
    held: () => [line, rooms].flatMap(channel => channel.held()),
    letGo(callIds, why) {
      for (const channel of [line, rooms]) channel.letGo(callIds, why)
    },
  })
  const app = await buildServer({
    ...{ log, language: language.code },
    trustedProxies: settings.TRUST_PROXY,
    reasonsNotReady: ready.reasons,
    degraded: ready.degraded,
    routes: [
      line.routes,
      rooms.routes,
      staff.routes,
      ...(agentTools.keepsTasks ? [await tasksOfAgent()] : []),
      ...(settings.standIns.includes('Twilio') ? [ofSandbox, sandboxOf()] : []),
      page({ folder: BUILT_PAGE, livekitUrl: settings.livekit?.url, overHttps: publicUrl.startsWith('https:') }),
    ],
  })

  const purges = purgesOf({
    ...{ settings, database, store, pins, owners, codes, facts, liveCalls: calls.liveCalls },
    ...callRecords,
    deleteOldObjects: before => callRecords.deleteOldObjects(before, server.signal),
  })
  const behind = behindCalls(callRecords, log, server.signal)
  const watching = others.watch(server.signal)
  const written = late.run([spending.late, callRecords.late], server.signal)
  const retention = retain(
    { clock, log, purges: [...purges, ...staff.purges, ...spending.purges, leftRunFolders, phrases.purge] },
    server.signal,
  )

  async function close(): Promise<void> {
    const { signal } = new AbortController()
    const atMost = (what: string, work: (signal: AbortSignal) => Promise<unknown>, otherwise: string) =>
      within(CLOSE_WITHIN_MS, what, clock, work, signal).catch(() => log.warn({ calls: calls.live() }, otherwise))
    server.abort(new Error('the server is closing'))
    calls.expectNone()
    await atMost('ending the calls', calls.empty, 'calls did not end')
    await atMost('calling off who is rung', rings.close, 'Twilio may ring somebody still')
    await app.close()
    await metrics?.close()
    await behind.leftFinished()
    const sealed = (): Promise<unknown> => Promise.all([keeper.idle(), spending.settled()])
    await atMost('sealing', sealed, 'some records are sealed and indexed at the next start')
    await atMost('uploading', callRecords.settled, 'some records are uploaded at the next start')
    await Promise.all([behind.stop(), privacy, retention, watching, written])
    await late.end()
    await others.leave()
    await encoder.close()
    await providers.close()
    await inForce.close()
    await traces?.close()
    await database.close()
  }

  return {
    ...{ app, metrics, calls, records, close, ringOut: rings.ringOut },
    ...{ handOver: others.handOver, reloadAgents: inForce.reload },
    drain() {
      calls.stop()
      return others.drain()
    },
    renderPhrases: () => phrases.render(PHONE_RATE_HZ, server.signal),
    watchReadiness: async () => void (await Promise.all([ready.watch(), lag.watch(server.signal)])),
    recordsSealed: keeper.idle,
    breakOff: () => refuseAll(app).then(openStreams.sealAll).then(keeper.idle),
    async writeMissingTranscripts() {
      await writeMissingTranscripts(callsFolder, languageOf, startedAt, log)
      await behind.finishLeft(startedAt)
    },
  }
}
