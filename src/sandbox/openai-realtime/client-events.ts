import { z } from 'zod'

const format = z.union([
  z.strictObject({ type: z.literal('audio/pcm'), rate: z.literal(24_000) }),
  z.strictObject({ type: z.enum(['audio/pcmu', 'audio/pcma']) }),
])
export type Format = z.output<typeof format>

const VOICES = ['alloy', 'ash', 'ballad', 'coral', 'echo', 'sage', 'shimmer', 'verse', 'marin', 'cedar'] as const
const voice = z.union([z.enum(VOICES), z.strictObject({ id: z.string() })])
const modalities = z.array(z.enum(['text', 'audio'])).length(1)
const most = z.union([z.int().min(1).max(4_096), z.literal('inf')])
const reasoning = z.strictObject({ effort: z.enum(['minimal', 'low', 'medium', 'high', 'xhigh']) })
const tool = z.strictObject({
  type: z.literal('function'),
  name: z.string().regex(/^[a-zA-Z0-9_-]{1,64}$/),
  description: z.string().optional(),
  parameters: z.unknown().optional(),
})
const TRANSCRIBERS = ['whisper-1', 'gpt-4o-transcribe', 'gpt-4o-mini-transcribe', 'gpt-realtime-whisper'] as const
const transcription = z
  .strictObject({
    model: z.enum(TRANSCRIBERS),
    language: z
      .string()
      .regex(/^[a-z]{2}$/)
      .optional(),
    prompt: z.string().optional(),
    delay: z.enum(['minimal', 'low', 'medium', 'high', 'xhigh']).optional(),
  })
  .refine(({ model, delay }) => delay === undefined || model === 'gpt-realtime-whisper', {
    message: 'delay is only supported with gpt-realtime-whisper',
  })

/** A session of the generally available API. This stand-in detects no turns. */
export const sessionUpdate = z.strictObject({
  type: z.literal('realtime'),
  model: z.string().optional(),
  output_modalities: modalities.optional(),
  instructions: z.string().optional(),
  tools: z.array(tool).optional(),
  tool_choice: z.unknown().optional(),
  max_output_tokens: most.optional(),
  tracing: z.null().optional(),
  truncation: z.unknown().optional(),
  reasoning: reasoning.optional(),
  audio: z
    .strictObject({
      input: z
        .strictObject({
          format: format.optional(),
          transcription: transcription.nullish(),
          noise_reduction: z.strictObject({ type: z.enum(['near_field', 'far_field']) }).nullish(),
          turn_detection: z.null(),
        })
        .optional(),
      output: z.strictObject({ format: format.optional(), voice: voice.optional() }).optional(),
    })
    .optional(),
})
export type SessionUpdate = z.output<typeof sessionUpdate>

const id = z.string().min(1).max(64)
const inputText = z.strictObject({ type: z.literal('input_text'), text: z.string() })
const item = z.union([
  z.strictObject({
    ...{ type: z.literal('message'), id: id.optional(), role: z.enum(['user', 'system']) },
    content: z.array(inputText).min(1),
  }),
  z.strictObject({
    ...{ type: z.literal('message'), id: id.optional(), role: z.literal('assistant') },
    content: z.array(z.strictObject({ type: z.literal('output_text'), text: z.string() })).min(1),
  }),
  z.strictObject({
    ...{ type: z.literal('function_call'), id: id.optional(), call_id: id },
    ...{ name: z.string(), arguments: z.string() },
  }),
  z.strictObject({
    ...{ type: z.literal('function_call_output'), id: id.optional(), call_id: id },
    output: z.string(),
  }),
])
export type Item = z.output<typeof item>
const reference = z.strictObject({ type: z.literal('item_reference'), id })

const responseParams = z.strictObject({
  conversation: z.enum(['auto', 'none']).default('auto'),
  metadata: z
    .record(z.string().max(64), z.string().max(512))
    .refine(pairs => Object.keys(pairs).length <= 16, { message: 'at most 16 pairs' })
    .nullish(),
  input: z.array(z.union([item, reference])).optional(),
  instructions: z.string().optional(),
  output_modalities: modalities.optional(),
  max_output_tokens: most.optional(),
  tools: z.array(tool).optional(),
  tool_choice: z.unknown().optional(),
  reasoning: reasoning.optional(),
})
export type ResponseParams = z.output<typeof responseParams>

const eventId = { event_id: z.string().max(512).optional() }
/** What a client may send. Unknown fields are refused, as the vendor refuses them. */
export const clientEvent = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('session.update'), ...eventId, session: z.unknown() }),
  z.strictObject({
    ...{ type: z.literal('input_audio_buffer.append'), ...eventId },
    audio: z.string().regex(/^[A-Za-z\d+/]*={0,2}$/),
  }),
  z.strictObject({ type: z.literal('input_audio_buffer.commit'), ...eventId }),
  z.strictObject({ type: z.literal('input_audio_buffer.clear'), ...eventId }),
  z.strictObject({ type: z.literal('conversation.item.create'), ...eventId, item, previous_item_id: id.optional() }),
  z.strictObject({ type: z.literal('conversation.item.delete'), ...eventId, item_id: id }),
  z.strictObject({
    type: z.literal('response.create'),
    ...eventId,
    response: responseParams.default({ conversation: 'auto' }),
  }),
  z.strictObject({ type: z.literal('response.cancel'), ...eventId, response_id: id.optional() }),
])
export type ClientEvent = z.output<typeof clientEvent>
