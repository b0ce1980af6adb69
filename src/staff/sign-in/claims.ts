import type { Role } from '../api-shapes.ts'

export type Claims = Readonly<Record<string, unknown>>

/** Who has a role, as `claim=value` or a value alone, which is looked for in the claims `groups` and `roles`. */
export interface RoleRules {
  readonly supervisors: readonly string[]
  /** `*`: everybody whom the provider signs in. */
  readonly listeners: readonly string[]
}

const GROUP_CLAIMS = ['groups', 'roles']
const LONGEST_NAME = 80

const valuesOf = (claim: unknown): readonly unknown[] => (Array.isArray(claim) ? claim : [claim])

/** Whether the claims fulfil the rule. An address that the provider has not verified proves nothing. */
function fulfils(claims: Claims, rule: string): boolean {
  const at = rule.lastIndexOf('=')
  const value = rule.slice(at + 1)
  if (at < 0) return GROUP_CLAIMS.some(claim => valuesOf(claims[claim]).includes(value))
  const claim = rule.slice(0, at)
  if (claim === 'email' && claims.email_verified !== true) return false
  return Object.hasOwn(claims, claim) && valuesOf(claims[claim]).includes(value)
}

/** The role of somebody with these claims; undefined if they may not look. */
export function roleOf(claims: Claims, { supervisors, listeners }: RoleRules): Role | undefined {
  if (supervisors.some(rule => fulfils(claims, rule))) return 'supervisor'
  if (listeners.includes('*') || listeners.some(rule => fulfils(claims, rule))) return 'listener'
  return undefined
}

/** The name for the audit log: one that cannot be chosen by its bearer comes first. */
export function nameOf(claims: Claims): string {
  const { email, email_verified: isVerified, preferred_username: username, name, sub } = claims
  const found = [isVerified === true ? email : undefined, username, name, sub].find(
    one => typeof one === 'string' && one.trim() !== '',
  )
  return String(found ?? 'unnamed')
    .replace(/\p{C}/gu, '')
    .trim()
    .slice(0, LONGEST_NAME)
}
