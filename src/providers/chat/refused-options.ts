import { failureIn } from './failure.ts'
import { OPTIONS, type Option } from './request.ts'

/**
 * The options of a refused request that the server does not take: those that its answer names, or all of them if it
 * refused the request without a reason. Empty if it refused the request for another reason.
 */
export function refusedOptions(status: number, answer: string, sent: object): readonly Option[] {
  const options = OPTIONS.filter(option => option in sent)
  const named = options.filter(option => answer.includes(option))
  if (named.length > 0) return named
  return (status === 400 || status === 422) && !saysWhy(answer) ? options : []
}

function saysWhy(answer: string): boolean {
  try {
    return failureIn(JSON.parse(answer)) !== undefined
  } catch {
    return answer.trim() !== ''
  }
}
