import { encodeMulaw } from '../../audio/mulaw.ts'
import { resampler } from '../../audio/resample.ts'
import { bytesOf } from '../live/samples.ts'

/** A telephone's sound goes as it came, any other at the only rate that the service takes. */
const PHONE_HZ = 8_000
const PCM_HZ = 24_000

/** How the service is given sound of a rate: the format in its words, and the bytes. */
export function soundFormat(rateHz: number): {
  readonly format: object
  readonly encode: (pcm: Int16Array) => Uint8Array
} {
  if (rateHz === PHONE_HZ) return { format: { type: 'audio/pcmu' }, encode: encodeMulaw }
  const raised = resampler(rateHz, PCM_HZ)
  return { format: { type: 'audio/pcm', rate: PCM_HZ }, encode: pcm => bytesOf(raised(pcm)) }
}
