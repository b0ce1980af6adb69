import type { Course } from './course.ts'

/** The longest time from the caller's leaving to the end: a tool that changes something may take that long. */
const MOST_MS = 20_000

/** Every call ends soon after the caller has left, without an error, and closes its line once. */
export function theCallEnds({ overMs, leftMs, error, closed, state }: Course): readonly string[] {
  if (error !== undefined) return [`converse threw ${error instanceof Error ? error.stack : String(error)}`]
  if (overMs === undefined) return ['the call never ended']
  const wrong: string[] = []
  if (overMs - leftMs > MOST_MS) wrong.push(`the call ended ${overMs - leftMs} ms after the caller had gone`)
  if (state?.turn.kind !== 'ended') wrong.push(`the call ended in ${state?.turn.kind}`)
  if (closed.length !== 1) wrong.push(`the line was closed ${closed.length} times`)
  return wrong
}
