import type { Clock } from '../../conversation/ports.ts'
import { type Network, systemNetwork } from '../../network.ts'
import { chatModel } from '../chat/chat-model.ts'
import { groqEfforts } from '../chat/efforts.ts'
import type { Particular } from '../chat/request.ts'
import type { StreamedModel } from '../chat/streamed-model.ts'

export interface GroqSettings {
  readonly apiKey: string
  readonly baseUrl: string
  readonly model: string
}

/**
 * Groq's chat completions; one for all calls. Thoughts are kept short and out of the text. Groq refuses an answer whose
 * call it cannot read, and tells what the model wrote: the call is read from that.
 */
export const groq = (settings: GroqSettings, clock: Clock, network: Network = systemNetwork): StreamedModel =>
  chatModel(
    { ...settings, title: 'Groq', efforts: groqEfforts(settings.model), particular: particular(settings.model) },
    clock,
    network,
  )

/** The two ways to hide thoughts exclude each other, and each model knows one of them. */
function particular(model: string): Particular {
  const hidden: Particular = /gpt-oss/.test(model)
    ? { include_reasoning: false }
    : groqEfforts(model).length > 0
      ? { reasoning_format: 'hidden' }
      : {}
  // A call of a tool that does not exist comes to us, who tell the model so; else the whole answer is refused.
  return { ...hidden, disable_tool_validation: true }
}
