import { z } from 'zod'

const told = z.object({
  type: z.string().nullish(),
  code: z.string().nullish(),
  message: z.string().default('an error without a message'),
})

/** What the service sends, as far as it is used. */
const event = z.discriminatedUnion('type', [
  z.object({ type: z.literal('session.created') }),
  z.object({ type: z.literal('session.updated') }),
  z.object({ type: z.literal('input_audio_buffer.committed'), item_id: z.string() }),
  z.object({
    type: z.literal('conversation.item.input_audio_transcription.delta'),
    item_id: z.string(),
    delta: z.string().default(''),
  }),
  z.object({
    type: z.literal('conversation.item.input_audio_transcription.completed'),
    item_id: z.string(),
    transcript: z.string(),
  }),
  z.object({
    type: z.literal('conversation.item.input_audio_transcription.failed'),
    item_id: z.string(),
    error: told,
  }),
  z.object({ type: z.literal('error'), error: told }),
])
export type OpenAiEvent = z.infer<typeof event>
export type Told = z.infer<typeof told>

/** Undefined for events of other types, which are not needed, and for broken ones, which cannot be used. */
export function eventIn(text: string): OpenAiEvent | undefined {
  try {
    const read = event.safeParse(JSON.parse(text))
    return read.success ? read.data : undefined
  } catch {
    return undefined
  }
}

/** What no other session would change. */
const LASTING = /invalid_api_key|insufficient_quota|model_not_found|account_deactivated|permission|authentication/
/** The session's sixty minutes are over. */
const EXPIRED = 'session_expired'

export const wordsOf = ({ code, type, message }: Told): string => [code ?? type, message].filter(Boolean).join(': ')

/** Whether another session may succeed. One whose settings were refused may not. */
export function isPassingError({ code, type }: Told, { isOpen }: { readonly isOpen: boolean }): boolean {
  if (code === EXPIRED) return true
  if (LASTING.test(`${code} ${type}`)) return false
  return isOpen || type !== 'invalid_request_error'
}

/** A key that is wrong, or a message of another version, is told by a close with 3000. */
export const isPassingClose = (code: number, reason: string): boolean =>
  code !== 3000 && !LASTING.test(reason) && !reason.includes('invalid_request_error')
