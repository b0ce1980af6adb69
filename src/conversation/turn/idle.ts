import type { Policy, TurnContext } from './turn.ts'

/** Somebody who hears another one through an interpreter, or who goes to a computer, opens a page there and chooses a screen says nothing for so long. */
const BESIDE_MS = 60_000

/** How long the caller may be silent before they are asked whether they are still there. */
export const idleMsOf = ({ beside }: TurnContext, { idleMs, interprets }: Policy): number =>
  beside || interprets ? Math.max(idleMs, BESIDE_MS) : idleMs
