import { createHash } from 'node:crypto'
import { type HashCost, matches } from '../../pins/pin-hash.ts'
import type { PinTries } from '../../pins/pin-tries.ts'
import type { Role } from '../api-shapes.ts'

/** About 200 ms of another thread: five times a PIN's, as a password that is guessed opens all calls. */
export const PASSWORD_COST: HashCost = { N: 16_384, r: 8, p: 5 }
export const SHORTEST_PASSWORD = 12
/** Checks run one after the other. More do not wait. */
const MOST_WAITING = 10

export interface PasswordsParts {
  /** The hashes from the settings, by role. */
  readonly hashes: Readonly<Record<Role, string | undefined>>
  /** Counts wrong tries by address and over all addresses, for all servers, with growing waits. */
  readonly tries: Pick<PinTries, 'take' | 'waitMs' | 'wasRight'>
  /** What a check takes where a role has no password, so that the timing does not tell. */
  readonly cost?: HashCost
}

export type PasswordCheck =
  | { readonly kind: 'right' | 'busy' }
  | { readonly kind: 'wrong' | 'locked'; readonly waitMs: number }

/** One password for each role, checked against the hashes of the settings. */
export interface Passwords {
  readonly isSet: boolean
  check(role: Role, password: string, address: string, at: Date): Promise<PasswordCheck>
  /** What a session rests on that began with the role's password of today; undefined without one. */
  proofOf(role: Role): string | undefined
}

/** The name under which the tries of a role's password are counted. No phone number looks like it. */
const counted = (role: Role): string => `staff ${role}`

export function passwordsOf({ hashes, tries, cost = PASSWORD_COST }: PasswordsParts): Passwords {
  let waiting = 0
  let last: Promise<unknown> = Promise.resolve()

  async function checkNow(role: Role, password: string, address: string, at: Date): Promise<PasswordCheck> {
    const door = { kind: 'web', address } as const
    // Counted before it is checked, so that many tries at once get no more tries.
    const waitMs = await tries.take(counted(role), door, at)
    if (waitMs > 0) return { kind: 'locked', waitMs }
    if (!(await matches(password.normalize('NFKC'), hashes[role], cost)))
      return { kind: 'wrong', waitMs: await tries.waitMs(counted(role), door, at) }
    await tries.wasRight(counted(role), door, at)
    return { kind: 'right' }
  }

  return {
    isSet: hashes.listener !== undefined || hashes.supervisor !== undefined,
    async check(role, password, address, at) {
      if (waiting >= MOST_WAITING) return { kind: 'busy' }
      waiting++
      const checked = last.then(() => checkNow(role, password, address, at))
      last = checked.catch(() => undefined)
      return checked.finally(() => {
        waiting--
      })
    },
    proofOf(role) {
      const hash = hashes[role]
      return hash && `password ${createHash('sha256').update(hash).digest('base64url')}`
    },
  }
}
