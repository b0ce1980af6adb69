import { SANDBOX_KEY, type Settings, type StandIn } from './config.ts'
import { startSandbox } from './sandbox/process.ts'

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
}

/** Sent to a server that wants no key. */
const NO_KEY = 'none'

/** The access to all providers. Those in `standIns` get the sandbox's stand-in, which is then started, and said once. */
export async function openProviderAccess(settings: Settings, signal: AbortSignal) {
  const missing: readonly StandIn[] = settings.standIns.filter(name => name !== 'Twilio')
  const sandbox = missing.length > 0 ? await startSandbox({ port: 8_090, profile: 'fast' }, signal) : undefined
  if (settings.standIns.length > 0) {
    const what = settings.standIns.join(', ')
    process.stderr.write(
      `No key for ${what}: the sandbox stands in. Ring it with: npm run call -- ${settings.AGENT === 'task-manager' ? 'tasks' : 'plain'}\n`,
    )
  }
  const pick = (name: StandIn, key: string | undefined, url: string, standIn: string | undefined): Access =>
    missing.includes(name) ? { apiKey: SANDBOX_KEY, baseUrl: standIn ?? url } : { apiKey: key ?? NO_KEY, baseUrl: url }
  const access: ProviderAccess = {
    deepgram: pick('Deepgram', settings.DEEPGRAM_API_KEY, settings.DEEPGRAM_BASE_URL, sandbox?.deepgramUrl),
    openai: pick('OpenAI', settings.OPENAI_API_KEY, settings.OPENAI_BASE_URL, sandbox?.openaiUrl),
    cartesia: pick('Cartesia', settings.CARTESIA_API_KEY, settings.CARTESIA_BASE_URL, sandbox?.cartesiaUrl),
  }
  return { access, close: async () => sandbox?.close() }
}
