import { openChatStandIn } from '../openai/stand-in.ts'
import type { StandIn, StandInOptions } from '../stand-in.ts'
import { groqRefusalOf } from './request-rules.ts'

/** Groq's chat completions (`/openai/v1/chat/completions`): a call comes in one piece, the tokens in `x_groq`. */
export const openGroqStandIn = (options: StandInOptions): Promise<StandIn> =>
  openChatStandIn(options, {
    ...{ prefix: '/openai/v1', wantsKey: true, usage: 'x_groq', calls: 'whole', refusalOf: groqRefusalOf },
    models: ['openai/gpt-oss-120b', 'openai/gpt-oss-20b', 'qwen/qwen3-32b', 'llama-3.3-70b-versatile'],
  })
