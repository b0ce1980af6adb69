import { entryOf, namesOf, PORTS } from '../providers/catalogue/catalogue.ts'
import type { Port } from '../providers/entry.ts'
import { type FailureReason, type Kind, labelOf, OTHER, PROVIDERS, type Provider } from './label-values.ts'

/** The first that fits. Statuses are those of HTTP and of a socket's handshake. */
const REASONS: readonly (readonly [FailureReason, RegExp])[] = [
  // Their addresses have numbers, too.
  ['connection', /\bE[A-Z]{4,}\b|fetch failed/],
  ['rate-limited', /\b429\b|rate.?limit|insufficient_quota|too many requests/i],
  ['refused', /\b40[13]\b|unauthorized|forbidden/i],
  [
    'timeout',
    /\b408\b|nothing came|no message for|not open after|took longer|took too long|does not go on|heard nothing|timed? ?out/i,
  ],
  ['server-error', /\b5\d\d\b/],
  ['bad-request', /\b4\d\d\b/],
  ['empty', /answered with nothing|made no sound/i],
  ['broken-answer', /broke off|cannot be read|is not JSON|the answer failed|too long|without an answer|more events/i],
  ['connection', /closed|ended by themselves|socket|connect|hang up|reset|terminated/i],
]

/** Why a provider failed, of what its adapter said. Whatever a vendor writes, there are no more reasons than these. */
export const failureReasonOf = (why: string): FailureReason =>
  REASONS.find(([, pattern]) => pattern.test(why))?.[0] ?? OTHER

const KIND_OF: Readonly<Partial<Record<Provider, Kind>>> = {
  deepgram: 'stt',
  openai: 'llm',
  cartesia: 'tts',
  gemini: 'sight',
  'local-ears': 'stt',
  'local-voice': 'tts',
}

const KIND_AT: Readonly<Record<Port, Kind>> = { STT: 'stt', LLM: 'llm', TTS: 'tts' }
/** Whom the catalogue knows: errors name them by their titles. */
const SERVED = PORTS.flatMap(port => namesOf(port).map(name => ({ port, name, title: entryOf(port, name)?.title })))

/** The provider that an error names, and what it is for. */
export function failedProvider(name: string, why: string): { readonly provider: Provider; readonly kind: Kind } {
  const served = SERVED.filter(({ title }) => title === name)
  const [first] = served
  const bySpelling = PROVIDERS.find(known => known === name.toLowerCase().replaceAll(' ', '-')) ?? OTHER
  const provider = first && bySpelling === OTHER ? labelOf(first.port, first.name) : bySpelling
  const [port, ...others] = new Set(served.map(one => one.port))
  const kind =
    KIND_OF[provider] ??
    (port && others.length === 0 ? KIND_AT[port] : undefined) ??
    (/^the voice/.test(why) ? 'tts' : /^the model/.test(why) ? 'llm' : OTHER)
  return { provider, kind }
}
