import type { ToolCallContext } from '../../src/agents/author/tool.ts'
import type { SecretAsked, TakenSecret } from '../../src/conversation/secret-asked.ts'
import type { Flow } from '../../src/flows/flow.ts'

/** One call that a model made, and what it was told. */
export interface Made {
  readonly given: Record<string, unknown>
  readonly result: string
}

export interface CalledFlow {
  /** The words that the caller hears, or `data:` and what the model is told, or `to:` and an agent, or `secret:` and what is said before. */
  says(given: Record<string, unknown>, said?: readonly string[], taken?: TakenSecret): Promise<string>
  /** The secret that the caller was last asked for. */
  asked(): SecretAsked
  readonly made: readonly Made[]
  /** The same call at another server, which has this flow anew. */
  goesOn(other: Flow): CalledFlow
}

/** A call in which a model calls a flow's tool, as the server does: with checked arguments, and results in words. */
export function calledFlow(
  { tool }: Flow,
  parts: { readonly callId?: string; readonly language?: string; readonly made?: readonly Made[] } = {},
): CalledFlow {
  const { callId = 'call-1', language = 'en' } = parts
  const made: Made[] = [...(parts.made ?? [])]
  let secret: SecretAsked | undefined
  for (const { given, result } of made) tool.remember?.(tool.parameters.parse(given), { callId, result })
  return {
    made,
    asked() {
      if (secret === undefined) throw new Error('nothing secret was asked')
      return secret
    },
    async says(given, said, taken) {
      const at = new Date(Date.parse('2026-11-28T11:00:00Z') + made.length * 20_000)
      const context: ToolCallContext = {
        ...{ callId, owner: '+4930123456', language, at, idempotencyKey: `${callId}:${made.length}` },
        ...(said && { said }),
        ...(taken && { taken }),
      }
      const answer = (await tool.run(tool.parameters.parse(given), context, new AbortController().signal)) as
        | {
            readonly kind?: string
            readonly words?: string
            readonly data?: unknown
            readonly to?: string
            readonly brief?: string
            readonly asked?: SecretAsked
          }
        | string
      const is: Exclude<typeof answer, string> = typeof answer === 'string' ? {} : answer
      const words = is.words !== undefined ? `The caller is told: "${is.words}" ${JSON.stringify(is.data)}` : undefined
      if (is.asked !== undefined) {
        secret = is.asked
        made.push({ given, result: `Result of ${tool.name}: ${JSON.stringify(is.data)}` })
        return `secret: ${is.asked.before}`
      }
      made.push({
        given,
        result: `Result of ${tool.name}: ${words ?? is.brief ?? (typeof answer === 'string' ? answer : JSON.stringify(answer))}`,
      })
      if (is.words !== undefined) return is.words
      return is.to === undefined
        ? `data: ${typeof answer === 'string' ? answer : JSON.stringify(answer)}`
        : `to: ${is.to} ${is.brief}`
    },
    goesOn: other => calledFlow(other, { callId, language, made }),
  }
}
