import type { z } from 'zod'
import type { SecretAsked, TakenSecret } from '../../conversation/secret-asked.ts'
import type { AgentLanguage } from '../agent-languages.ts'

/** Whom a function has rung: the number in E.164, the agent that holds the call, the language in which it begins. */
export interface WhomToRing {
  readonly number: string
  readonly agent: string
  readonly language?: string
}

/** What a function is told by the server. No word of the caller or of the model changes it. */
export interface ToolCallContext {
  readonly callId: string
  /** Whose call it is: the caller's number, or a random name where it is not known. */
  readonly owner: string
  /** BCP 47. */
  readonly language: string
  /** The same when one change is asked for again, so that it can be made once; nothing for a function that only reads. */
  readonly idempotencyKey?: string
  /** When it is called, by the server's clock. */
  readonly at: Date
  /** The caller's turns that the model was told, the latest last: a model may pass what nobody has said. */
  readonly said?: readonly string[]
  /** What became of the secret that the function wanted when it ran before. */
  readonly taken?: TakenSecret
  /**
   * Rings somebody beside this call, which ends the ringing with its own end. Resolves with `rings`, or in plain words why
   * nobody is rung. What comes of it the model is told. Undefined where nobody can be rung (`RING_OUT_FROM`).
   */
  readonly ringOut?: (
    whom: WhomToRing,
  ) => Promise<{ readonly kind: 'rings' } | { readonly kind: 'not-rung'; readonly why: string }>
}

/** What a function gives back. Anything else it returns is data, which the model puts into words. */
export type ToolAnswer =
  | { readonly kind: 'say'; readonly words: string; readonly data?: unknown }
  | {
      readonly kind: 'hand-off'
      readonly to: string
      /** What the other agent's model is told, such as what was found out. */
      readonly brief?: string
      readonly history?: 'whole' | 'none'
    }
  /** `brief`: what staff should know, in the call's journal. */
  | { readonly kind: 'to-person'; readonly brief?: string }
  | { readonly kind: 'failed'; readonly why: string }
  /** Of flows: the caller is asked for something secret, and then the function runs again. The model is told `data`. */
  | { readonly kind: 'secret'; readonly asked: SecretAsked; readonly data: unknown }

/** Marks what the functions below make: data from elsewhere that look like it are data. The same in each copy of this module. */
const ANSWER = Symbol.for('partyline.tool-answer')
const marked = (answer: ToolAnswer): ToolAnswer => Object.defineProperty(answer, ANSWER, { value: true })
/** Whether a tool's function gave one of these answers, and not plain data. */
export const isToolAnswer = (given: unknown): given is ToolAnswer =>
  typeof given === 'object' && given !== null && ANSWER in given

/** The very words are said, and the model is not asked again. `data` is what it is told of them later. */
export const say = (words: string, data?: unknown): ToolAnswer =>
  marked({ kind: 'say', words, ...(data !== undefined && { data }) })

/** Another agent takes over, in this turn. */
export const handOff = (
  to: string,
  options: { readonly brief?: string; readonly history?: 'whole' | 'none' } = {},
): ToolAnswer => marked({ kind: 'hand-off', to, ...options })

/** The caller is told so and put through to a person, as by TRANSFER_NUMBER. Where none can be reached the model says so. */
export const toPerson = (brief?: string): ToolAnswer =>
  marked({ kind: 'to-person', ...(brief !== undefined && { brief }) })

/** It was not done. `why` is told to the model in words that may be said to the caller. */
export const failed = (why: string): ToolAnswer => marked({ kind: 'failed', why })

/** Asks the caller for something secret, which reaches its `take` alone. Of flows. */
export const askSecret = (asked: SecretAsked, data: unknown): ToolAnswer => marked({ kind: 'secret', asked, data })

/** A function that the model may call. */
export interface FunctionTool<Given extends z.ZodObject = z.ZodObject> {
  /** Letters, digits and _. */
  readonly name: string
  /** What it is for, in words for the model. */
  readonly description: string
  /** Its arguments. Others than these never reach the function. */
  readonly parameters: Given
  /**
   * `reads` may run twice, and stops when the caller speaks. `changes` is written to the journal first, runs at most once,
   * and goes on when the caller speaks.
   */
  readonly does: 'reads' | 'changes'
  /** Said while it is slow, such as "I am looking it up." */
  readonly filler?: string
  readonly fillers?: Partial<Readonly<Record<AgentLanguage, string>>>
  /**
   * The caller is asked first, and it runs on their yes. `ask` has `{words}` once and ends with a question mark: "Order
   * {words}?"; `words` says what would be done: "two margheritas to go".
   */
  readonly confirm?: {
    readonly ask: string
    readonly in?: Partial<Readonly<Record<AgentLanguage, string>>>
    words(given: z.infer<Given>): string
  }
  /** Default 5,000, at most 7,500. */
  readonly limitMs?: number
  /** What it reads is kept for so long. */
  readonly cacheMs?: number
  /** A change that is asked for again within this time, with the same arguments and no other in between, is not made again. Default: 60,000. */
  readonly onceMs?: number
  /**
   * A call that another server held goes on here: these calls of this tool were made there, in this order. For functions
   * that keep something of a call. Calls that were refused or failed are not among them. `result` is what the model was told.
   */
  remember?(given: z.infer<Given>, call: Pick<ToolCallContext, 'callId'> & { readonly result?: string }): void
  /** Cancels when the call ends, its time is over, or, if it only reads, when the caller speaks. */
  run(given: z.infer<Given>, call: ToolCallContext, signal: AbortSignal): unknown
}

/** Types a function by its parameters. */
export const tool = <Given extends z.ZodObject>(definition: FunctionTool<Given>): FunctionTool<Given> => definition
