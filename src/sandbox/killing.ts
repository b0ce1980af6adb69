import type { Network } from '../network.ts'
import type { SandboxProcess } from './process.ts'

/** The providers that can be killed in the middle of a call. */
export const KILLABLE = ['deepgram', 'openai', 'cartesia'] as const
/** A stand-in that can be killed. */
export type Killable = (typeof KILLABLE)[number]
/** Whether a stand-in of this name can be killed. */
export const isKillable = (name: string): name is Killable => KILLABLE.some(one => one === name)

/** Who can take over: the setting, the stand-in in the sandbox, and how its settings begin. */
const NEXT: Readonly<Record<string, { readonly port: string; readonly prefix: string }>> = {
  whisper: { port: 'STT', prefix: 'WHISPER' },
  assemblyai: { port: 'STT', prefix: 'ASSEMBLYAI' },
  anthropic: { port: 'LLM', prefix: 'ANTHROPIC' },
  elevenlabs: { port: 'TTS', prefix: 'ELEVENLABS' },
}
/** Who takes over in the demo, by the names of the settings, which are those of the stand-ins. */
export const SECOND: Readonly<Record<Killable, string>> = {
  deepgram: 'whisper',
  openai: 'anthropic',
  cartesia: 'elevenlabs',
}

/** The settings with which the server has a second provider, at the sandbox's stand-in. */
export function withSecond(
  killed: Killable,
  next: string,
  { urls }: Pick<SandboxProcess, 'urls'>,
): Readonly<Record<string, string>> {
  const about = NEXT[next]
  const url = urls[next]
  if (about === undefined || url === undefined) throw new Error(`the sandbox has no stand-in ${next}`)
  const { port, prefix } = about
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
/** How a stand-in dies. */
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
