import type { Clock } from '../../conversation/ports.ts'
import { type Network, systemNetwork } from '../../network.ts'
import { openAiEfforts } from '../chat/efforts.ts'
import { ownIds } from '../chat/own-ids.ts'
import { type StreamedModel, streamedModel } from '../chat/streamed-model.ts'
import { responseDeltas } from './answer.ts'
import { type ResponsesManners, responsesMannersAfter, responsesRequest } from './request.ts'

export interface ResponsesSettings {
  readonly apiKey: string
  readonly baseUrl: string
  readonly model: string
}

/** OpenAI's Responses API; one for all calls. A model that can think is asked not to, or as little as it can. */
export function responses(
  { apiKey, baseUrl, model }: ResponsesSettings,
  clock: Clock,
  network: Network = systemNetwork,
): StreamedModel {
  const ids = ownIds()
  return streamedModel<ResponsesManners>(
    {
      title: 'OpenAI',
      url: `${baseUrl}/responses`,
      headers: { authorization: `Bearer ${apiKey}` },
      manners: { efforts: openAiEfforts(model), isPlain: true },
      request: (prompt, manners) => responsesRequest(model, prompt, manners),
      again: responsesMannersAfter,
      read: (events, prompt) => responseDeltas(events, ids(prompt)),
    },
    clock,
    network,
  )
}
