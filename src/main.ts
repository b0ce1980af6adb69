import type { Logger } from 'pino'
import { systemClock as clock } from './clock.ts'
import { readSettings, type Settings, SettingsError } from './config.ts'
import { within } from './conversation/scope.ts'
import { systemNetwork as network } from './network.ts'
import { serversUsed } from './open-providers.ts'
import { openLog } from './operations/log.ts'
import { openPartyline, type Partyline } from './partyline.ts'
import { pinsIn } from './pins/pins.ts'
import { openProviderAccess } from './stand-ins.ts'
import { TokensError } from './tasks/web/tokens.ts'
import { ToolSettingsError } from './tools/settings/tool-settings.ts'

/** Starts the server, and ends it on SIGTERM or SIGINT. */
async function main(): Promise<void> {
  const settings = readSettings(process.env)
  const log = openLog(settings.LOG_LEVEL, settings.LOG_PII)
  const sandbox = await openProviderAccess(settings, new AbortController().signal)
  const { access } = sandbox
  const partyline = await openPartyline({
    ...{ settings, access, clock, network, log },
    environment: process.env,
    openPins: pinsIn,
  })
  endOnSignal(settings, log, partyline, async () => {
    await partyline.close()
    await sandbox.close()
  })
  await partyline.app.listen({ port: settings.PORT, host: settings.HOST })
  const { listeningOrigin: url } = partyline.app
  const { PUBLIC_URL: publicUrl, MAX_CALLS: maxCalls } = settings
  log.info({ url, publicUrl, maxCalls, ...serversUsed(settings, access) }, 'listening')
  // It rejects when the server closes, and only then.
  partyline.renderPhrases().catch(() => undefined)
}

/** The first signal waits for the live calls, a second one ends them: either way their records are sealed. */
function endOnSignal(settings: Settings, log: Logger, { calls }: Partyline, close: () => Promise<void>): void {
  const impatient = new AbortController()
  let isClosing = false
  async function shutDown(signalName: string): Promise<void> {
    if (isClosing) return impatient.abort(new Error(`a second ${signalName}`))
    isClosing = true
    calls.stop()
    const seconds = settings.DRAIN_SECONDS
    log.info({ calls: calls.live(), seconds }, 'no new calls; waiting for the live ones')
    await within(seconds * 1_000, 'draining', clock, calls.empty, impatient.signal).catch(() =>
      log.warn({ calls: calls.live() }, 'ending the live calls'),
    )
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
}

main().catch(error => {
  process.stderr.write(
    [SettingsError, ToolSettingsError, TokensError].some(kind => error instanceof kind)
      ? `${error.message}\n`
      : `Partyline cannot start: ${error.stack ?? error}\n`,
  )
  process.exit(1)
})
