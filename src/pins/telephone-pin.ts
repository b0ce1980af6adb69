import type { PinDoors } from './pin-doors.ts'

const DOOR = { kind: 'telephone' } as const

/** The PIN of a number, as the caller who is asked for it meets it. */
export const telephonePin = (pins: Pick<PinDoors, 'waitMs' | 'check'>, owner: string) => ({
  isLocked: async () => (await pins.waitMs(owner, DOOR)) > 0,
  check: async (pin: string) => {
    const check = await pins.check(owner, DOOR, pin)
    return check.kind === 'wrong' && check.lockedMs > 0 ? 'locked' : check.kind
  },
})
