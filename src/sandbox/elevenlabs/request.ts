import { z } from 'zod'

/** Models that speak on the socket. Those that can be told a language are `_v2_5`. */
const MODELS = [
  'eleven_flash_v2_5',
  'eleven_flash_v2',
  'eleven_turbo_v2_5',
  'eleven_turbo_v2',
  'eleven_multilingual_v2',
  'eleven_monolingual_v1',
] as const
const flag = z.enum(['true', 'false']).transform(text => text === 'true')

/** What the handshake's query may say. The service ignores what it does not know. */
export const socketQuery = z
  .object({
    model_id: z.enum(MODELS).default('eleven_multilingual_v2'),
    language_code: z
      .string()
      .regex(/^[a-z]{2,3}$/)
      .optional(),
    output_format: z.enum(['pcm_8000', 'pcm_16000', 'pcm_22050', 'pcm_24000', 'pcm_44100', 'ulaw_8000']),
    inactivity_timeout: z.coerce.number().int().min(1).max(180).default(20),
    auto_mode: flag.default(false),
    sync_alignment: flag.default(false),
  })
  .refine(
    ({ model_id, language_code }) => language_code === undefined || model_id.endsWith('_v2_5'),
    'this model does not support language_code',
  )
export type SocketQuery = z.output<typeof socketQuery>

/** What is said on the socket. */
export const socketMessage = z.object({
  text: z.string().nullish(),
  context_id: z.string().min(1).max(200).optional(),
  voice_settings: z.record(z.string(), z.unknown()).optional(),
  generation_config: z.object({ chunk_length_schedule: z.array(z.number().min(50).max(500)).optional() }).optional(),
  flush: z.boolean().optional(),
  close_context: z.boolean().optional(),
  close_socket: z.boolean().optional(),
})
export type SocketMessage = z.output<typeof socketMessage>
