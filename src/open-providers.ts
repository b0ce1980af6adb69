import type { Settings, StandIn } from './config.ts'
import type { Clock, SpeechToText, VoiceRateHz } from './conversation/ports.ts'
import { within } from './conversation/scope.ts'
import type { Network } from './network.ts'
import { cartesia } from './providers/cartesia.ts'
import { cartesiaOverHttp } from './providers/cartesia-http.ts'
import { deepgram } from './providers/deepgram.ts'
import { flux } from './providers/flux.ts'
import { gemini } from './providers/gemini.ts'
import { localEars } from './providers/local/local-ears.ts'
import { localVoice } from './providers/local/local-voice.ts'
import type { LocalSpeech } from './providers/local/open-local-speech.ts'
import { openAi } from './providers/openai.ts'
import { openSilero } from './providers/silero.ts'
import { trimmed } from './providers/trimmed.ts'
import { isScripted } from './sandbox/deepgram/scripted-calls.ts'
import type { Access, ProviderAccess } from './stand-ins.ts'
import { openTurnEndJudge } from './turn-end/judge.ts'

type ProviderSettings = Pick<
  Settings,
  'STT' | 'DEEPGRAM_MODEL' | 'OPENAI_MODEL' | 'TTS' | 'CARTESIA_VOICE_ID' | 'GEMINI_MODEL' | 'voiceId'
>
type Local = Pick<LocalSpeech, 'ears' | 'voice'>

/** The stand-in is on this machine. */
const TELLS_WITHIN_MS = 1_000
const NOTHING_LOCAL: Local = { ears: undefined, voice: undefined }

const SPEECH_TO_TEXT = { 'nova-3': deepgram, 'flux-general-en': flux } as const

/** Which server is used for what, as the log tells at the start. User names and passwords in URLs are left out. */
export function serversUsed(
  settings: ProviderSettings & Pick<Settings, 'standIns'>,
  access: ProviderAccess,
  { ears }: Pick<Local, 'ears'> = NOTHING_LOCAL,
) {
  const { STT, DEEPGRAM_MODEL, OPENAI_MODEL, TTS, voiceId, GEMINI_MODEL, standIns } = settings
  const used = (what: string, name: StandIn, { baseUrl }: Access): string => {
    const { protocol, host, pathname } = new URL(baseUrl)
    const at = `${protocol}//${host}${pathname.replace(/\/$/, '')}`
    return standIns.includes(name) ? `the sandbox's stand-in at ${at}` : `${what} at ${at}`
  }
  function hearing(): string {
    if (STT === 'local') return 'the local ears'
    const vendor = used(DEEPGRAM_MODEL, 'Deepgram', access.deepgram)
    return STT === 'by-call' && ears ? `the local ears, and for scripted callers ${vendor}` : vendor
  }
  return {
    speechToText: hearing(),
    model: used(OPENAI_MODEL, 'OpenAI', access.openai),
    voice: TTS === 'local' ? `the local voice ${voiceId}` : used(voiceId, 'Cartesia', access.cartesia),
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

export type Providers = Awaited<ReturnType<typeof openProviders>>

/** The providers of the settings: one line here and one file in `providers/` each. */
export async function openProviders(
  { STT, DEEPGRAM_MODEL, OPENAI_MODEL: model, CARTESIA_VOICE_ID: voiceId, GEMINI_MODEL }: ProviderSettings,
  access: ProviderAccess,
  clock: Clock,
  network: Network,
  { ears, voice }: Local = NOTHING_LOCAL,
) {
  const silero = await openSilero(clock)
  const { voiceActivity } = silero
  const { baseUrl } = access.deepgram

  /** Without a word of the stand-in's the call is its own. */
  const isByScript = (callId: string, signal: AbortSignal): Promise<boolean> => {
    const ask = (inner: AbortSignal) => isScripted(baseUrl, callId, network, inner)
    return within(TELLS_WITHIN_MS, 'the stand-in Deepgram', clock, ask, signal).catch(() => true)
  }

  return {
    /** Never rejects. Recorded callers' words are known to the stand-in; all others are heard by the local ears, if there are any. */
    async speechToTextFor(
      callId: string,
      rateHz: number,
      traceparent: string | undefined,
      signal: AbortSignal,
    ): Promise<SpeechToText> {
      const isHeardHere = ears && STT !== 'deepgram' && (STT === 'local' || !(await isByScript(callId, signal)))
      return isHeardHere
        ? localEars({ ears, rateHz, voiceActivity }, clock)
        : SPEECH_TO_TEXT[DEEPGRAM_MODEL]({ ...access.deepgram, rateHz, callId, traceparent }, clock, network)
    },
    phraseVoice: (rateHz: VoiceRateHz) =>
      trimmed(
        voice ? localVoice(voice, rateHz) : cartesiaOverHttp({ ...access.cartesia, voiceId, rateHz }, clock, network),
      ),
    voiceFor: (rateHz: VoiceRateHz, traceparent: string | undefined, signal: AbortSignal) =>
      trimmed(
        voice
          ? localVoice(voice, rateHz)
          : cartesia({ ...access.cartesia, voiceId, rateHz, traceparent }, clock, signal, network),
      ),
    model: openAi({ ...access.openai, model }, clock, network),
    sight: access.gemini && gemini({ ...access.gemini, model: GEMINI_MODEL }, clock, network),
    voiceActivity,
    turnEnd: await openTurnEndJudge(),
    close: silero.close,
  }
}
