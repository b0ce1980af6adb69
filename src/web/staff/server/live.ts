import { asJson } from '../../server/ask.ts'
import { type Answer, ask } from './ask.ts'
import type { LiveCall } from './shapes.ts'

export const askLive = (signal: AbortSignal): Promise<Answer<{ readonly calls: readonly LiveCall[] }>> =>
  ask('live', {}, signal)

const act = (callId: string, what: string, body: object): Promise<Answer<unknown>> =>
  ask(`live/${encodeURIComponent(callId)}/${what}`, asJson('POST', body), new AbortController().signal)

/** A hint that the agent hears and the caller does not. */
export const whisper = (callId: string, text: string): Promise<Answer<unknown>> => act(callId, 'whisper', { text })
export const transfer = (callId: string, number: string): Promise<Answer<unknown>> =>
  act(callId, 'transfer', { number })
export const endCall = (callId: string): Promise<Answer<unknown>> => act(callId, 'end', {})
