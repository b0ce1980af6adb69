import type { Delivers, Delivery } from '../../conversation/delivery.ts'

/** These follow instructions, and do not heed a speed; all others, also those of compatible servers, the other way round. */
const FOLLOWS = /^gpt-/

/** What of a delivery this model can do. */
export const deliversOf = (model: string): readonly Delivers[] =>
  FOLLOWS.test(model) ? ['speed', 'manner'] : ['speed']

/** How it is to be said, as a request has it; nothing where it is said as usual. */
export function asAsked(
  model: string,
  how: Delivery | undefined,
): { readonly speed?: number; readonly instructions?: string } {
  const { speed, manner } = how ?? {}
  if (!FOLLOWS.test(model)) return speed === undefined ? {} : { speed }
  const wanted = [
    ...(manner === undefined ? [] : [`Speak in a ${manner} tone.`]),
    ...(speed === undefined ? [] : [`Speak at ${Math.round(speed * 100)} % of your usual speed.`]),
  ]
  return wanted.length === 0 ? {} : { instructions: wanted.join(' ') }
}
