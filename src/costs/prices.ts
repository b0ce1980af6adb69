/** Tokens of a model. `cached` is a share of `input`; `audio` are those of all that are sound. */
export interface TokensUsed {
  readonly input: number
  readonly cached: number
  readonly output: number
  readonly audio?: Omit<TokensUsed, 'audio'>
}
export const NO_SOUND = { input: 0, cached: 0, output: 0 } as const

/** The list price of `per` units in USD. */
export interface Price {
  readonly usd: number
  readonly per: number
  readonly unit: 'second' | 'minute' | 'token' | 'character'
  /** The page that says so. */
  readonly source: string
  /** The day on which that page was read: YYYY-MM-DD. */
  readonly readOn: string
  /** The page itself could not be read that day: others quote it so. */
  readonly secondHand?: true
}

/** Prices of a model that reads and writes tokens. Input that the vendor has cached is cheaper. */
export interface TokenPrices {
  readonly input: Price
  readonly cached: Price
  readonly output: Price
  /** Tokens of sound, where the model hears and speaks by itself. */
  readonly audio?: Omit<TokenPrices, 'audio'>
}

/** A provider of the settings. `model`: what it is paid by. */
export interface ProviderInForce {
  readonly port: 'STT' | 'LLM' | 'TTS'
  readonly name: string
  /** For people: "Deepgram". */
  readonly title: string
  readonly model: string
}

/** What a call is held with, as its settings name it. */
export interface ModelsInForce {
  readonly speechToText: string
  readonly model: string
  readonly sight: string
  /** All of them, in the order in which they serve. Older records lack it, and had Deepgram, OpenAI and Cartesia alone. */
  readonly providers?: readonly ProviderInForce[] | undefined
}

/** The prices that a call is reckoned with. One that is undefined is not known, so its share is not in the sum. */
export interface PricesInForce {
  readonly pricesOf: string
  readonly models: ModelsInForce
  readonly speechToText: Price | undefined
  readonly model: TokenPrices | undefined
  readonly voice: Price | undefined
  readonly sight: TokenPrices | undefined
  readonly carrier: { readonly voice: Price; readonly outbound: Price; readonly stream: Price }
  readonly room: Price
}

/**
 * The version of the list, which is the day on which it was last looked through: raise it with every change, and the day
 * of each price that was read again.
 */
export const PRICES_OF = '2026-11-27'
/** Pages of others of this time agree on what is second hand. */
const QUOTED = { readOn: '2026-09-18', secondHand: true } as const

const MILLION = 1_000_000
const OPENAI = 'https://developers.openai.com/api/docs/pricing'
const GEMINI = 'https://ai.google.dev/gemini-api/docs/pricing'
const OPENAI_MODELS = 'https://developers.openai.com/api/docs/models'
const ASSEMBLYAI = 'https://www.assemblyai.com/pricing (charged while the session is open)'
/** Of an utterance that is sent; what is told here is all of the caller's sound, which is more than that. */
const GROQ_MODELS = 'https://console.groq.com/docs/model (each request is charged as ten seconds at least)'
const ANTHROPIC = 'https://platform.claude.com/docs/en/about-claude/pricing'
const GROQ = 'https://console.groq.com/docs/models'
const AZURE =
  'https://azure.microsoft.com/en-us/pricing/details/cognitive-services/speech-services/ (real-time, standard)'
const GOOGLE =
  'https://cloud.google.com/speech-to-text/pricing (V2, standard recognition, up to 500,000 minutes a month)'
/** They all cost the same. */
const GOOGLE_MODELS = [
  ...['telephony', 'telephony_short', 'long', 'short', 'latest_long', 'latest_short', 'chirp_2', 'chirp_3'],
]
const DEEPGRAM = 'https://deepgram.com/pricing (pay as you go, streaming; charged by the second)'

type Told = Pick<Price, 'readOn' | 'secondHand'>
const READ: Told = { readOn: PRICES_OF }
/** Others quote the vendor's page so on that day. */
const TOLD: Told = { readOn: PRICES_OF, secondHand: true }

const minutes = (usd: number, source: string, told = READ): Price => ({ usd, per: 1, unit: 'minute', source, ...told })
export const seconds = (usdPerMinute: number, source: string, told = READ): Price => ({
  ...{ usd: usdPerMinute, per: 60, unit: 'second', source, ...told },
})
const hours = (usd: number, source: string, told = READ): Price => ({
  usd,
  per: 3_600,
  unit: 'second',
  source,
  ...told,
})
/** In USD for a million tokens. */
export function tokens(source: string, input: number, cached: number, output: number, told = READ): TokenPrices {
  const price = (usd: number): Price => ({ usd, per: MILLION, unit: 'token', source, ...told })
  return { input: price(input), cached: price(cached), output: price(output) }
}

/** What this machine does by itself. */
export const FREE: Price = { usd: 0, per: 1, unit: 'second', source: 'nobody is paid', ...READ }

const SPEECH_TO_TEXT: Readonly<Record<string, Price>> = {
  'nova-3': seconds(0.0048, DEEPGRAM),
  'flux-general-en': seconds(0.0065, DEEPGRAM),
  'universal-streaming-english': hours(0.15, ASSEMBLYAI, TOLD),
  'universal-streaming-multilingual': hours(0.15, ASSEMBLYAI, TOLD),
  'u3-rt-pro': hours(0.45, ASSEMBLYAI, TOLD),
  'universal-3-5-pro': hours(0.45, ASSEMBLYAI, TOLD),
  'universal-3-6-pro': hours(0.45, ASSEMBLYAI, TOLD),
  'gpt-live-transcribe': seconds(0.017, `${OPENAI_MODELS}/gpt-live-transcribe`),
  'gpt-realtime-whisper': seconds(0.017, `${OPENAI_MODELS}/gpt-realtime-whisper`),
  'whisper-1': seconds(0.006, OPENAI, TOLD),
  'whisper-large-v3-turbo': hours(0.04, GROQ_MODELS),
  'whisper-large-v3': hours(0.111, GROQ_MODELS, TOLD),
  azure: hours(1, AZURE, TOLD),
  ...Object.fromEntries(GOOGLE_MODELS.map(model => [model, seconds(0.016, GOOGLE, TOLD)])),
}

const LANGUAGE_MODELS: Readonly<Record<string, TokenPrices>> = {
  'gpt-4o-mini': tokens(OPENAI, 0.15, 0.075, 0.6),
  'gpt-4o': tokens(OPENAI, 2.5, 1.25, 10),
  'gpt-4.1': tokens(OPENAI, 2, 0.5, 8),
  'gpt-4.1-mini': tokens(OPENAI, 0.4, 0.1, 1.6),
  'gpt-4.1-nano': tokens(OPENAI, 0.1, 0.025, 0.4),
  'gpt-5': tokens(OPENAI, 1.25, 0.125, 10),
  'gpt-5-mini': tokens(OPENAI, 0.25, 0.025, 2),
  'gpt-5-nano': tokens(OPENAI, 0.05, 0.005, 0.4),
  'gpt-5.4': tokens(OPENAI, 2.5, 0.25, 15, TOLD),
  'gpt-5.4-mini': tokens(OPENAI, 0.75, 0.075, 4.5, TOLD),
  'gpt-5.6-luna': tokens(OPENAI, 0.2, 0.02, 1.2, TOLD),
  'gpt-5.6-terra': tokens(OPENAI, 2, 0.2, 12, TOLD),
  'gpt-6-luna': tokens(OPENAI, 0.1, 0.01, 0.5, TOLD),
  'gpt-6-sol': tokens(OPENAI, 2, 0.2, 10, TOLD),
  // What Anthropic puts into its cache costs a quarter more than other input, which is not reckoned.
  'claude-haiku-4-5': tokens(ANTHROPIC, 1, 0.1, 5, TOLD),
  'claude-haiku-5-5': tokens(`${ANTHROPIC} (prompts up to 100,000 tokens)`, 0.1, 0.01, 0.5, TOLD),
  'claude-sonnet-4-6': tokens(ANTHROPIC, 3, 0.3, 15, TOLD),
  'claude-sonnet-5': tokens(ANTHROPIC, 2, 0.2, 10, TOLD),
  'claude-sonnet-5-5': tokens(ANTHROPIC, 2, 0.1, 10, TOLD),
  'claude-opus-5-5': tokens(ANTHROPIC, 4, 0.2, 20, TOLD),
  // What its cache saves was not found, so it is reckoned as saving nothing.
  'gemini-3.5-flash-lite': tokens(GEMINI, 0.3, 0.3, 2.5, TOLD),
  'openai/gpt-oss-120b': tokens(GROQ, 0.15, 0.075, 0.6, TOLD),
  'openai/gpt-oss-20b': tokens(GROQ, 0.075, 0.0375, 0.3, TOLD),
  'llama-3.3-70b-versatile': tokens(GROQ, 0.59, 0.59, 0.79, TOLD),
  'llama-3.1-8b-instant': tokens(GROQ, 0.05, 0.05, 0.08, TOLD),
}

type Usd = readonly [input: number, cached: number, output: number]
/** A model that hears and speaks by itself: its text, and its sound. */
function speaking(model: string, text: Usd, sound: Usd): TokenPrices {
  const source = `${OPENAI_MODELS}/${model}`
  return { ...tokens(source, ...text), audio: tokens(source, ...sound) }
}

const REALTIME_MODELS: Readonly<Record<string, TokenPrices>> = {
  'gpt-realtime-2.1': speaking('gpt-realtime-2.1', [4, 0.4, 24], [32, 0.4, 64]),
  'gpt-realtime-2.1-mini': speaking('gpt-realtime-2.1-mini', [0.6, 0.06, 2.4], [10, 0.3, 20]),
  'gpt-realtime-2': speaking('gpt-realtime-2', [4, 0.4, 24], [32, 0.4, 64]),
  'gpt-realtime-1.5': speaking('gpt-realtime-1.5', [4, 0.4, 16], [32, 0.4, 64]),
}

const SIGHT: Readonly<Record<string, TokenPrices>> = {
  'gemini-2.5-flash': tokens(GEMINI, 0.3, 0.075, 2.5),
  'gemini-2.5-flash-lite': tokens(GEMINI, 0.1, 0.025, 0.4),
}

const characters = (usd: number, per: number, source: string, told = READ): Price => ({
  ...{ usd, per, unit: 'character', source, ...told },
})
const ELEVENLABS = 'https://elevenlabs.io/pricing/api'
const POLLY = 'https://aws.amazon.com/polly/pricing/'

/** By what a voice is paid: its model, or the provider. */
const VOICES: Readonly<Record<string, Price>> = {
  // A credit is about a character. The plan Scale by the month: 299 USD for 8 million.
  cartesia: characters(299, 8 * MILLION, 'https://docs.cartesia.ai/pricing'),
  eleven_flash_v2_5: characters(0.05, 1_000, ELEVENLABS, TOLD),
  eleven_flash_v2: characters(0.05, 1_000, ELEVENLABS, TOLD),
  eleven_turbo_v2_5: characters(0.05, 1_000, ELEVENLABS, TOLD),
  eleven_turbo_v2: characters(0.05, 1_000, ELEVENLABS, TOLD),
  eleven_multilingual_v2: characters(0.1, 1_000, ELEVENLABS, TOLD),
  // Sound is charged by tokens, 12 USD for a million: some 0.015 USD a minute, in which a voice says 960 characters.
  'gpt-4o-mini-tts': characters(0.015, 960, `${OPENAI_MODELS}/gpt-4o-mini-tts`, TOLD),
  'tts-1': characters(15, MILLION, OPENAI, TOLD),
  'tts-1-hd': characters(30, MILLION, OPENAI, TOLD),
  // Of neural voices, which are the default of both.
  azure: characters(
    15,
    MILLION,
    'https://azure.microsoft.com/en-us/pricing/details/cognitive-services/speech-services/',
    TOLD,
  ),
  // Polly's are paid by their engine; records of before named the provider alone.
  ...Object.fromEntries(
    Object.entries({ polly: 16, neural: 16, standard: 4, generative: 30, 'long-form': 100 }).map(([engine, usd]) => [
      engine,
      characters(usd, MILLION, POLLY, TOLD),
    ]),
  ),
  'aura-2': characters(0.03, 1_000, 'https://deepgram.com/pricing (pay as you go)', TOLD),
  aura: characters(0.015, 1_000, 'https://deepgram.com/pricing (pay as you go)', TOLD),
}

/** Each of Deepgram's voices is a model: `aura-2-thalia-en` costs what all of `aura-2` do. */
const voicePrice = (model: string): Price | undefined =>
  VOICES[withoutDate(model)] ?? VOICES[/^aura(?:-2)?(?=-[a-z])/.exec(model)?.[0] ?? '']

/** A local number in the USA, and calls from there within the USA; to other countries they cost more. Begun minutes count. */
const CARRIER = {
  voice: minutes(0.0085, 'https://www.twilio.com/en-us/voice/pricing/us (to a local number)'),
  outbound: minutes(0.014, 'https://www.twilio.com/en-us/voice/pricing/us (to make calls)', QUOTED),
  stream: minutes(0.0044, 'https://www.twilio.com/en-us/voice/pricing/us (Media Streams; 0.004 until summer)', QUOTED),
} as const

/** Of one participant, in the plan Ship beyond what it includes; begun minutes count. */
const ROOM = minutes(0.0005, 'https://livekit.com/pricing (WebRTC participant minutes)', QUOTED)

/** The language models whose prices are known. */
export const KNOWN_MODELS: readonly string[] = [...Object.keys(LANGUAGE_MODELS), ...Object.keys(REALTIME_MODELS)]

const listed = (what: string, { input, cached, output }: TokenPrices) =>
  Object.entries({ input, cached, output }).map(([of, price]) => [`${what}, ${of}`, price] as const)

/** Every price of the list, with what it is of. */
export const PRICE_LIST: readonly (readonly [what: string, price: Price])[] = [
  ...Object.entries(SPEECH_TO_TEXT),
  ...Object.entries({ ...LANGUAGE_MODELS, ...REALTIME_MODELS, ...SIGHT }).flatMap(([model, prices]) => [
    ...listed(model, prices),
    ...(prices.audio ? listed(`${model}, sound`, prices.audio) : []),
  ]),
  ...([
    ...Object.entries(VOICES).map(([model, price]) => [`voice, ${model}`, price] as const),
    ['telephone line', CARRIER.voice],
    ['telephone line, rung by us', CARRIER.outbound],
    ['media stream', CARRIER.stream],
    ['room', ROOM],
  ] as const),
]

/** `gpt-4o-mini-2024-07-18` costs what `gpt-4o-mini` does, `claude-haiku-4-5-20251001` what `claude-haiku-4-5` does. */
const withoutDate = (model: string): string => model.replace(/-20\d{2}-?\d{2}-?\d{2}$/, '')

/** What these tokens cost in USD: those of sound cost more, where the model has prices for them. */
export function usdOfTokens({ input, cached, output, audio }: TokensUsed, prices: TokenPrices): number {
  const sound = (prices.audio && audio) || NO_SOUND
  const usd = (own: Omit<TokensUsed, 'audio'>, at: TokenPrices): number =>
    ((own.input - own.cached) * at.input.usd + own.cached * at.cached.usd + own.output * at.output.usd) / at.input.per
  const text = { input: input - sound.input, cached: cached - sound.cached, output: output - sound.output }
  return usd(text, prices) + usd(sound, prices.audio ?? prices)
}

/**
 * The prices of these models. They are the vendors' own, without volume discounts and taxes: what a model that runs
 * elsewhere really costs, and what a stand-in of the sandbox would, nobody knows.
 */
export function pricesFor(models: ModelsInForce): PricesInForce {
  const voice = models.providers?.find(({ port }) => port === 'TTS')
  return {
    pricesOf: PRICES_OF,
    models,
    speechToText: SPEECH_TO_TEXT[models.speechToText],
    model: modelPrices(models.model),
    voice: voicePrice(voice?.model ?? 'cartesia'),
    sight: SIGHT[models.sight],
    carrier: CARRIER,
    room: ROOM,
  }
}

const modelPrices = (model: string): TokenPrices | undefined =>
  LANGUAGE_MODELS[withoutDate(model)] ?? REALTIME_MODELS[withoutDate(model)] ?? SIGHT[model]

/** The prices of a provider that took over. */
export const pricesOfOther = ({ model }: Pick<ProviderInForce, 'model'>) => ({
  second: SPEECH_TO_TEXT[model],
  tokens: modelPrices(model),
  character: voicePrice(model),
})

/** The prices of whoever is named at this port: without a name, of the first. */
export function pricesBy(prices: PricesInForce, port: ProviderInForce['port'], by: string | undefined) {
  const { models, speechToText: second, model: tokens, voice: character } = prices
  const ofPort = models.providers?.filter(some => some.port === port) ?? []
  const other = by === undefined || ofPort.length === 0 || ofPort[0]?.name === by ? undefined : by
  if (other === undefined) return { second, tokens, character }
  return pricesOfOther({ model: ofPort.find(({ name }) => name === other)?.model ?? other })
}
