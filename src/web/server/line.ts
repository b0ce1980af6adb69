import { type Answer, ask } from './ask.ts'

/** What can be had at the other end: the answer of /api/line. */
export interface Line {
  readonly livekit: 'ready' | 'none'
  /** How to start a LiveKit server; null in production. */
  readonly help: string | null
  /** The number to ring instead, such as +15551234567. */
  readonly phoneNumber: string | null
  readonly agent: string
  /** Whether the agent keeps tasks. */
  readonly tasks: boolean
  /** Whether conversations are recorded. */
  readonly records: boolean
  /** Whether speech is understood; if not, only what is typed is. */
  readonly understands: boolean
  /** Who is sent pictures of a shared screen; null if the agent cannot see. */
  readonly sight: null | { readonly sentTo: string; readonly model: string }
}

export const askLine = (signal: AbortSignal): Promise<Answer<Line>> => ask('/api/line', {}, signal)
