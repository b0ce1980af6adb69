import fc from 'fast-check'
import { type Edit, editsOf } from './mutation/edit.ts'
import type { OpenTarget, Target } from './target.ts'
import { unhandledErrors } from './unhandled.ts'

/** What a target was given, and what it broke, shrunk. */
export interface Fuzzed {
  readonly name: string
  readonly runs: number
  readonly messages: number
  readonly changed: number
  /** The slowest run, in ms of real time. */
  readonly slowestMs: number
  readonly finding: Finding | undefined
  /** The target as it is open now: it is opened again after whatever breaks it. */
  readonly opened: OpenTarget
}

/** A session that broke something: `target` and `edits` are what a file in `found/` holds. */
export interface Finding {
  readonly target: string
  readonly edits: readonly Edit[]
  readonly why: string
}

export interface FuzzOptions {
  readonly seed: number
  readonly runs: number
  /** Once it says so no more sessions are run. */
  readonly isOver?: () => boolean
}

/** Runs sessions of this target with edits drawn from the seed, until one breaks something. */
export async function fuzz(
  target: Target,
  opened: OpenTarget,
  { seed, runs, isOver = () => false }: FuzzOptions,
): Promise<Fuzzed> {
  const unhandled = unhandledErrors()
  let now = opened
  // Else a session that breaks something for good would shrink to one that breaks nothing.
  let isBroken = false
  const sums = { runs: 0, messages: 0, changed: 0, slowestMs: 0 }
  const property = fc.asyncProperty(editsOf(opened.messages), async edits => {
    if (isOver()) return
    const beganMs = performance.now()
    if (isBroken) now = await again()
    isBroken = true
    const { messages, changed } = await now.run(edits)
    await unhandled.none()
    isBroken = false
    sums.runs++
    sums.messages += messages
    sums.changed += changed
    sums.slowestMs = Math.max(sums.slowestMs, performance.now() - beganMs)
  })
  async function again(): Promise<OpenTarget> {
    await now.close().catch(() => undefined)
    unhandled.forget()
    return target.open()
  }

  try {
    const details = await fc.check(property, { seed, numRuns: runs, endOnFailure: false })
    const [edits] = details.counterexample ?? []
    const why = String(details.errorInstance instanceof Error ? details.errorInstance.stack : details.errorInstance)
    if (isBroken) now = await again()
    return { name: target.name, ...sums, opened: now, finding: edits && { target: target.name, edits, why } }
  } finally {
    unhandled.close()
  }
}
