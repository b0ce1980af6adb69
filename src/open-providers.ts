import type { Settings, StandIn } from './config.ts'
import type { Clock, VoiceRateHz } from './conversation/ports.ts'
import type { Network } from './network.ts'
import { cartesia } from './providers/cartesia.ts'
import { cartesiaOverHttp } from './providers/cartesia-http.ts'
import { deepgram } from './providers/deepgram.ts'
import { flux } from './providers/flux.ts'
import { gemini } from './providers/gemini.ts'
import { openAi } from './providers/openai.ts'
import { openSilero } from './providers/silero.ts'
import { trimmed } from './providers/trimmed.ts'
import type { Access, ProviderAccess } from './stand-ins.ts'
import { openTurnEndJudge } from './turn-end/judge.ts'

type ProviderSettings = Pick<Settings, 'DEEPGRAM_MODEL' | 'OPENAI_MODEL' | 'CARTESIA_VOICE_ID' | 'GEMINI_MODEL'>

const SPEECH_TO_TEXT = { 'nova-3': deepgram, 'flux-general-en': flux } as const

/** Which server is used for what, as the log tells at the start. User names and passwords in URLs are left out. */
export function serversUsed(
  {
    DEEPGRAM_MODEL,
    OPENAI_MODEL,
    CARTESIA_VOICE_ID,
    GEMINI_MODEL,
    standIns,
  }: ProviderSettings & Pick<Settings, 'standIns'>,
  access: ProviderAccess,
) {
  const used = (what: string, name: StandIn, { baseUrl }: Access): string => {
    const { protocol, host, pathname } = new URL(baseUrl)
    const at = `${protocol}//${host}${pathname.replace(/\/$/, '')}`
    return standIns.includes(name) ? `the sandbox's stand-in at ${at}` : `${what} at ${at}`
  }
  return {
    speechToText: used(DEEPGRAM_MODEL, 'Deepgram', access.deepgram),
    model: used(OPENAI_MODEL, 'OpenAI', access.openai),
    voice: used(CARTESIA_VOICE_ID, 'Cartesia', access.cartesia),
    sight: access.gemini ? used(GEMINI_MODEL, 'Gemini', access.gemini) : 'none',
  }
}

/** To whom pictures of a shared screen are sent, in the words for whoever shares one; undefined where nobody looks. */
export function sightSentTo(
  { GEMINI_MODEL: model, standIns }: Pick<Settings, 'GEMINI_MODEL' | 'standIns'>,
  { gemini: used }: Pick<ProviderAccess, 'gemini'>,
): { readonly sentTo: string; readonly model: string } | undefined {
  if (used === undefined) return undefined
  if (standIns.includes('Gemini')) return { sentTo: 'the sandbox on this machine', model }
  const { hostname } = new URL(used.baseUrl)
  return { sentTo: /(?:^|\.)googleapis\.com$/.test(hostname) ? 'Google (Gemini)' : hostname, model }
}

/** The providers of the settings: one line here and one file in `providers/` each. */
export async function openProviders(
  { DEEPGRAM_MODEL, OPENAI_MODEL: model, CARTESIA_VOICE_ID: voiceId, GEMINI_MODEL }: ProviderSettings,
  access: ProviderAccess,
  clock: Clock,
  network: Network,
) {
  const speechToText = SPEECH_TO_TEXT[DEEPGRAM_MODEL]
  const silero = await openSilero(clock)
  return {
    speechToTextFor: (callId: string, rateHz: number) =>
      speechToText({ ...access.deepgram, rateHz, callId }, clock, network),
    phraseVoice: (rateHz: VoiceRateHz) =>
      trimmed(cartesiaOverHttp({ ...access.cartesia, voiceId, rateHz }, clock, network)),
    voiceFor: (rateHz: VoiceRateHz, signal: AbortSignal) =>
      trimmed(cartesia({ ...access.cartesia, voiceId, rateHz }, clock, signal, network)),
    model: openAi({ ...access.openai, model }, clock, network),
    sight: access.gemini && gemini({ ...access.gemini, model: GEMINI_MODEL }, clock, network),
    voiceActivity: silero.voiceActivity,
    turnEnd: await openTurnEndJudge(),
    close: silero.close,
  }
}
