import type { z } from 'zod'
import type { FunctionTool } from '../agents/author/tool.ts'
import type { Collector, InLanguages } from './collector.ts'
import type { Secret } from './secrets.ts'

/** Values of a flow by the names of the steps that found them: what was collected, results of tasks and of calls. */
export type Values = Readonly<Record<string, unknown>>

/**
 * Words with values in braces: "A {size} pizza". What stands in square brackets is left out where a value in it is
 * missing: "[ with {toppings}]". `{place.number}` is a part of what the call of the step `place` gave.
 */
export type Template = InLanguages

/** Asks the caller for one thing. */
export interface CollectStep {
  readonly kind: 'collect'
  readonly as: Collector
  /** The question. Default: the collector's own. */
  readonly ask?: Template
  /** The caller may have none: "no", "none", "skip it". */
  readonly optional?: true
  readonly next: string
}

/**
 * Asks the caller for something that one function alone may know. What the function gives of it is the step's value, such as a
 * payment's token, and `{card.last4}` a part of that.
 */
export interface SecretStep {
  readonly kind: 'secret'
  readonly as: Secret
  readonly next: string
  /** Where it leads when the caller does not give it, or it was wrong too often. Default: the flow is left, or stuck. */
  readonly otherwise?: string
}

/** A stretch of free talk, held by the model, that ends with a typed result: a small agent among others in a row. */
export interface TaskStep {
  readonly kind: 'task'
  /** For the model: what to find out, and how to talk meanwhile. */
  readonly instructions: string
  readonly result: z.ZodObject
  readonly next: string
}

/** Asks for a yes to everything so far, before a step that does something. After a no the caller says what to change. */
export interface ConfirmStep {
  readonly kind: 'confirm'
  /** A question: "A {size} pizza. Shall I order it?" */
  readonly ask: Template
  readonly next: string
  /** Where a plain no leads. Default: the caller is asked what to change. */
  readonly no?: string
}

/** Goes on by a value. */
export interface BranchStep {
  readonly kind: 'branch'
  /** The name of a step that collects a choice, a yes or a no; or a pure function of all values that gives one of the ways. */
  readonly on: string | ((values: Values) => string)
  /** The next step for each value; for a yes or a no `true` and `false`. */
  readonly to: Readonly<Record<string, string>>
  readonly otherwise?: string
}

/** Runs a function. */
export interface CallStep {
  readonly kind: 'call'
  readonly tool: FunctionTool
  /** The arguments, by the names of the steps that have them. Default: those of the same names. */
  readonly with?: Readonly<Record<string, string>>
  readonly next: string
  /** Where it leads when it was not done. Default: the caller hears why, and is asked what to change. */
  readonly failed?: string
}

/** Says something, once. */
export interface SayStep {
  readonly kind: 'say'
  readonly say: Template
  readonly next: string
}

/** Gives the call to another agent. */
export interface HandOffStep {
  readonly kind: 'hand-off'
  readonly to: string
  /** What the other agent's model is told. Default: all values. */
  readonly brief?: Template
  readonly history?: 'whole' | 'none'
}

/** The flow is over. */
export interface EndStep {
  readonly kind: 'end'
  /** The very words. Without them the model closes the matter. */
  readonly say?: Template
}

/** One step of a flow. */
export type Step =
  | CollectStep
  | SecretStep
  | TaskStep
  | ConfirmStep
  | BranchStep
  | CallStep
  | SayStep
  | HandOffStep
  | EndStep

/** A flow as data. */
export interface FlowDefinition {
  /** Small letters, digits and _; the model calls its tool by this name. */
  readonly name: string
  /** For the model: what it is for, and when it begins, such as "the caller wants to order a pizza". */
  readonly about: string
  /** The name of the first step. */
  readonly start: string
  /** By their names: small letters, digits and _. */
  readonly steps: Readonly<Record<string, Step>>
  /** Where it goes on when words for one thing were not understood three times. Default: the caller may stop, or try on. */
  readonly stuck?: string
}

export const NOT_GIVEN = 'not given'

/** The steps that a step can lead to, with the reason where there are several. */
export function waysOf(step: Step): readonly { readonly to: string; readonly why?: string }[] {
  switch (step.kind) {
    case 'collect':
    case 'task':
    case 'say':
      return [{ to: step.next }]
    case 'secret':
      return [
        { to: step.next, ...(step.otherwise !== undefined && { why: 'given' }) },
        ...(step.otherwise === undefined ? [] : [{ to: step.otherwise, why: NOT_GIVEN }]),
      ]
    case 'confirm':
      return [
        { to: step.next, ...(step.no !== undefined && { why: 'yes' }) },
        ...(step.no === undefined ? [] : [{ to: step.no, why: 'no' }]),
      ]
    case 'branch':
      return [
        ...Object.entries(step.to).map(([why, to]) => ({ to, why })),
        ...(step.otherwise === undefined ? [] : [{ to: step.otherwise, why: 'otherwise' }]),
      ]
    case 'call':
      return [{ to: step.next }, ...(step.failed === undefined ? [] : [{ to: step.failed, why: 'not done' }])]
    case 'hand-off':
    case 'end':
      return []
  }
}
