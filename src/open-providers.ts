import { announcedAt, type ProviderAccess, valuesAt } from './chosen/access.ts'
import type { ChosenProvider } from './chosen/providers.ts'
import { withVoice } from './chosen/with-voice.ts'
import type { Settings } from './config.ts'
import type { Agent } from './conversation/agent.ts'
import type { Delivers } from './conversation/delivery.ts'
import type { Clock, LanguageModel, SpeechToText, TextToSpeech, VoiceRateHz } from './conversation/ports.ts'
import { within } from './conversation/scope.ts'
import { spokenBy } from './conversation/spoken.ts'
import type { Network } from './network.ts'
import { entryOf } from './providers/catalogue/catalogue.ts'
import type { CallInPerson, PartsOf, Port, Ports, PortsInPerson, SpeechParts } from './providers/entry.ts'
import { type BreakerChange, openBreakers } from './providers/failover/breaker.ts'
import {
  type Chain,
  type ChainedCall,
  type ChainParts,
  languageModelOf,
  speechToTextOf,
  textToSpeechOf,
} from './providers/failover/chain.ts'
import { inPersonOf } from './providers/failover/in-person.ts'
import { gemini } from './providers/gemini.ts'
import type { LocalSpeech } from './providers/local/open-local-speech.ts'
import { delivered } from './providers/speaking/delivered.ts'
import { withUntoldWords } from './providers/speaking/untold-words.ts'
import { trimmed } from './providers/trimmed.ts'
import { openDetector } from './providers/voice-activity/detectors.ts'
import { StartError } from './start-error.ts'
import { openTurnEndJudge } from './turn-end/judge.ts'

type ProviderSettings = Pick<
  Settings,
  'providers' | 'hearsByCall' | 'LLM_HEDGE' | 'GEMINI_MODEL' | 'VAD' | 'VAD_SENSITIVITY'
>
type OwnVoice = { readonly [Part in 'voice' | 'delivery']?: Agent[Part] | undefined }
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
    speechToText:
      providers.STT.length === 0
        ? 'as the model'
        : hearsByCall && ears
          ? `the local ears, and for scripted callers ${all('STT')}`
          : all('STT'),
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

type OfCall = Pick<Providers, 'speechToTextFor' | 'modelFor' | 'voiceFor' | 'inPersonFor'>

/** What one call is held with, by each agent in each language of its line; the first one greets. Nobody listens any more when `hearing` aborts. */
export async function openedFor(
  call: ChainedCall & { readonly rateHz: number },
  voiceRateHz: VoiceRateHz,
  hearing: AbortSignal,
  agents: readonly [Agent, ...Agent[]],
  providers: OfCall,
  pace?: () => number,
) {
  const [first] = agents
  const voiceOf = ({ voice, delivery, language }: Agent) =>
    delivered(
      providers.voiceFor({ ...call, voice, delivery, language: language.code, rateHz: voiceRateHz }),
      delivery,
      pace,
    )
  const speakers = agents.some(({ tellsSpeakers }) => tellsSpeakers)
  const ears = new Map<string, Promise<SpeechToText>>()
  function earsIn(language: string): Promise<SpeechToText> {
    const opened = ears.get(language) ?? providers.speechToTextFor({ ...call, language, speakers, signal: hearing })
    ears.set(language, opened)
    return opened
  }
  const open = async (agent: Agent) => ({
    speechToText: await earsIn(agent.language.code),
    voice: agent === first ? voiceOf(agent) : whenNeeded(() => voiceOf(agent)),
  })
  // A model that hears and speaks by itself takes the place of all, in every language.
  const inPerson = providers.inPersonFor({ ...call, voiceRateHz }, voiceOf(first))
  const spokenAs = await spokenBy(agents, async agent => inPerson ?? open(agent))
  if (inPerson) return { ...inPerson, spokenAs, inPerson: true } as const
  const { speechToText, voice } = spokenAs?.(first.name, call.language) ?? (await open(first))
  return { speechToText, voice, model: providers.modelFor(call), spokenAs, inPerson: undefined }
}

/** A voice that opens when it first speaks, since it may hold a socket for as long as the call lasts. */
function whenNeeded(open: () => TextToSpeech): TextToSpeech {
  let opened: TextToSpeech | undefined
  const voice = (): TextToSpeech => {
    opened ??= open()
    return opened
  }
  return {
    get by() {
      return opened?.by
    },
    speak: (...given) => voice().speak(...given),
    keeps: (piece, of) => voice().keeps?.(piece, of) ?? false,
  }
}

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

async function openChain<P extends Port>(
  chosen: readonly ChosenProvider<P>[],
  access: ProviderAccess,
  parts: PartsOf<P>,
): Promise<Chain<Ports[P]>> {
  const [first, ...others] = await Promise.all(
    chosen.map(async one => ({ ...one, provider: await openProvider(one, access, parts) })),
  )
  if (!first) throw new Error('nobody was chosen')
  return [first, ...others]
}

/** Opens the providers of the settings. `onBreaker` is told when one is taken for broken, and when it works again. */
export async function openProviders(
  { providers, hearsByCall, LLM_HEDGE, GEMINI_MODEL, VAD, VAD_SENSITIVITY }: ProviderSettings,
  access: ProviderAccess,
  clock: Clock,
  network: Network,
  local: Local = NOTHING_LOCAL,
  onBreaker?: BreakerChange,
  agents: readonly Pick<Agent, 'name' | 'voice' | 'guard'>[] = [],
) {
  const detector = await openDetector(VAD, VAD_SENSITIVITY, clock)
  const { voiceActivity } = detector
  const parts: SpeechParts = { clock, network, voiceActivity, local }
  // A model that hears by itself needs none.
  const ears = providers.STT.length > 0 ? await openChain(providers.STT, access, parts) : undefined
  const minds = await openChain(providers.LLM, access, parts)
  const voices = await openChain(providers.TTS, access, parts)
  const ofAgents = new Map(
    await Promise.all(
      [...new Set(agents.flatMap(({ voice }) => voice ?? []))].map(async name => {
        const { TTS } = withVoice({ providers, voiceId: name }, name).providers
        return [name, await openChain(TTS.slice(0, 1), access, parts)] as const
      }),
    ),
  )
  const voicesOf = (own: string | undefined): typeof voices => {
    const [first, ...next] = voices
    return [ofAgents.get(own ?? '')?.[0] ?? first, ...next]
  }
  const breakers = openBreakers(clock, onBreaker)
  const deaf = minds[0].provider.inPerson && agents.find(({ guard }) => guard?.clause)
  if (deaf)
    throw new StartError(
      `LLM: ${minds[0].title} speaks by itself, so the guard of what the agent ${deaf.name} says would not be heard`,
    )
  // One that hears and speaks by itself is followed by others, too.
  const isAlone = [ears ?? [], minds, voices].every(({ length }) => length < 2) && !minds[0].provider.inPerson
  const shared: ChainParts = {
    ...{ clock, breakers },
    hedging: LLM_HEDGE ? (await import('./providers/failover/hedge.ts')).openHedging() : undefined,
    several: isAlone ? undefined : await import('./providers/failover/several.ts'),
  }
  const localEars =
    hearsByCall && local.ears
      ? await openChain([{ port: 'STT', name: 'local', title: '', values: {}, isStoodIn: false }], access, parts)
      : undefined
  const announced = announcedAt({ providers }, access)

  /** Without a word of the stand-in's the call is its own. */
  const isByScript = (callId: string, signal: AbortSignal): Promise<boolean> => {
    const ask = async (inner: AbortSignal) => {
      const { isScripted } = await import('./sandbox/deepgram/scripted-calls.ts')
      return isScripted(announced ?? '', callId, network, inner)
    }
    return within(TELLS_WITHIN_MS, 'the stand-in Deepgram', clock, ask, signal).catch(() => true)
  }

  return {
    /** Recorded callers' words are known to the stand-in; all others are heard by the local ears, if there are any. */
    async speechToTextFor(call: ChainedCall & { readonly rateHz: number }): Promise<SpeechToText> {
      const isHeardHere = localEars && !(await isByScript(call.callId, call.signal))
      const chain = isHeardHere ? localEars : ears
      if (!chain) throw new Error('nobody was chosen to hear')
      return speechToTextOf(chain, call, shared)
    },
    modelFor: (call: ChainedCall): LanguageModel => languageModelOf(minds, call, shared),
    /** All that holds a call where the first model hears and speaks by itself; undefined where it does not. */
    inPersonFor: (call: ChainedCall & CallInPerson, voice: TextToSpeech): PortsInPerson | undefined => {
      const own = inPersonOf(minds, call, { voice, voiceActivity, ears }, shared)
      return own && { ...own, voice: trimmed(own.voice) }
    },
    /** For sentences that are rendered ahead. */
    phraseVoice(rateHz: VoiceRateHz, language: string, own: OwnVoice, signal: AbortSignal): TextToSpeech {
      const [{ provider }] = voicesOf(own.voice)
      const call = { rateHz, language, signal }
      const voice =
        provider.forPhrases?.(call) ?? provider.forCall({ ...call, callId: 'phrases', traceparent: undefined })
      return delivered(trimmed(withUntoldWords(voice, clock)), own.delivery)
    },
    /** `voice`: an agent's own. */
    voiceFor: (call: ChainedCall & OwnVoice & { readonly rateHz: VoiceRateHz }): TextToSpeech =>
      textToSpeechOf(voicesOf(call.voice), call, shared),
    /** What an agent's voice can do besides speaking as usual; nothing of a model that speaks by itself. */
    deliversOf: ({ voice }: OwnVoice): readonly Delivers[] =>
      minds[0].provider.inPerson ? [] : (voicesOf(voice)[0].provider.delivers ?? []),
    /** Whoever hears first can tell people on one line apart. */
    tellsSpeakers: ears?.[0].provider.tellsSpeakers === true && !minds[0].provider.inPerson,
    sight: access.gemini && gemini({ ...access.gemini, model: GEMINI_MODEL }, clock, network),
    voiceActivity,
    turnEnd: await openTurnEndJudge(),
    async close(): Promise<void> {
      await breakers.close()
      const all = [...(ears ?? []), ...minds, ...voices, ...[...ofAgents.values()].flat(), ...(localEars ?? [])]
      await Promise.all([...all.map(({ provider }) => provider.close?.()), detector.close()])
    },
  }
}
