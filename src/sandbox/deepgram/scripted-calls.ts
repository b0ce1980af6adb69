import { z } from 'zod'
import type { Network } from '../../network.ts'

const answer = z.object({ scripted: z.boolean() })
const callAt = (url: string, callId: string): string =>
  `${url.replace(/^ws/, 'http').replace(/\/$/, '')}/sandbox/calls/${encodeURIComponent(callId)}`

/**
 * Tells the stand-in Deepgram at `url` that the caller of this call is scripted: all that they say will be announced. Throws
 * an Error when it is no such stand-in.
 */
export async function markScripted(
  url: string,
  callId: string,
  { fetch }: Network,
  signal: AbortSignal,
): Promise<void> {
  const response = await fetch(callAt(url, callId), { method: 'PUT', signal })
  await response.body?.cancel()
  if (!response.ok) throw new Error(`the stand-in Deepgram at ${url} answered ${response.status}`)
}

/** Whether the caller of this call is scripted. Throws an Error when the stand-in at `url` does not tell. */
export async function isScripted(
  url: string,
  callId: string,
  { fetch }: Network,
  signal: AbortSignal,
): Promise<boolean> {
  const response = await fetch(callAt(url, callId), { signal })
  const body = await response.text()
  if (!response.ok)
    throw new Error(`the stand-in Deepgram at ${url} answered ${response.status}: ${body.slice(0, 200)}`)
  return answer.parse(JSON.parse(body)).scripted
}
