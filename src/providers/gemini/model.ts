import type { Clock } from '../../conversation/ports.ts'
import { type Network, systemNetwork } from '../../network.ts'
import { ownIds } from '../chat/own-ids.ts'
import { type StreamedModel, streamedModel } from '../chat/streamed-model.ts'
import { contentDeltas } from './answer.ts'
import { type GeminiManners, geminiMannersAfter, geminiRequest, mannersFor } from './request.ts'

export interface GeminiModelSettings {
  readonly apiKey: string
  /** With or without the version at its end. */
  readonly baseUrl: string
  readonly model: string
}

const versioned = (baseUrl: string): string => (/\/v\d\w*$/.test(baseUrl) ? baseUrl : `${baseUrl}/v1beta`)

/** Gemini by its own streamGenerateContent; one for all calls. It is asked not to think, or as little as it can. */
export function geminiModel(
  { apiKey, baseUrl, model }: GeminiModelSettings,
  clock: Clock,
  network: Network = systemNetwork,
): StreamedModel {
  const ids = ownIds()
  return streamedModel<GeminiManners>(
    {
      title: 'Gemini',
      url: `${versioned(baseUrl)}/models/${model}:streamGenerateContent?alt=sse`,
      headers: { 'x-goog-api-key': apiKey },
      manners: mannersFor(model),
      request: (prompt, manners) => geminiRequest(model, prompt, manners),
      again: geminiMannersAfter,
      read: (events, prompt) => contentDeltas(events, model, ids(prompt)),
    },
    clock,
    network,
  )
}
