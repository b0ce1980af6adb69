import { avatarStarter } from './channels/browser/avatar/start-avatar.ts'
import type { BrowserSettings, LineFacts } from './channels/browser/browser.ts'
import { type CompanionParts, companionOf } from './channels/browser/companion/companion.ts'
import type { CompanionCall } from './channels/browser/companion/stay.ts'
import type { LivekitAccess } from './channels/browser/room.ts'
import { callerNumber, ownerOf } from './channels/phone/caller-number.ts'
import { CODE_MS } from './companions/codes.ts'
import type { Settings } from './config.ts'
import type { Agent } from './conversation/agent.ts'
import type { Clock } from './conversation/ports.ts'
import { within } from './conversation/scope.ts'
import type { Network } from './network.ts'
import { spokenAddress } from './sight/offer-screen.ts'

const ANSWERS_WITHIN_MS = 1_000
const HOW_TO_START = 'No LiveKit server answers. Start one with: npm run livekit'

interface Parts {
  readonly settings: Settings
  readonly agent: Agent
  readonly keepsTasks: boolean
  /** The avatar of the agent of this name. */
  readonly avatarOf: (agent: string) => string | undefined
  readonly network: Network
  readonly clock: Clock
  /** Who looks at screens; undefined where nobody does. */
  readonly sight: LineFacts['sight'] | undefined
  /** What understands people where there is no key for it; undefined where nothing does. */
  readonly ears?: object | undefined
}

/** What the browser channel is told of the settings. */
export function browserSettings({
  settings,
  agent,
  keepsTasks,
  avatarOf,
  network,
  clock,
  sight,
  ears,
}: Parts): Omit<BrowserSettings, 'join' | 'ownerOf' | 'redeem' | 'addressOf' | 'prepare'> {
  const start =
    settings.livekit &&
    avatarStarter({ access: settings.livekit, url: settings.AVATAR_URL, fetch: network.fetch, clock })
  return {
    avatarOf(name) {
      const avatar = avatarOf(name)
      return avatar === undefined ? undefined : start?.(avatar)
    },
    access: settings.livekit,
    secret: settings.TWILIO_AUTH_TOKEN,
    origins: pageOrigins(settings.PUBLIC_URL),
    facts: {
      agent: agent.name,
      phoneNumber: settings.PHONE_NUMBER ?? null,
      tasks: keepsTasks,
      records: settings.RECORDING,
      understands: !settings.hearsByCall || ears !== undefined,
      help: settings.NODE_ENV === 'production' ? null : HOW_TO_START,
      sight: sight ?? null,
    },
    answers: (access, signal) => isThere(access, network, clock, signal),
    ownerOfNumber: (number, callId) => ownerOf(callerNumber(number ?? ''), callId),
  }
}

/** How somebody on the telephone shows a screen beside the call; undefined where no rooms are. */
export function besideOf(
  { livekit, PUBLIC_URL }: Pick<Settings, 'livekit' | 'PUBLIC_URL'>,
  parts: Omit<CompanionParts, 'access' | 'codes'> & { readonly codes: Omit<CompanionParts['codes'], 'goodForMs'> },
) {
  if (!livekit) return undefined
  const codes = { ...parts.codes, goodForMs: CODE_MS }
  return {
    address: spokenAddress(PUBLIC_URL),
    companionOf: (call: CompanionCall) => companionOf({ ...parts, access: livekit, codes }, call),
  }
}

/** Where our pages may be: a laptop's has two names. */
export function pageOrigins(publicUrl: string): readonly string[] {
  const { origin, protocol, hostname, port } = new URL(publicUrl)
  return hostname === '127.0.0.1' ? [origin, `${protocol}//localhost${port === '' ? '' : `:${port}`}`] : [origin]
}

/** A LiveKit server answers "OK" at its root. */
async function isThere({ url }: LivekitAccess, network: Network, clock: Clock, signal: AbortSignal): Promise<boolean> {
  const ask = async (inner: AbortSignal): Promise<boolean> => {
    const response = await network.fetch(url.replace(/^ws/, 'http'), { signal: inner })
    await response.body?.cancel()
    return response.ok
  }
  return within(ANSWERS_WITHIN_MS, 'the LiveKit server', clock, ask, signal).catch(() => false)
}
