import type { Edit } from './mutation/edit.ts'

/** What came of one session. */
export interface Ran {
  /** Messages of a session in which something was edited. */
  readonly messages: number
  /** How many of them were edited. */
  readonly changed: number
}

/** A part of the server with a session that is as it should be, ready to be run with edits, again and again. */
export interface OpenTarget {
  /** How many messages a session has in which nothing is edited. */
  readonly messages: number
  /** Runs one session. Rejects with what it broke. */
  run(edits: readonly Edit[]): Promise<Ran>
  close(): Promise<void>
}

export interface Target {
  readonly name: string
  open(): Promise<OpenTarget>
}

/** Throws with these words, which say which property does not hold. */
export function holds(isSo: boolean, otherwise: string): asserts isSo {
  if (!isSo) throw new Error(otherwise)
}

/** Throws where the text has a sign that no terminal and no reader of lines should see. */
export function holdsPlain(text: string, what: string): void {
  holds(
    text.isWellFormed() && !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(text),
    `${what} has signs in it: ${JSON.stringify(text.slice(0, 1_000))}`,
  )
}

const MOST_TURNS = 100_000

/** Looks again at each turn of the loop, for longer than anything here takes. */
export async function until(isSo: () => boolean, otherwise: string): Promise<void> {
  for (let turn = 0; !isSo(); turn++) {
    holds(turn < MOST_TURNS, otherwise)
    await new Promise(resolve => setImmediate(resolve))
  }
}
