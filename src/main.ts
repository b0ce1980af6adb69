import { randomInt } from 'node:crypto'
import { hostname } from 'node:os'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { Logger } from 'pino'
import { roomsProcess } from './channels/browser/rooms-process/rooms-process.ts'
import { localWants } from './chosen/providers.ts'
import { systemClock as clock } from './clock.ts'
import { readSettings, type Settings, SettingsError } from './config.ts'
import { within } from './conversation/scope.ts'
import { checkpointsOf } from './database/checkpoints.ts'
import { freshModules } from './development/fresh-modules.ts'
import { reloadWhenSaved } from './development/reloading.ts'
import { readEnvFile } from './env-file.ts'
import { reasonOf } from './failure-reason.ts'
import { systemNetwork as network } from './network.ts'
import { serversUsed } from './open-providers.ts'
import { breakdown } from './operations/breakdown.ts'
import { openLog } from './operations/log.ts'
import { logDestination } from './operations/log-destination.ts'
import type { LogOutput } from './operations/log-output.ts'
import { warnings } from './operations/warnings.ts'
import { openPartyline, type Partyline } from './partyline.ts'
import { pinsIn } from './pins/pins.ts'
import { openLocalSpeech } from './providers/local/open-local-speech.ts'
import { openJpegEncoder } from './sight/jpeg-encoder.ts'
import { openProviderAccess, standInNotice } from './stand-ins.ts'
import { naming, StartError } from './start-error.ts'
import { traceIdOf } from './traces/ids.ts'

/** Ends the server in order. The first signal waits for the live calls. */
type ShutDown = (signalName: string) => Promise<void>
/** What the server was started with. */
interface Words {
  readonly fixtures?: string | undefined
  readonly watch?: boolean | undefined
}

/** Ends the process when its log is written, as far as there is a reader. */
type Exit = (code: number) => Promise<void>

/**
 * Starts the server, and ends it on SIGTERM, SIGINT or SIGHUP. With `--fixtures FOLDER` staff's fixtures are written there,
 * and not into the project; with `--watch` agents are loaded anew when they are saved.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { fixtures: { type: 'string' }, watch: { type: 'boolean' } } })
  readEnvFile()
  const settings = readSettings(process.env)
  const output = await logDestination(process.stdout.isTTY, clock)
  const flushed = (): Promise<void> => output.flushed(new AbortController().signal)
  try {
    await serve(settings, output, values, async code => {
      await flushed()
      process.exit(code)
    })
  } catch (error) {
    await flushed()
    throw error
  }
}

/** Listens. Resolves when all is ready; the server ends itself by `exit`. */
async function serve(settings: Settings, output: LogOutput, { fixtures, watch }: Words, exit: Exit): Promise<void> {
  const traced = settings.OTEL_EXPORTER_OTLP_ENDPOINT === undefined ? undefined : traceIdOf
  const log = openLog(settings.LOG_LEVEL, settings.LOG_PII, output, traced)
  // Until the server is open there is nothing to end in order: the children end with this process.
  let shutDown: ShutDown = async () => undefined
  let breakOff = async (): Promise<void> => undefined
  endOnErrors(log, () => breakOff(), exit)
  endOnSignals(log, signalName => shutDown(signalName), exit)
  const { signal } = new AbortController()
  // First, because it fails for want of a model.
  const localSpeech = await naming('STT', () => openLocalSpeech(localWants(settings), { clock, log }, signal))
  const sandbox = await openProviderAccess(settings, signal)
  const { access, softphoneUrl } = sandbox
  const rooms = roomsProcess({ clock, log })
  const partyline = await openPartyline({
    ...{ settings, access, clock, network, log, localSpeech },
    environment: process.env,
    openPins: pinsIn,
    joinRoom: rooms.join,
    encoder: openJpegEncoder(),
    serverName: `${hostname()}:${settings.PORT}`,
    chance: below => randomInt(below),
    checkpoints: checkpointsOf,
    fixturesFolder: fixtures && resolve(fixtures),
  })
  breakOff = partyline.breakOff
  shutDown = drainingFirst(settings, log, partyline, async () => {
    await partyline.close()
    await rooms.close()
    await localSpeech.close()
    await sandbox.close()
  })
  await listen(settings, partyline)
  const { listeningOrigin: url } = partyline.app
  const metrics = partyline.metrics && `${partyline.metrics.app.listeningOrigin}/metrics`
  const { PUBLIC_URL: publicUrl, MAX_CALLS: maxCalls } = settings
  sandbox.ringsAt(url)
  log.info({ url, publicUrl, metrics, maxCalls, ...serversUsed(settings, access, localSpeech) }, 'listening')
  const hasEars = localSpeech.ears !== undefined
  process.stderr.write(standInNotice(settings, access, url, { softphoneUrl, hasEars }) ?? '')
  if (watch) watchAgents(settings, partyline)
  // They reject when the server closes, and only then.
  partyline.renderPhrases().catch(() => undefined)
  partyline.watchReadiness().catch(() => undefined)
  await partyline.writeMissingTranscripts()
}

/** Loads agents anew when they are saved, as long as the process lasts. */
function watchAgents({ PARTYLINE_AGENTS: places = [] }: Settings, { reloadAgents: reload }: Partyline): void {
  const tell = (line: string): void => void process.stderr.write(`${line}\n`)
  const watching = { clock, reload, tell, places: places.map(place => resolve(place)), modules: freshModules() }
  reloadWhenSaved(watching, new AbortController().signal).catch(error =>
    tell(`Nothing is loaded anew: ${reasonOf(error)}`),
  )
  tell(`What you save in ${places.join(', ')} is in force with the next call.`)
}

const HOST_CODES = new Set(['EADDRNOTAVAIL', 'ENOTFOUND', 'EAI_AGAIN', 'EINVAL'])

async function listen(settings: Settings, { app, metrics }: Partyline): Promise<void> {
  const { PORT, HOST, METRICS_PORT, METRICS_HOST } = settings
  await listenAt(app, 'PORT', PORT, 'HOST', HOST)
  if (metrics) await listenAt(metrics.app, 'METRICS_PORT', METRICS_PORT ?? 0, 'METRICS_HOST', METRICS_HOST)
}

async function listenAt(
  app: Partyline['app'],
  portName: string,
  port: number,
  hostName: string,
  host: string,
): Promise<void> {
  try {
    await app.listen({ port, host })
  } catch (cause) {
    const isHost = cause instanceof Error && 'code' in cause && HOST_CODES.has(String(cause.code))
    throw new StartError(`${isHost ? hostName : portName}: ${reasonOf(cause)} (${host}:${port})`, { cause })
  }
}

/** So long the carrier may take to ask for what comes next of calls that are handed over. */
const HANDED_WITHIN_MS = 10_000

/** The first signal waits for the live calls, a second one ends them: either way their records are sealed. */
function drainingFirst(
  settings: Settings,
  log: Logger,
  { calls, drain: stopTaking, handOver }: Partyline,
  close: () => Promise<void>,
): ShutDown {
  const impatient = new AbortController()
  let closing: Promise<void> | undefined
  async function drain(): Promise<void> {
    await stopTaking()
    const seconds = settings.DRAIN_SECONDS
    log.info({ calls: calls.live(), seconds }, 'no new calls; waiting for the live ones')
    await within(seconds * 1_000, 'draining', clock, calls.empty, impatient.signal).catch(async () => {
      const handed = handOver()
      log.warn({ calls: calls.live(), handed }, 'ending the live calls, or letting another server carry them on')
      const { signal } = new AbortController()
      if (handed > 0) await within(HANDED_WITHIN_MS, 'handing over', clock, calls.empty, signal).catch(() => undefined)
    })
    await close()
  }
  return signalName => {
    if (closing) impatient.abort(new Error(`a second ${signalName}`))
    closing ??= drain()
    return closing
  }
}

function endOnSignals(log: Logger, shutDown: ShutDown, exit: Exit): void {
  async function end(signalName: string): Promise<void> {
    try {
      await shutDown(signalName)
      log.info('stopped')
      await exit(0)
    } catch (error) {
      log.error({ err: error }, 'the server did not close well')
      await exit(1)
    }
  }
  // SIGHUP comes when a terminal is closed.
  for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(name, () => void end(name))
}

/** Errors that nobody caught, of promises too, end the server; what Node warns of goes to the log. */
function endOnErrors(log: Logger, save: () => Promise<void>, exit: Exit): void {
  process.on('uncaughtException', breakdown({ clock, log, save, exit }))
  process.removeAllListeners('warning')
  process.on('warning', warnings(log))
  // Whoever read them is gone. Calls go on without.
  for (const output of [process.stdout, process.stderr]) output.on('error', () => undefined)
}

/** Each mistake in one line that names its setting. */
function linesOf(error: unknown): string {
  if (error instanceof SettingsError) return error.problems.join('\n')
  return error instanceof StartError ? error.message : `Partyline cannot start: ${reasonOf(error)}`
}

main().catch(error => {
  process.stderr.write(`${linesOf(error)}\n`)
  process.exit(1)
})
