import { encodeMulaw } from '../../audio/mulaw.ts'
import type { Network } from '../../network.ts'
import type { SpeechUtterance } from '../caller/caller.ts'
import { voicedRange } from '../ringing/voiced-spans.ts'

const utterancesAt = (url: string, callSid: string): string => `${url.replace(/\/$/, '')}/sandbox/utterances/${callSid}`

/**
 * Sends the stand-in Deepgram at `url` the next words of the caller of `callSid`: from the audio it detects speech but
 * not words. `instead`: of those that were announced and not spoken. Throws an Error when they are refused.
 */
export async function announceUtterance(
  url: string,
  callSid: string,
  { words, pcm }: SpeechUtterance,
  { fetch }: Network,
  signal: AbortSignal,
  instead?: 'instead',
): Promise<void> {
  const voicedFromMs = voicedRange(encodeMulaw(pcm)).startMs
  const response = await fetch(utterancesAt(url, callSid), {
    method: instead ? 'PUT' : 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ utterances: [{ words, voicedFromMs }] }),
    signal,
  })
  const body = await response.text()
  if (!response.ok)
    throw new Error(`the stand-in Deepgram at ${url} answered ${response.status}: ${body.slice(0, 200)}`)
}

/** Tells it that the caller of `callSid` says nothing more: services that cannot name their call take what is announced for any. */
export async function announceEnd(
  url: string,
  callSid: string,
  { fetch }: Network,
  signal: AbortSignal,
): Promise<void> {
  const response = await fetch(utterancesAt(url, callSid), { method: 'DELETE', signal })
  await response.body?.cancel()
  if (!response.ok) throw new Error(`the stand-in Deepgram at ${url} answered ${response.status}`)
}
