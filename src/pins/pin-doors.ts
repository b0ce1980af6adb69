import { createHmac } from 'node:crypto'
import type { Clock } from '../conversation/ports.ts'
import type { Door } from './pin-tries.ts'
import type { PinCheck, Pins } from './pins.ts'

export interface PinDoorsParts {
  readonly pins: Pins
  readonly clock: Clock
  readonly log: { warn(fields: object, message: string): void }
  /** Numbers are in the log as a hash with this key, so that tries at one number can be told from those at another. */
  readonly secret: string
}

/** The PINs as the doors ask for them, with a warning in the log of each wrong try. */
export interface PinDoors extends Pick<Pins, 'has' | 'setAt'> {
  /** How long the number must wait here before the next try, in ms. */
  waitMs(owner: string, door: Door): Promise<number>
  check(owner: string, door: Door, pin: string): Promise<PinCheck>
}

export function pinDoors({ pins, clock, log, secret }: PinDoorsParts): PinDoors {
  const key = createHmac('sha256', secret).update('partyline number in the log').digest()
  const hashed = (owner: string): string => createHmac('sha256', key).update(owner).digest('base64url').slice(0, 12)

  function warn(owner: string, door: Door, lockedMs: number, message: string): void {
    const pii = { number: owner, ...(door.kind === 'web' && { address: door.address }) }
    log.warn({ door: door.kind, number: hashed(owner), lockedSeconds: Math.ceil(lockedMs / 1_000), pii }, message)
  }

  return {
    has: pins.has,
    setAt: pins.setAt,
    async waitMs(owner, door) {
      const waitMs = await pins.waitMs(owner, door, clock.wallTime())
      if (waitMs > 0) warn(owner, door, waitMs, 'a PIN is asked for while it is locked')
      return waitMs
    },
    async check(owner, door, pin) {
      const check = await pins.check(owner, door, pin, clock.wallTime())
      if (check.kind === 'wrong') warn(owner, door, check.lockedMs, 'wrong PIN')
      if (check.kind === 'locked') warn(owner, door, check.forMs, 'a PIN is tried while it is locked')
      return check
    },
  }
}
