import { z } from 'zod'
import { resample } from '../../audio/resample.ts'
import type { Spoken } from '../../flite/flite.ts'

const CHUNK_MS = 100
/** The service counts them without SSML tags. */
const LONGEST_TEXT = 3_000
const ENGINES = ['standard', 'neural', 'long-form', 'generative'] as const
/** Some of its voices; they all sound alike here, as flite does. */
export const VOICES: readonly string[] = [
  ...['Joanna', 'Matthew', 'Ruth', 'Stephen', 'Danielle', 'Gregory', 'Ivy', 'Kendra', 'Salli', 'Amy', 'Brian', 'Emma'],
  ...['Vicki', 'Daniel', 'Lucia', 'Sergio', 'Lupe', 'Mia', 'Lea', 'Remi', 'Bianca', 'Laura', 'Camila', 'Ola', 'Takumi'],
  ...['Lotte', 'Ewa'],
]
const LONG_FORM: readonly string[] = ['Danielle', 'Gregory', 'Ruth']

export const speechRequest = z.object({
  Engine: z.enum(ENGINES).default('standard'),
  LanguageCode: z.string().optional(),
  LexiconNames: z.array(z.string()).optional(),
  OutputFormat: z.enum(['json', 'mp3', 'ogg_vorbis', 'pcm', 'mulaw', 'alaw', 'ogg_opus']),
  SampleRate: z.string().optional(),
  SpeechMarkTypes: z.array(z.enum(['sentence', 'ssml', 'viseme', 'word'])).optional(),
  Text: z.string(),
  TextType: z.enum(['ssml', 'text']).default('text'),
  VoiceId: z.string(),
})
export type SpeechRequest = z.infer<typeof speechRequest>

/** A refusal, as the service names it. */
export interface Refusal {
  readonly status: number
  readonly type: string
  readonly message: string
}

/** SSML as the stand-in's clients write it. */
const SSML = /^<speak><prosody rate="(\d{2,3})%">((?:[^<>&]|&(?:amp|lt|gt);)*)<\/prosody><\/speak>$/
const SIGNS: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>' }

/** What is to be said, and how fast. */
export function saidOf({ Text, TextType }: SpeechRequest): { readonly text: string; readonly speed: number } {
  const [, rate = '100', said = Text] = (TextType === 'ssml' && SSML.exec(Text)) || []
  const text = TextType === 'ssml' ? said.replace(/&(amp|lt|gt);/g, (all, name) => SIGNS[name] ?? all) : said
  return { text, speed: Number(rate) / 100 }
}

/** Why the service refuses this request; undefined where it does not. The stand-in has raw sound and words alone. */
export function refusalOf(asked: SpeechRequest): Refusal | undefined {
  const wrong = (type: string, message: string): Refusal => ({ status: 400, type, message })
  const { Text, TextType, VoiceId, OutputFormat, SampleRate, SpeechMarkTypes, Engine } = asked
  if (Text.length > LONGEST_TEXT) return wrong('TextLengthExceededException', 'Maximum text length has been exceeded')
  if (!VOICES.includes(VoiceId))
    return wrong('ValidationException', `Value '${VoiceId}' at 'voiceId' failed to satisfy constraint`)
  if (Engine === 'long-form' && !LONG_FORM.includes(VoiceId))
    return wrong('ValidationException', 'This voice does not support the selected engine: long-form')
  if (TextType === 'ssml' && !SSML.test(Text)) return wrong('InvalidSsmlException', 'Invalid SSML request')
  if (TextType === 'ssml' && Engine === 'generative')
    return wrong('ValidationException', 'the stand-in has no prosody for the generative engine')
  if (OutputFormat === 'json') {
    if (!SpeechMarkTypes?.length) return wrong('ValidationException', 'speechMarkTypes must be set for json')
    if (Engine === 'generative')
      return wrong('EngineNotSupportedException', 'This engine does not support speech marks')
    return undefined
  }
  if (SpeechMarkTypes?.length)
    return wrong('MarksNotSupportedForFormatException', 'Speech marks are not supported for the OutputFormat selected')
  if (OutputFormat !== 'pcm') return wrong('ValidationException', `the stand-in does not speak ${OutputFormat}`)
  return SampleRate === undefined || SampleRate === '8000' || SampleRate === '16000'
    ? undefined
    : wrong('InvalidSampleRateException', 'The specified sample rate is not valid.')
}

/** The answer in the pieces in which it is sent. */
export function* answerPieces(spoken: Spoken, asked: SpeechRequest): Generator<Uint8Array> {
  if (asked.OutputFormat === 'json') {
    yield* marksOf(spoken, asked)
    return
  }
  const rateHz = Number(asked.SampleRate ?? 16_000)
  const pcm = resample(spoken.pcm, spoken.rateHz, rateHz)
  const chunk = (CHUNK_MS / 1_000) * rateHz
  for (let from = 0; from < pcm.length; from += chunk) yield new Uint8Array(pcm.slice(from, from + chunk).buffer)
}

/** Words without the signs around them; `start` and `end` count bytes of the text. */
function* marksOf({ words }: Spoken, { Text, SpeechMarkTypes = [] }: SpeechRequest): Generator<Uint8Array> {
  const line = (mark: object): Uint8Array => Buffer.from(`${JSON.stringify(mark)}\n`)
  const bytesBefore = (index: number): number => Buffer.byteLength(Text.slice(0, index))
  if (SpeechMarkTypes.includes('sentence'))
    yield line({ time: 0, type: 'sentence', start: 0, end: Buffer.byteLength(Text), value: Text })
  if (!SpeechMarkTypes.includes('word')) return
  let from = 0
  for (const { text, startMs } of words) {
    const value = text.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, '')
    if (value === '') continue
    const at = Math.max(from, Text.indexOf(value, from))
    from = at + value.length
    yield line({ time: Math.round(startMs), type: 'word', start: bytesBefore(at), end: bytesBefore(from), value })
  }
}
