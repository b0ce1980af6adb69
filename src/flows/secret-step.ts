import { isToolAnswer, type ToolCallContext } from '../agents/author/tool.ts'
import type { SecretAsked, TakenSecret } from '../conversation/secret-asked.ts'
import { type About, wordsIn } from './collector.ts'
import { dataOf } from './running.ts'
import type { Secret } from './secrets.ts'
import type { FlowState, Ran } from './state.ts'

/** Shorter numbers are found in anything by chance. */
const LEAST_TELLING = 8

/** How the caller is asked for the secret of a step. The flow's tool is called again when that is over. */
export function secretAsked(
  secret: Secret,
  { step, ...call }: ToolCallContext & { readonly step: string },
  before: string,
  about: About,
): SecretAsked {
  let tries = 0
  return {
    what: secret.what,
    before,
    ...(secret.isSilent && { isSilent: true }),
    numbers: how => secret.numbers(about, how),
    refused: wordsIn(secret.refused, about),
    again: {},
    async take(digits, signal) {
      tries++
      const key = call.idempotencyKey === undefined ? {} : { idempotencyKey: `${call.idempotencyKey}:${step}:${tries}` }
      const given = await secret.take(digits, { ...call, ...key }, signal)
      const isFailed = isToolAnswer(given) && given.kind === 'failed'
      const told = isFailed ? given.why : isToolAnswer(given) && given.kind === 'say' ? given.data : given
      if (isTelling(told, digits)) throw new Error(`what the function for ${step} gave has the ${secret.what} in it`)
      if (isFailed) return { kind: 'wrong', why: given.why }
      const { data } = dataOf(told)
      if (data === undefined && told !== undefined)
        throw new Error(`what the function for ${step} gave is longer than can be kept: give a token, or less of it`)
      return { kind: 'taken', value: data ?? null }
    },
  }
}

/** Whether the secret itself is in what is to be written down. */
function isTelling(data: unknown, digits: readonly string[]): boolean {
  const text = (JSON.stringify(data) ?? '').replaceAll(/\D/g, '')
  return digits.some(one => one.length >= LEAST_TELLING && text.includes(one))
}

/** What became of the secret for which the flow's tool was called before; undefined where it was not. */
export function takenIn(
  { open }: FlowState,
  { taken }: { readonly taken?: TakenSecret },
): { readonly step: string; readonly ran: Ran } | undefined {
  if (taken === undefined || open?.kind !== 'secret') return undefined
  const ran: Ran =
    taken.kind === 'taken'
      ? { given: '', kind: 'done', ...(taken.value !== null && { data: taken.value }) }
      : // A function that threw, or was too slow, may have done it all the same.
        { given: '', kind: taken.why === 'failed' ? 'unknown' : 'failed', why: taken.why }
  return { step: open.step, ran }
}
