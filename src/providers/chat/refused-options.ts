import { failureIn } from './failure.ts'
import { CHAT_EXTRAS } from './messages.ts'
import { type ChatManners, OPTIONS } from './request.ts'
import type { Refused } from './streamed-model.ts'

/** What servers say that take no tools, or not with this model: Ollama, vLLM, llama.cpp, LM Studio, OpenRouter. */
const NO_TOOLS =
  /does(?: not|n't) support (?:\w+ )?tool|no \w+ found that support tool|tool (?:calling|use|choice)[^.]{0,80}(?:not (?:be )?(?:supported|enabled)|requires)|tools? param requires|tools? (?:is|are) not supported|not support (?:the )?(?:parameter )?["'`]?tools|--enable-auto-tool-choice/i
const NO_SYSTEM = /system (?:role|message|prompt)[^.]{0,40}not supported|only (?:supports? )?user and assistant roles/i

type Way = ChatManners['without'] extends ReadonlySet<infer One> ? One : never

/**
 * How to ask again a server that has refused a request: without the options that its answer names, or without any if it
 * gave no reason. `isOneOfMany`: the server may be any, so it may also lack tools or a place for instructions. Undefined if
 * it refused the request for another reason.
 */
export function mannersAfter(manners: ChatManners, refused: Refused, isOneOfMany = false): ChatManners | undefined {
  const ways = refusedWays(refused, isOneOfMany).filter(way => !manners.without.has(way))
  const { efforts } = manners
  if (ways.length === 0) return undefined
  // Which effort a model takes is told by trying.
  if (ways.includes('reasoning_effort') && efforts.length > 1 && ways.length === 1)
    return { ...manners, efforts: efforts.slice(1) }
  const hasNoEffort = ways.includes('reasoning_effort')
  return { without: new Set([...manners.without, ...ways]), efforts: hasNoEffort ? [] : efforts }
}

function refusedWays({ status, answer, request }: Refused, isOneOfMany: boolean): readonly Way[] {
  const options = OPTIONS.filter(option => option in request)
  const named: readonly Way[] = [
    ...options.filter(option => answer.includes(option)),
    ...(CHAT_EXTRAS.some(extra => answer.includes(extra)) ? (['extras'] as const) : []),
  ]
  if (named.length > 0) return named
  if (isOneOfMany && 'tools' in request && NO_TOOLS.test(answer)) return ['tools']
  if (isOneOfMany && NO_SYSTEM.test(answer)) return ['system']
  return (status === 400 || status === 422) && !saysWhy(answer) ? options : []
}

function saysWhy(answer: string): boolean {
  try {
    return failureIn(JSON.parse(answer)) !== undefined
  } catch {
    return answer.trim() !== ''
  }
}
