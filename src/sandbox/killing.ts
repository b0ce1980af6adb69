import type { Network } from '../network.ts'
import type { SandboxProcess } from './process.ts'

/** The providers that can be killed in the middle of a call. */
export const KILLABLE = ['deepgram', 'openai', 'cartesia'] as const
export type Killable = (typeof KILLABLE)[number]
export const isKillable = (name: string): name is Killable => KILLABLE.some(one => one === name)

/** Who takes over for whom, each with its setting, and its stand-in in the sandbox. */
const SECOND: Readonly<
  Record<Killable, { readonly port: string; readonly next: string; readonly standIn: string; readonly prefix: string }>
> = {
  deepgram: { port: 'STT', next: 'whisper', standIn: 'whisper', prefix: 'WHISPER' },
  openai: { port: 'LLM', next: 'anthropic', standIn: 'anthropic', prefix: 'ANTHROPIC' },
  cartesia: { port: 'TTS', next: 'elevenlabs', standIn: 'elevenlabs', prefix: 'ELEVENLABS' },
}

/** The stand-in that the sandbox needs besides. */
export const secondStandIn = (killed: Killable): string => SECOND[killed].standIn
/** The name of the setting that takes over. */
export const secondOf = (killed: Killable): string => SECOND[killed].next

/** The settings with which the server has a second provider, at the sandbox's stand-in. */
export function withSecond(killed: Killable, { urls }: Pick<SandboxProcess, 'urls'>): Readonly<Record<string, string>> {
  const { port, next, standIn, prefix } = SECOND[killed]
  const url = urls[standIn]
  if (url === undefined) throw new Error(`the sandbox has no stand-in ${standIn}`)
  return { [port]: `${killed},${next}`, [`${prefix}_BASE_URL`]: url, [`${prefix}_API_KEY`]: 'sandbox' }
}

const ALWAYS = 10_000
/** What is open is cut, and nothing more opens; or nothing is answered any more. */
const FAULTS = {
  dead: [
    { kind: 'drop', times: ALWAYS },
    { kind: 'status', status: 503, times: ALWAYS },
  ],
  hung: [{ kind: 'stall', times: ALWAYS }],
} as const
export type Death = keyof typeof FAULTS

/** Kills a provider's stand-in for good. Rejects with an Error where it does not take that. */
export async function kill(
  killed: Killable,
  how: Death,
  { urls }: Pick<SandboxProcess, 'urls'>,
  { fetch }: Network,
  signal: AbortSignal,
): Promise<void> {
  const { origin } = new URL(urls[killed] ?? '')
  const response = await fetch(`${origin}/sandbox/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ faults: FAULTS[how] }),
    signal,
  })
  await response.body?.cancel()
  if (!response.ok) throw new Error(`the stand-in of ${killed} answered ${response.status}`)
}
