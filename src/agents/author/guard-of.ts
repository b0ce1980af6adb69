import type { Guard } from '../../conversation/guard.ts'

/** Several guards as one: of a turn the first that objects counts; a text goes through all of them. */
export function guardOf(guards: readonly Guard[]): Guard {
  const has = (name: keyof Guard): boolean => guards.some(guard => guard[name])
  return {
    ...(has('turn') && {
      async turn(text, call, signal) {
        for (const guard of guards) {
          const verdict = await guard.turn?.(text, call, signal)
          if (verdict) return verdict
        }
        return undefined
      },
    }),
    ...(has('told') && { told: text => guards.reduce((told, guard) => guard.told?.(told) ?? told, text) }),
    ...(has('clause') && {
      async clause(text, call, signal) {
        let said = text
        for (const guard of guards) said = (await guard.clause?.(said, call, signal)) ?? said
        return said
      },
    }),
  }
}
