import type { Clock } from '../conversation/ports.ts'
import { type Network, systemNetwork } from '../network.ts'
import { chatModel } from './chat/chat-model.ts'
import { openAiEfforts } from './chat/efforts.ts'
import type { StreamedModel } from './chat/streamed-model.ts'

export interface OpenAiSettings {
  readonly apiKey: string
  readonly baseUrl: string
  readonly model: string
}

/**
 * OpenAI's chat completions, or any server that speaks them; one for all calls. It remembers which options the server
 * refuses. A model that can think is asked not to.
 */
export const openAi = (settings: OpenAiSettings, clock: Clock, network: Network = systemNetwork): StreamedModel =>
  chatModel({ ...settings, title: 'OpenAI', efforts: openAiEfforts(settings.model) }, clock, network)
