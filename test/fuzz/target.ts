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
