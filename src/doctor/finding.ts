import type { Clock } from '../conversation/ports.ts'
import { within } from '../conversation/scope.ts'
import { reasonOf } from '../failure-reason.ts'

/** What was found, in one line. `note`: calls can be held, but somebody should know. `wrong`: they cannot, or not well. */
export interface Finding {
  readonly kind: 'ok' | 'note' | 'wrong'
  /** What was looked at: "Deepgram". */
  readonly what: string
  /** What is the matter, and what to do. */
  readonly told: string
}

export const ok = (what: string, told: string): Finding => ({ kind: 'ok', what, told })
export const note = (what: string, told: string): Finding => ({ kind: 'note', what, told })
export const wrong = (what: string, told: string): Finding => ({ kind: 'wrong', what, told })

/** Looks at one thing. What it throws is a finding, too. */
export interface Check {
  readonly what: string
  /** What to do where it fails for a reason of its own. */
  readonly todo: string
  readonly run: (signal: AbortSignal) => Promise<readonly Finding[]>
}

const WITHIN_MS = 30_000

/** Runs a check. One that asks a person (`isPatient`) may take its time. Rejects on abort alone. */
export async function found(
  { what, todo, run }: Check,
  clock: Clock,
  signal: AbortSignal,
  isPatient = false,
): Promise<readonly Finding[]> {
  try {
    return await (isPatient ? run(signal) : within(WITHIN_MS, 'an answer', clock, run, signal))
  } catch (error) {
    signal.throwIfAborted()
    return [wrong(what, `${reasonOf(error)}: ${todo}`)]
  }
}
