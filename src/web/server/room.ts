import { type Answer, asJson, ask } from './ask.ts'

/** The way into a LiveKit room. */
export interface Access {
  readonly url: string
  readonly token: string
}
/** `back` brings the same conversation back within 30 s. */
export type RoomAccess = Access & { readonly back: string }

/** Asks for the room of a new conversation, or of the one that `back` stands for. `agent`: who shall answer, of several. */
export const askRoom =
  (agent: string | undefined) =>
  (back: string | undefined, signal: AbortSignal): Promise<Answer<RoomAccess>> =>
    ask(
      '/api/room',
      asJson('POST', { ...(back !== undefined && { back }), ...(agent !== undefined && { agent }) }),
      signal,
    )

/** The agent that the page's address asks for, such as `/?agent=pizza`. */
export const agentAsked = (search: string): string | undefined => new URLSearchParams(search).get('agent') ?? undefined

/** Asks for the room of the phone call whose agent spoke this code. */
export const askCompanion = (code: string, signal: AbortSignal): Promise<Answer<Access>> =>
  ask('/api/companion', asJson('POST', { code }), signal)
