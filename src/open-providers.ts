import { announcedAt, type ProviderAccess, valuesAt } from './chosen/access.ts'
import type { ChosenProvider } from './chosen/providers.ts'
import type { Settings } from './config.ts'
import type { Clock, LanguageModel, SpeechToText, TextToSpeech, VoiceRateHz } from './conversation/ports.ts'
import { within } from './conversation/scope.ts'
import type { Network } from './network.ts'
import { entryOf } from './providers/catalogue/catalogue.ts'
import type { CallInPerson, PartsOf, Port, Ports, PortsInPerson, ProviderCall, SpeechParts } from './providers/entry.ts'
import { gemini } from './providers/gemini.ts'
import type { LocalSpeech } from './providers/local/open-local-speech.ts'
import { openSilero } from './providers/silero.ts'
import { trimmed } from './providers/trimmed.ts'
import { isScripted } from './sandbox/deepgram/scripted-calls.ts'
import { openTurnEndJudge } from './turn-end/judge.ts'

type ProviderSettings = Pick<Settings, 'providers' | 'hearsByCall' | 'GEMINI_MODEL'>
type Local = Pick<LocalSpeech, 'ears' | 'voice'>

/** The stand-in is on this machine. */
const TELLS_WITHIN_MS = 1_000
const NOTHING_LOCAL: Local = { ears: undefined, voice: undefined }

/** Which server is used for what, as the log tells at the start. User names and passwords in URLs are left out. */
export function serversUsed(
  settings: ProviderSettings & Pick<Settings, 'standIns' | 'voiceId'>,
  access: ProviderAccess,
  { ears }: Pick<Local, 'ears'> = NOTHING_LOCAL,
) {
  const { providers, hearsByCall, voiceId, GEMINI_MODEL, standIns } = settings
  const at = (url: string): string => {
    const { protocol, host, pathname } = new URL(url)
    return `${protocol}//${host}${pathname.replace(/\/$/, '')}`
  }
  const named = (what: string, isStoodIn: boolean, url: string | undefined): string => {
    if (url === undefined) return what
    return isStoodIn ? `the sandbox's stand-in at ${at(url)}` : `${what} at ${at(url)}`
  }
  const used = (chosen: ChosenProvider): string => {
    const { port, name, title, isStoodIn, values } = chosen
    if (name === 'local') return port === 'STT' ? 'the local ears' : `the local voice ${voiceId}`
    return named(values.model ?? values.voiceId ?? title, isStoodIn, valuesAt(chosen, access).baseUrl)
  }
  const all = (port: Port): string => providers[port].map(used).join(', then ')
  return {
    speechToText: hearsByCall && ears ? `the local ears, and for scripted callers ${all('STT')}` : all('STT'),
    model: all('LLM'),
    voice: all('TTS'),
    sight: access.gemini ? named(GEMINI_MODEL, standIns.includes('Gemini'), access.gemini.baseUrl) : 'none',
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

/** Opens a provider of the catalogue: its code is loaded now. */
export async function openProvider<P extends Port>(
  chosen: ChosenProvider<P>,
  access: ProviderAccess,
  parts: PartsOf<P>,
): Promise<Ports[P]> {
  const entry = entryOf(chosen.port, chosen.name)
  if (!entry) throw new Error(`${chosen.port}: there is no ${chosen.name}`)
  const open = await entry.load()
  return open(valuesAt(chosen, access), parts)
}

/** Opens the providers of the settings. */
export async function openProviders(
  { providers, hearsByCall, GEMINI_MODEL }: ProviderSettings,
  access: ProviderAccess,
  clock: Clock,
  network: Network,
  local: Local = NOTHING_LOCAL,
) {
  const silero = await openSilero(clock)
  const { voiceActivity } = silero
  const parts: SpeechParts = { clock, network, voiceActivity, local }
  const [ears, minds, voices] = [
    await Promise.all(providers.STT.map(chosen => openProvider(chosen, access, parts))),
    await Promise.all(providers.LLM.map(chosen => openProvider(chosen, access, parts))),
    await Promise.all(providers.TTS.map(chosen => openProvider(chosen, access, parts))),
  ]
  const localEars =
    hearsByCall && local.ears
      ? await openProvider({ port: 'STT', name: 'local', title: '', values: {}, isStoodIn: false }, access, parts)
      : undefined
  const announced = announcedAt({ providers }, access)

  /** Without a word of the stand-in's the call is its own. */
  const isByScript = (callId: string, signal: AbortSignal): Promise<boolean> => {
    const ask = (inner: AbortSignal) => isScripted(announced ?? '', callId, network, inner)
    return within(TELLS_WITHIN_MS, 'the stand-in Deepgram', clock, ask, signal).catch(() => true)
  }
  const first = <P extends Port>(port: P, all: readonly Ports[P][]): Ports[P] => {
    const [chosen] = all
    if (!chosen) throw new Error(`${port}: nobody was chosen`)
    return chosen
  }

  return {
    /** Never rejects. Recorded callers' words are known to the stand-in; all others are heard by the local ears, if there are any. */
    async speechToTextFor(call: ProviderCall & { readonly rateHz: number }): Promise<SpeechToText> {
      const isHeardHere = localEars && !(await isByScript(call.callId, call.signal))
      return (isHeardHere ? localEars : first('STT', ears)).forCall(call)
    },
    modelFor: (call: ProviderCall): LanguageModel => first('LLM', minds).forCall(call),
    /** All that holds a call where the model that is chosen hears and speaks by itself; undefined where it does not. */
    inPersonFor(call: CallInPerson, voice: TextToSpeech): PortsInPerson | undefined {
      const own = first('LLM', minds).inPerson?.(call, { voice, voiceActivity })
      return own && { ...own, voice: trimmed(own.voice) }
    },
    /** For sentences that are rendered ahead. */
    phraseVoice(rateHz: VoiceRateHz, language: string, signal: AbortSignal): TextToSpeech {
      const voice = first('TTS', voices)
      const call = { rateHz, language, signal }
      return trimmed(voice.forPhrases?.(call) ?? voice.forCall({ ...call, callId: 'phrases', traceparent: undefined }))
    },
    voiceFor: (call: ProviderCall & { readonly rateHz: VoiceRateHz }): TextToSpeech =>
      trimmed(first('TTS', voices).forCall(call)),
    sight: access.gemini && gemini({ ...access.gemini, model: GEMINI_MODEL }, clock, network),
    voiceActivity,
    turnEnd: await openTurnEndJudge(),
    async close(): Promise<void> {
      const closing = [...ears, ...minds, ...voices, ...(localEars ? [localEars] : [])].map(one => one.close?.())
      await Promise.all([...closing, silero.close()])
    },
  }
}
