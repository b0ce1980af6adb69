import { z } from 'zod'

const LIVE = ['gpt-live-transcribe', 'gpt-realtime-whisper'] as const
const OTHERS = [
  ...['gpt-transcribe', 'gpt-4o-transcribe', 'gpt-4o-mini-transcribe', 'gpt-4o-mini-transcribe-2025-12-15'],
  ...['gpt-4o-transcribe-diarize', 'whisper-1'],
] as const

const serverVad = z.strictObject({
  type: z.literal('server_vad'),
  threshold: z.number().min(0).max(1).default(0.5),
  prefix_padding_ms: z.number().int().min(0).default(300),
  silence_duration_ms: z.number().int().min(0).default(500),
})
const format = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('audio/pcm'), rate: z.literal(24_000) }),
  z.strictObject({ type: z.literal('audio/pcmu') }),
])

/** A session.update of a transcription session. */
export const sessionUpdate = z
  .strictObject({
    type: z.literal('transcription'),
    audio: z.strictObject({
      input: z.strictObject({
        format: format.default({ type: 'audio/pcm', rate: 24_000 }),
        transcription: z.strictObject({
          model: z.enum([...LIVE, ...OTHERS]),
          language: z.string().length(2).optional(),
          languages: z.array(z.string().length(2)).optional(),
          prompt: z.string().optional(),
          keywords: z.array(z.string()).optional(),
          delay: z.enum(['minimal', 'low', 'medium', 'high', 'xhigh']).optional(),
        }),
        noise_reduction: z.strictObject({ type: z.enum(['near_field', 'far_field']) }).nullish(),
        turn_detection: serverVad.nullish(),
      }),
    }),
    include: z.array(z.literal('item.input_audio_transcription.logprobs')).optional(),
  })
  .superRefine(({ audio: { input } }, refused) => {
    const { model, languages } = input.transcription
    const isLive = LIVE.some(live => live === model)
    if (isLive && input.turn_detection)
      refused.addIssue({ code: 'custom', message: `turn_detection is not supported for ${model}` })
    if (languages && !/^gpt-(live-)?transcribe$/.test(model))
      refused.addIssue({ code: 'custom', message: `languages is not supported for ${model}` })
  })
export type SessionUpdate = z.output<typeof sessionUpdate>

export const hearsLive = ({ audio }: SessionUpdate): boolean =>
  LIVE.some(live => live === audio.input.transcription.model)
