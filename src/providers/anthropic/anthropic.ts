import type { Clock } from '../../conversation/ports.ts'
import { type Network, systemNetwork } from '../../network.ts'
import { ownIds } from '../chat/own-ids.ts'
import { type StreamedModel, streamedModel } from '../chat/streamed-model.ts'
import { messageDeltas } from './answer.ts'
import { type AnthropicManners, anthropicMannersAfter, anthropicRequest, mannersFor } from './request.ts'

/** Since it, no request has a temperature. */
const API_VERSION = '2026-10-21'

export interface AnthropicSettings {
  readonly apiKey: string
  /** Without the version. */
  readonly baseUrl: string
  readonly model: string
}

/** Anthropic's Messages API; one for all calls. A model that can think is asked not to, or as little as it can. */
export function anthropic(
  { apiKey, baseUrl, model }: AnthropicSettings,
  clock: Clock,
  network: Network = systemNetwork,
): StreamedModel {
  const ids = ownIds()
  return streamedModel<AnthropicManners>(
    {
      title: 'Anthropic',
      url: `${baseUrl.replace(/\/v1$/, '')}/v1/messages`,
      headers: { 'x-api-key': apiKey, 'anthropic-version': API_VERSION },
      manners: mannersFor(model),
      request: (prompt, manners) => anthropicRequest(model, prompt, manners),
      again: anthropicMannersAfter,
      read: (events, prompt) => messageDeltas(events, model, ids(prompt)),
    },
    clock,
    network,
  )
}
