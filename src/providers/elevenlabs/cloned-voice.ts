import { z } from 'zod'
import { ProviderError } from '../../errors.ts'
import type { CloneVoice, VoiceSample } from '../entry.ts'
import { answerOf } from '../speaking/account-answer.ts'
import { PROVIDER } from './events.ts'
import { accountUrl, type ElevenLabsAccount } from './voices.ts'

const MEGABYTE = 1024 * 1024
/** What the service takes for an instant clone. */
const MOST_SAMPLES = 25
const MOST_SAMPLE_BYTES = 10 * MEGABYTE
const LEAST_SAMPLE_BYTES = 4_000

/** The formats that the service takes, by how such a file begins. */
const FORMATS: readonly { readonly type: string; readonly at: number; readonly start: string }[] = [
  { type: 'audio/wav', at: 0, start: 'RIFF' },
  { type: 'audio/mpeg', at: 0, start: 'ID3' },
  { type: 'audio/flac', at: 0, start: 'fLaC' },
  { type: 'audio/ogg', at: 0, start: 'OggS' },
  { type: 'audio/mp4', at: 4, start: 'ftyp' },
  { type: 'audio/webm', at: 0, start: '\x1a\x45\xdf\xa3' },
]

function typeOf({ bytes }: VoiceSample): string | undefined {
  const start = Buffer.from(bytes.subarray(0, 12)).toString('latin1')
  const found = FORMATS.find(format => start.startsWith(format.start, format.at))?.type
  // An MP3 without tags begins with a frame.
  return found ?? (bytes[0] === 0xff && ((bytes[1] ?? 0) & 0xe0) === 0xe0 ? 'audio/mpeg' : undefined)
}

const added = z.object({ voice_id: z.string().min(1), requires_verification: z.boolean().nullish() })

/** An instant clone, made of samples of one person. One to two minutes of clean speech are enough. */
export const clonedVoice: CloneVoice<ElevenLabsAccount> = {
  problems(samples) {
    const problems: string[] = []
    if (samples.length > MOST_SAMPLES) problems.push(`${samples.length} samples: the service takes ${MOST_SAMPLES}`)
    for (const sample of samples) {
      const { name, bytes } = sample
      if (bytes.length > MOST_SAMPLE_BYTES)
        problems.push(
          `${name}: ${Math.ceil(bytes.length / MEGABYTE)} MB, and the service takes ${MOST_SAMPLE_BYTES / MEGABYTE} MB`,
        )
      else if (bytes.length < LEAST_SAMPLE_BYTES)
        problems.push(`${name}: there is hardly a sound in ${bytes.length} bytes`)
      if (typeOf(sample) === undefined) problems.push(`${name}: is none of WAV, MP3, FLAC, Ogg, MP4 (M4A) and WebM`)
    }
    return problems
  },

  async make(account, parts, { name, samples }, signal) {
    const form = new FormData()
    form.append('name', name)
    for (const sample of samples)
      form.append('files', new Blob([new Uint8Array(sample.bytes)], { type: typeOf(sample) ?? '' }), sample.name)
    const asked = { url: accountUrl(account, '/v1/voices/add'), headers: { 'xi-api-key': account.apiKey }, form }
    const read = added.safeParse(await answerOf(PROVIDER, asked, parts, signal))
    if (!read.success) throw new ProviderError(PROVIDER, 'it names no voice', { retryable: false })
    if (read.data.requires_verification)
      throw new ProviderError(
        PROVIDER,
        `the voice ${read.data.voice_id} was made, but wants to be verified on its page`,
        {
          retryable: false,
        },
      )
    return read.data.voice_id
  },
}
