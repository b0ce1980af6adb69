import type { FlowDefinition, Values } from './steps.ts'

/** What is noted for a step. All of it is JSON. */
export interface Note {
  /** null: the caller has none, and need not have any. */
  readonly value: unknown
  /** The words that gave it: models repeat them. */
  readonly words: string
  /** What is asked while a part is missing. */
  readonly lacks?: string
  /** It needs no reading back, or the caller said that it is right. */
  readonly isRight: boolean
  /** It was in doubt, or refused: it is spelt when it is read back. */
  readonly isCareful: boolean
  /** The caller said that it is wrong, and not yet what is right. */
  readonly isWrong?: true
}

/** What came of the call of a step, or of a secret: `failed` where it was not given. */
export interface Ran {
  /** The arguments, as JSON: with others it is run again. */
  readonly given: string
  readonly kind: 'done' | 'failed' | 'unknown'
  readonly data?: unknown
  /** Why it was not done, in words that can be said. */
  readonly why?: string
}

/** How far a flow is in one call. It is a pure fold of what the model has called with and what functions gave. */
export interface FlowState {
  readonly notes: Readonly<Record<string, Note>>
  /** How often in a row words for a step were not understood. */
  readonly tries: Readonly<Record<string, number>>
  /** Confirming steps, with the values to which the caller agreed, as JSON. */
  readonly agreed: Readonly<Record<string, string>>
  /** Confirming steps with the values to which the caller said no. */
  readonly refused: Readonly<Record<string, string>>
  readonly ran: Readonly<Record<string, Ran>>
  /** Steps that have said what they say. */
  readonly said: readonly string[]
  /** What the caller was last asked. */
  readonly open: Place | undefined
  readonly isStuck: boolean
  readonly over: 'no' | 'left' | 'ended'
}

/** Where a flow waits, or what is to be done next. */
export type Place =
  | { readonly kind: 'ask' | 'more' | 'right' | 'wrong' | 'task' | 'confirm' | 'change'; readonly step: string }
  | { readonly kind: 'secret' | 'run' | 'hand-off' | 'end'; readonly step: string }

export const NEW: FlowState = {
  notes: {},
  tries: {},
  agreed: {},
  refused: {},
  ran: {},
  said: [],
  open: undefined,
  isStuck: false,
  over: 'no',
}

/** The values of these steps. Parts count: a confirmation comes only where everything is whole. */
export function valuesOf({ notes, ran }: FlowState, path: readonly string[]): Values {
  const known = path.flatMap(step => {
    const note = notes[step]
    if (note !== undefined) return [[step, note.value] as const]
    const result = ran[step]
    return result?.kind === 'done' ? [[step, result.data] as const] : []
  })
  return Object.fromEntries(known)
}

/** The arguments of a call step, as they are now. */
export function givenTo(step: string, { steps }: FlowDefinition, values: Values): Readonly<Record<string, unknown>> {
  const call = steps[step]
  if (call?.kind !== 'call') return {}
  const all = Object.keys(call.tool.parameters.shape).map(name => [name, values[call.with?.[name] ?? name]] as const)
  return Object.fromEntries(all.filter(([, value]) => value !== undefined && value !== null))
}
