import type { Course } from './course.ts'

/** When the caller has gone the call is over after this: a tool that changes something may take that long. */
const MOST_MS = 20_000

/** Every call ends, soon after the caller has left, without an error, and gives up its line once. */
export function theCallEnds({ overMs, leftMs, error, closed, state }: Course): readonly string[] {
  if (error !== undefined) return [`converse threw ${error instanceof Error ? error.stack : String(error)}`]
  if (overMs === undefined) return ['the call never ended']
  const wrong: string[] = []
  if (overMs - leftMs > MOST_MS) wrong.push(`the call ended ${overMs - leftMs} ms after the caller had gone`)
  if (state?.turn.kind !== 'ended') wrong.push(`the call ended in ${state?.turn.kind}`)
  if (closed.length !== 1) wrong.push(`the line was given up ${closed.length} times`)
  return wrong
}
