import { resampler } from '../../audio/resample.ts'
import { ProviderError } from '../../errors.ts'
import { pcmReader } from '../pcm-reader.ts'

export const PROVIDER = 'OpenAI'
/** Of `pcm`, as the vendor documents it: 16 bits, little-endian, mono. */
const SENT_HZ = 24_000
/** The resampler keeps so much back, and more. */
const TAIL = new Int16Array(SENT_HZ / 200)
const MOST_CLAUSE_BYTES = 5 * 60 * SENT_HZ * 2

/** How files begin that are no plain samples. Servers that know only one format send it whatever they are asked for. */
const FORMATS: readonly (readonly [start: string, format: string])[] = [
  ['RIFF', 'WAV'],
  ['ID3', 'MP3'],
  ['OggS', 'Ogg'],
  ['fLaC', 'FLAC'],
]

/** A piece of an answer, and the content type of it all. */
export interface Piece {
  readonly type: string | null
  readonly bytes: Uint8Array
}

/** The samples of one clause's answer at this rate. Throws ProviderError for what is no sound, or has no end. */
export async function* samplesIn(pieces: AsyncIterable<Piece>, rateHz: number): AsyncGenerator<Int16Array> {
  const read = pcmReader()
  const resampled = resampler(SENT_HZ, rateHz)
  let length = 0
  for await (const { type, bytes } of pieces) {
    if (length === 0) refuseOther(bytes, type)
    length += bytes.length
    if (length > MOST_CLAUSE_BYTES) throw failed('a clause without end', true)
    const pcm = resampled(read(bytes))
    if (pcm.length > 0) yield pcm
  }
  if (length === 0) throw failed('no sound came of these words', true)
  if (rateHz !== SENT_HZ) yield resampled(TAIL)
}

function refuseOther(chunk: Uint8Array, type: string | null): void {
  const start = Buffer.from(chunk.subarray(0, 4)).toString('latin1')
  const isMpeg = chunk[0] === 0xff && ((chunk[1] ?? 0) & 0xe0) === 0xe0 && /mpeg|mp3/i.test(type ?? '')
  const format = isMpeg ? 'MP3' : FORMATS.find(([begins]) => start.startsWith(begins))?.[1]
  if (format !== undefined)
    throw failed(`it sends ${format} where plain samples (response_format pcm) were asked for`, false)
  if (/json|text|html/i.test(type ?? ''))
    throw failed(`not sound but ${type}: ${Buffer.from(chunk.subarray(0, 200)).toString()}`, false)
}

const failed = (why: string, retryable: boolean): ProviderError => new ProviderError(PROVIDER, why, { retryable })
