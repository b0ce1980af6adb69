import type { LanguageModelProvider, ProviderParts } from '../entry.ts'
import { realtimeModel, realtimeSession } from './session.ts'

export interface RealtimeValues {
  readonly apiKey: string
  readonly baseUrl: string
  readonly model: string
  readonly voiceId: string
  readonly transcriptionModel: string
}

/** OpenAI's Realtime API, for all calls: a model that also hears and speaks them. */
export function openAiRealtime(
  { voiceId, ...access }: RealtimeValues,
  { clock, network }: ProviderParts,
): LanguageModelProvider {
  return {
    forCall: call => realtimeModel({ ...access, ...call }, clock, call.signal, network),
    inPerson: (call, { voice, voiceActivity }) =>
      realtimeSession({ ...access, ...call, voice: voiceId, voiceActivity }, voice, clock, call.signal, network),
  }
}
