import { resolve } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { SANDBOX_KEY, type Settings, type StandIn } from './config.ts'
import { reasonOf } from './failure-reason.ts'
import { startSandbox } from './sandbox/process.ts'
import { isOwnHost } from './sandbox/softphone/own-host.ts'
import { StartError } from './start-error.ts'

/** Where a provider is reached, and with which key. */
export interface Access {
  readonly apiKey: string
  readonly baseUrl: string
}

/** How this server reaches each provider. */
export interface ProviderAccess {
  readonly deepgram: Access
  readonly openai: Access
  readonly cartesia: Access
  /** Nothing where screens cannot be looked at. */
  readonly gemini?: Access | undefined
}

/** Sent to a server that wants no key. */
const NO_KEY = 'none'

/** Where the softphone is, if that port is free. */
const SOFTPHONE_PORT = 8_090

/**
 * The access to all providers. Those in `standIns` get the sandbox's, which is then started; it is also where people ring by
 * hand, at `softphoneUrl`, the server that `ringsAt` names. Throws StartError.
 */
export async function openProviderAccess(settings: Settings, signal: AbortSignal) {
  const missing = settings.standIns.filter(name => name !== 'Twilio')
  const sandbox = missing.length > 0 || settings.ringsByHand ? await started(missing, signal) : undefined
  const pick = (name: StandIn, key: string | undefined, url: string, standIn: string | undefined): Access =>
    settings.standIns.includes(name)
      ? { apiKey: SANDBOX_KEY, baseUrl: standIn ?? url }
      : { apiKey: key ?? NO_KEY, baseUrl: url }
  const access: ProviderAccess = {
    deepgram: pick('Deepgram', settings.DEEPGRAM_API_KEY, settings.DEEPGRAM_BASE_URL, sandbox?.deepgramUrl),
    openai: pick('OpenAI', settings.OPENAI_API_KEY, settings.OPENAI_BASE_URL, sandbox?.openaiUrl),
    cartesia: pick('Cartesia', settings.CARTESIA_API_KEY, settings.CARTESIA_BASE_URL, sandbox?.cartesiaUrl),
    gemini: settings.hasSight
      ? pick('Gemini', settings.GEMINI_API_KEY, settings.GEMINI_BASE_URL, sandbox?.geminiUrl)
      : undefined,
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

async function started(missing: readonly StandIn[], signal: AbortSignal) {
  try {
    // Free ports, so that two servers can run beside each other. Whoever talks to it by hand waits for no vendor.
    return await startSandbox({ port: 0, twilioPort: SOFTPHONE_PORT, profile: 'local' }, signal)
  } catch (cause) {
    const keys = missing.length > 0 ? missing.map(name => `${name.toUpperCase()}_API_KEY`) : ['TWILIO_AUTH_TOKEN']
    const what = `${keys.join(', ')}: not set, and the sandbox that stands in does not start`
    throw new StartError(`${what}: ${reasonOf(cause)}`, { cause })
  }
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
  const knowsDeepgram = settings.standIns.includes('Twilio') || !settings.standIns.includes('Deepgram')
  const call = [
    `npm run call -- ${settings.AGENT === 'task-manager' ? 'tasks' : 'plain'}`,
    ...(isUsual ? [] : [`--url ${url}`]),
    ...(knowsDeepgram ? [] : [`--deepgram ${access.deepgram.baseUrl}`]),
  ].join(' ')
  const lines = [
    ...(softphoneUrl === undefined ? [] : [`Talk to it: ${softphoneUrl}`]),
    ...(settings.STT === 'by-call' ? [hasEars ? EARS : NO_EARS] : []),
    `No key for ${settings.standIns.join(', ')}: the sandbox stands in. Ring it with: ${call}`,
  ]
  return lines.map(line => `${line}\n`).join('')
}

/**
 * GET /sandbox: what `npm run call` needs to know of the server it rings. Only for a server whose Twilio is the
 * sandbox's, because such a server listens on this machine alone; and only under this machine's own name.
 */
export function sandboxRoute({ standIns, DATA_DIR, STT }: Settings, { deepgram }: ProviderAccess, hasEars = false) {
  const deepgramUrl = standIns.includes('Deepgram') ? deepgram.baseUrl : undefined
  const notice = STT === 'by-call' && !hasEars ? NO_EARS : undefined
  return async (app: FastifyInstance): Promise<void> => {
    app.get('/sandbox', async ({ headers }, reply) =>
      isOwnHost(headers.host)
        ? { deepgramUrl, dataDir: resolve(DATA_DIR), notice }
        : reply.code(403).send({ error: 'only under this machine’s own name' }),
    )
  }
}
