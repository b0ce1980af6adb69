import { openWhisperStandIn, type WhisperStandInOptions } from './stand-in.ts'

/** Groq's Whisper (`/openai/v1/audio/transcriptions`). */
export const openGroqEarsStandIn = (options: WhisperStandInOptions) =>
  openWhisperStandIn({
    ...options,
    path: '/openai/v1',
    wantsKey: true,
    models: ['whisper-large-v3', 'whisper-large-v3-turbo'],
  })
