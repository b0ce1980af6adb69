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
}

/** What a call is held with, as its settings name it. */
export interface ModelsInForce {
  readonly speechToText: string
  readonly model: string
  readonly sight: string
}

/** The prices that a call is reckoned with. One that is undefined is not known, so its share is not in the sum. */
export interface PricesInForce {
  readonly pricesOf: string
  readonly models: ModelsInForce
  readonly speechToText: Price | undefined
  readonly model: TokenPrices | undefined
  readonly voice: Price
  readonly sight: TokenPrices | undefined
  readonly carrier: { readonly voice: Price; readonly stream: Price }
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

const SIGHT: Readonly<Record<string, TokenPrices>> = {
  'gemini-2.5-flash': tokens(GEMINI, 0.3, 0.075, 2.5),
  'gemini-2.5-flash-lite': tokens(GEMINI, 0.1, 0.025, 0.4),
}

/** A credit is about a character. The plan Scale by the month: 299 USD for 8 million. */
const VOICE: Price = {
  ...{ usd: 299, per: 8 * MILLION, unit: 'character', source: 'https://docs.cartesia.ai/pricing', ...READ },
}

/** A local number in the USA; begun minutes count. */
const CARRIER = {
  voice: minutes(0.0085, 'https://www.twilio.com/en-us/voice/pricing/us (to a local number)'),
  stream: minutes(0.0044, 'https://www.twilio.com/en-us/voice/pricing/us (Media Streams; 0.004 until summer)', QUOTED),
} as const

/** Of one participant, in the plan Ship beyond what it includes; begun minutes count. */
const ROOM = minutes(0.0005, 'https://livekit.com/pricing (WebRTC participant minutes)', QUOTED)

/** The language models whose prices are known. */
export const KNOWN_MODELS: readonly string[] = Object.keys(LANGUAGE_MODELS)

/** Every price of the list, with what it is of. */
export const PRICE_LIST: readonly (readonly [what: string, price: Price])[] = [
  ...Object.entries(SPEECH_TO_TEXT),
  ...Object.entries({ ...LANGUAGE_MODELS, ...SIGHT }).flatMap(([model, prices]) =>
    Object.entries(prices).map(([of, price]: [string, Price]) => [`${model}, ${of}`, price] as const),
  ),
  ...([
    ['voice', VOICE],
    ['telephone line', CARRIER.voice],
    ['media stream', CARRIER.stream],
    ['room', ROOM],
  ] as const),
]

/** `gpt-4o-mini-2024-07-18` costs what `gpt-4o-mini` does, `claude-haiku-4-5-20251001` what `claude-haiku-4-5` does. */
const withoutDate = (model: string): string => model.replace(/-20\d{2}-?\d{2}-?\d{2}$/, '')

/**
 * The prices of these models. They are the vendors' own, without volume discounts and taxes: what a model that runs
 * elsewhere really costs, and what a stand-in of the sandbox would, nobody knows.
 */
export function pricesFor(models: ModelsInForce): PricesInForce {
  return {
    pricesOf: PRICES_OF,
    models,
    speechToText: SPEECH_TO_TEXT[models.speechToText],
    model: LANGUAGE_MODELS[withoutDate(models.model)],
    voice: VOICE,
    sight: SIGHT[models.sight],
    carrier: CARRIER,
    room: ROOM,
  }
}
