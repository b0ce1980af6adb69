import type { Clock, ToolSet } from '../conversation/ports.ts'
import { within } from '../conversation/scope.ts'

/** Whether a number has a PIN; `unknown` where the database does not say so in time. */
type PinNeed = 'none' | 'asked' | 'unknown'

/** A caller waits so long before the first word. */
const LOOK_UP_MS = 500
const UNKNOWN =
  'Not done: the records cannot be reached, so nothing of the caller can be read or changed just now. Say so, and ask them to try again later.'
const PROTECTED =
  'Not done: this number is protected by a PIN, which could not be asked at the beginning of this call. Tell the caller to hang up and call again.'

export interface PinOfCallParts {
  readonly pins: { has(owner: string): Promise<boolean> }
  readonly owner: string
  /** The caller is known by the number alone. */
  readonly isWanted: boolean
  readonly tools: ToolSet
  readonly clock: Clock
}

/** Whether the PIN is asked for, and the tools of the call: closed where it is not known whether there is one. */
export async function pinOfCall({ pins, owner, isWanted, tools, clock }: PinOfCallParts) {
  if (!isWanted) return { isAsked: false, isKnown: true, tools }
  const has = () => pins.has(owner)
  const need = await pinNeed(has, clock, new AbortController().signal)
  const isKnown = need !== 'unknown'
  return { isAsked: need === 'asked', isKnown, tools: isKnown ? tools : closedTools(tools, has, clock) }
}

async function pinNeed(has: () => Promise<boolean>, clock: Clock, signal: AbortSignal): Promise<PinNeed> {
  try {
    return (await within(LOOK_UP_MS, 'looking up a PIN', clock, has, signal)) ? 'asked' : 'none'
  } catch {
    signal.throwIfAborted()
    return 'unknown'
  }
}

/** The same tools, but nothing is done until it is known that the number has no PIN. One that has stays closed. */
function closedTools(tools: ToolSet, has: () => Promise<boolean>, clock: Clock): ToolSet {
  let need: PinNeed = 'unknown'
  return {
    get specs() {
      return tools.specs
    },
    async run(call, context, signal) {
      if (need === 'unknown') need = await pinNeed(has, clock, signal)
      if (need === 'none') return tools.run(call, context, signal)
      return { kind: 'done', text: need === 'unknown' ? UNKNOWN : PROTECTED }
    },
  }
}
