import { listening } from './enter.ts'
import type { Rules, Turn } from './turn.ts'

/** Somebody joined beside the caller. The caller is told as soon as neither of both has the word. */
export function joined(turn: Exclude<Turn, { kind: 'ended' }>, atMs: number, rules: Rules): Turn {
  const context = { ...turn.context, joined: true }
  return turn.kind === 'listening'
    ? listening(context, atMs, rules, turn.prompted, turn.idle.dueMs)
    : { ...turn, context }
}
