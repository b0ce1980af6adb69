import { resolve } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { type Access, announcedAt, type ProviderAccess } from './chosen/access.ts'
import { type ChosenProvider, NO_KEY } from './chosen/providers.ts'
import { SANDBOX_KEY, type Settings } from './config.ts'
import { reasonOf } from './failure-reason.ts'
import { entryOf, PORTS } from './providers/catalogue/catalogue.ts'
import { startSandbox } from './sandbox/process.ts'
import { isOwnHost } from './sandbox/softphone/own-host.ts'
import { StartError } from './start-error.ts'

/** Where the softphone is, if that port is free. */
const SOFTPHONE_PORT = 8_090

/**
 * The access to all providers. Those in `standIns` get the sandbox's, which is then started; it is also where people ring by
 * hand, at `softphoneUrl`, the server that `ringsAt` names. Throws StartError.
 */
export async function openProviderAccess(settings: Settings, signal: AbortSignal) {
  const names = PORTS.flatMap(port =>
    settings.providers[port].flatMap(({ name, isStoodIn }) => (isStoodIn ? (entryOf(port, name)?.standIn ?? []) : [])),
  )
  const isSeenBySandbox = settings.standIns.includes('Gemini')
  const isNeeded = names.length > 0 || isSeenBySandbox || settings.ringsByHand
  const sandbox = isNeeded ? await started(settings, names, signal) : undefined
  const standIn = (name: string): Access => ({ apiKey: SANDBOX_KEY, baseUrl: sandbox?.urls[name] ?? '' })
  const { GEMINI_API_KEY: apiKey = NO_KEY, GEMINI_BASE_URL: baseUrl } = settings
  const sight = isSeenBySandbox ? standIn('gemini') : { apiKey, baseUrl }
  const access: ProviderAccess = {
    ...Object.fromEntries(names.map(name => [name, standIn(name)])),
    ...(settings.hasSight && { gemini: sight }),
  }
  return {
    access,
    softphoneUrl: settings.ringsByHand && sandbox ? `${sandbox.twilioUrl}/` : undefined,
    /** Whoever is on this machine rings by it as whatever number, so it is never given a real account's token. */
    ringsAt(url: string): void {
      const { PUBLIC_URL: publicUrl, TWILIO_AUTH_TOKEN: authToken, standIns } = settings
      if (standIns.includes('Twilio')) sandbox?.ringsAt({ url, publicUrl, authToken })
    },
    close: async () => sandbox?.close(),
  }
}

async function started({ standIns, providers }: Settings, names: readonly string[], signal: AbortSignal) {
  try {
    // Free ports, so that two servers can run beside each other. Whoever talks to it by hand waits for no vendor.
    return await startSandbox({ port: 0, twilioPort: SOFTPHONE_PORT, profile: 'local', with: names }, signal)
  } catch (cause) {
    const keys = PORTS.flatMap(port => providers[port].filter(({ isStoodIn }) => isStoodIn)).map(keyOf)
    const unset = [...keys, ...(standIns.includes('Gemini') ? ['GEMINI_API_KEY'] : [])]
    const named = unset.length > 0 ? unset : ['TWILIO_AUTH_TOKEN']
    const what = `${named.join(', ')}: not set, and the sandbox that stands in does not start`
    throw new StartError(`${what}: ${reasonOf(cause)}`, { cause })
  }
}

/** The setting that makes a provider the operator's own. */
function keyOf({ port, name }: ChosenProvider): string {
  const specs = Object.values(entryOf(port, name)?.settings ?? {})
  return specs.find(({ kind }) => kind === 'secret')?.name ?? port
}

interface ByHand {
  readonly softphoneUrl?: string | undefined
  /** The local ears are there. */
  readonly hasEars?: boolean
}

const NO_EARS = 'Your own voice is not understood yet: npm run models fetches the ears (28 MB, MIT), then start again.'
const EARS = 'Your own voice is understood by the ears of this machine, recorded callers by their scripts.'

/** What a server with stand-ins says when it listens at `url`; undefined without stand-ins. */
export function standInNotice(
  settings: Settings,
  access: ProviderAccess,
  url: string,
  { softphoneUrl, hasEars = false }: ByHand = {},
): string | undefined {
  if (settings.standIns.length === 0) return undefined
  const isUsual = url === 'http://127.0.0.1:8080'
  const announceUrl = announcedAt(settings, access)
  // A server whose Twilio is the sandbox's says by itself where words are announced.
  const isTold = settings.standIns.includes('Twilio') || announceUrl === undefined
  const call = [
    `npm run call -- ${settings.AGENT === 'task-manager' ? 'tasks' : 'plain'}`,
    ...(isUsual ? [] : [`--url ${url}`]),
    ...(isTold ? [] : [`--deepgram ${announceUrl}`]),
  ].join(' ')
  const lines = [
    ...(softphoneUrl === undefined ? [] : [`Talk to it: ${softphoneUrl}`]),
    ...(settings.hearsByCall ? [hasEars ? EARS : NO_EARS] : []),
    `No key for ${settings.standIns.join(', ')}: the sandbox stands in. Ring it with: ${call}`,
  ]
  return lines.map(line => `${line}\n`).join('')
}

/**
 * GET /sandbox: what `npm run call` needs to know of the server it rings. Only for a server whose Twilio is the
 * sandbox's, because such a server listens on this machine alone; and only under this machine's own name.
 */
export function sandboxRoute(
  settings: Pick<Settings, 'providers' | 'hearsByCall' | 'DATA_DIR'>,
  access: ProviderAccess,
  hasEars = false,
) {
  const deepgramUrl = announcedAt(settings, access)
  const notice = settings.hearsByCall && !hasEars ? NO_EARS : undefined
  return async (app: FastifyInstance): Promise<void> => {
    app.get('/sandbox', async ({ headers }, reply) =>
      isOwnHost(headers.host)
        ? { deepgramUrl, dataDir: resolve(settings.DATA_DIR), notice }
        : reply.code(403).send({ error: 'only under this machine’s own name' }),
    )
  }
}
