import { z } from 'zod'
import { tokenCount } from '../chat/tokens.ts'

/** For the errors of every part of it. */
export const PROVIDER = 'OpenAI Realtime'

const text = z.string()
/** Some encoders leave out the padding. */
const base64 = z.string().regex(/^[A-Za-z\d+/]*={0,2}$/)
const said = { message: text.optional(), type: text.nullish(), code: text.nullish() }

const usage = z.object({
  input_tokens: tokenCount,
  output_tokens: tokenCount,
  input_token_details: z
    .object({
      cached_tokens: tokenCount,
      audio_tokens: tokenCount,
      cached_tokens_details: z.object({ audio_tokens: tokenCount }).nullish(),
    })
    .nullish(),
  output_token_details: z.object({ audio_tokens: tokenCount }).nullish(),
})

/** What of a response's end is read. */
const response = z.object({
  id: text,
  status: text.optional(),
  status_details: z.object({ reason: text.nullish(), error: z.object(said).nullish() }).nullish(),
  metadata: z.record(text, z.unknown()).nullish(),
  usage: usage.nullish(),
})

/** The server's events that are read, by the generally available API. Those of other types are none of ours. */
export const serverEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('session.created') }),
  z.object({ type: z.literal('session.updated') }),
  z.object({ type: z.literal('error'), error: z.object({ ...said, event_id: text.nullish() }) }),
  z.object({ type: z.literal('input_audio_buffer.committed'), item_id: text }),
  z.object({
    type: z.literal('conversation.item.input_audio_transcription.delta'),
    item_id: text,
    delta: text.default(''),
  }),
  z.object({
    type: z.literal('conversation.item.input_audio_transcription.completed'),
    item_id: text,
    transcript: text,
  }),
  z.object({
    type: z.literal('conversation.item.input_audio_transcription.failed'),
    item_id: text,
    error: z.object(said),
  }),
  z.object({ type: z.literal('response.created'), response }),
  z.object({ type: z.literal('response.output_audio_transcript.delta'), response_id: text, delta: text }),
  z.object({ type: z.literal('response.output_text.delta'), response_id: text, delta: text }),
  z.object({ type: z.literal('response.output_audio.delta'), response_id: text, delta: base64 }),
  z.object({
    type: z.literal('response.output_item.done'),
    response_id: text,
    item: z.object({
      type: text,
      status: text.nullish(),
      name: text.optional(),
      call_id: text.optional(),
      arguments: text.optional(),
    }),
  }),
  z.object({ type: z.literal('response.done'), response }),
])

export type ServerEvent = z.infer<typeof serverEvent>
export type ServerError = Extract<ServerEvent, { type: 'error' }>['error']
export type ResponseEnd = Extract<ServerEvent, { type: 'response.done' }>['response']
export type TranscriptionEvent = Extract<
  ServerEvent,
  { type: `conversation.item.input_audio_transcription.${string}` | 'input_audio_buffer.committed' }
>

/** What the client sends. `event_id` comes back with an error that the event brings. */
export type ClientEvent = { readonly type: string; readonly event_id?: string } & Readonly<Record<string, unknown>>
