import { asJson } from '../../server/ask.ts'
import { type Answer, ask } from './ask.ts'
import type { Me, Role, Ways } from './shapes.ts'

export const askMe = (signal: AbortSignal): Promise<Answer<Me>> => ask('me', {}, signal)

export const signIn = (
  who: { readonly name: string; readonly role: Role; readonly password: string },
  signal: AbortSignal,
): Promise<Answer<unknown>> => ask('sign-in', asJson('POST', who), signal)

export const signOut = (signal: AbortSignal): Promise<Answer<unknown>> => ask('sign-out', asJson('POST', {}), signal)

/** By which ways one can sign in, as the refusal of `me` says. */
export function waysIn(body: unknown): Ways {
  const ways = typeof body === 'object' && body !== null && 'ways' in body ? body.ways : undefined
  const has = (way: string): boolean => typeof ways === 'object' && ways !== null && Reflect.get(ways, way) === true
  const help = typeof body === 'object' && body !== null && 'help' in body ? body.help : undefined
  return { oidc: has('oidc'), password: has('password'), help: typeof help === 'string' ? help : undefined }
}
