import type { Clock } from '../../conversation/ports.ts'
import { type Network, systemNetwork } from '../../network.ts'
import { chatModel } from '../chat/chat-model.ts'
import { efforts } from '../chat/efforts.ts'
import type { StreamedModel } from '../chat/streamed-model.ts'

export interface CompatibleSettings {
  /** Most servers on one's own machine want none. */
  readonly apiKey: string | undefined
  /** With the version at its end, as in http://127.0.0.1:11434/v1 */
  readonly baseUrl: string
  readonly model: string
}

/**
 * Any server of chat completions: Ollama, vLLM, llama.cpp, LM Studio, a gateway. What it does not take is found out once:
 * an option, a limit, tools (then they are told in words, and read from the text), or a message for instructions.
 */
export const compatible = (
  settings: CompatibleSettings,
  clock: Clock,
  network: Network = systemNetwork,
): StreamedModel =>
  chatModel(
    { ...settings, title: 'Compatible server', efforts: efforts(settings.model), isOneOfMany: true },
    clock,
    network,
  )
