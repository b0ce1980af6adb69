import type { Message } from '../conversation/ports.ts'
import { seeded } from '../sandbox/chance.ts'
import type { Hearing } from './callers-voice.ts'
import type { Mind } from './mind.ts'
import { flagsOf } from './partly.ts'

/** What a caller says where no model plays them: in this order, or when the agent has said something. */
export type Step = string | { readonly when: RegExp; readonly say: string }

/** How long a simulated caller waits before it speaks again. */
export type Patience = 'long' | 'usual' | 'short'

/** A simulated caller. */
export interface Persona {
  /** In a few words: "Ada, 80, hard of hearing, in no hurry". Also the name of the test case. */
  readonly who: string
  /** What they want, as a model is told that plays them: "order two margheritas and hear the price". */
  readonly goal: string
  /** What they say where no model plays them. */
  readonly steps?: readonly Step[]
  /** With short patience they talk over long answers and soon give up. Default: usual. */
  readonly patience?: Patience
  /** What the agent's ears make of words of theirs: `{ three: 'tree' }`. */
  readonly accent?: Readonly<Record<string, string>>
  /** How loud it is around them: 0 (still, the default) to 1. Words are missed, and there are sounds that are no words. */
  readonly noise?: number
}

/** What a caller does next. */
export type Act =
  | { readonly kind: 'say'; readonly words: string }
  /** `open`: what they wanted and did not get. */
  | { readonly kind: 'hang-up'; readonly open?: string }

/** The turns after which they give up, and the words of one answer after which they talk over it. */
export const PATIENCE: Readonly<Record<Patience, { readonly turns: number; readonly words?: number }>> = {
  long: { turns: 30 },
  usual: { turns: 15 },
  short: { turns: 8, words: 12 },
}

/** At the loudest, one word of so many is missed. */
const MISSED = 0.25

/** Throws an Error for what is no persona. */
export function checkPersona({ who, goal, noise = 0 }: Persona): void {
  if (who.trim() === '' || goal.trim() === '') throw new Error('persona: say who they are, and their goal')
  if (!(noise >= 0 && noise <= 1)) throw new Error(`persona: noise is between 0 and 1, not ${noise}`)
}

/** How this caller's words reach the agent. */
export function hearingOf({ accent = {}, noise = 0 }: Pick<Persona, 'accent' | 'noise'>, seed: number): Hearing {
  const chance = seeded(seed)
  const heard = new Map(Object.entries(accent).map(([word, as]) => [word.toLowerCase(), as]))
  return {
    heardAs(word) {
      if (noise > 0 && chance() < noise * MISSED) return undefined
      const [, before = '', bare = '', after = ''] = /^([^\p{L}\p{N}]*)(.*?)([^\p{L}\p{N}]*)$/u.exec(word) ?? []
      const as = heard.get(bare.toLowerCase())
      return as === undefined ? word : `${before}${as}${after}`
    },
  }
}

/** Decides by itself, or by a model, what the caller does next. */
export interface CallersMind {
  /** `heard`: what the agent has said since they spoke. */
  next(heard: string): Promise<Act>
  /** What they still have to say, where the call ends before. */
  unsaid(): readonly string[]
}

/** A caller who says their steps. Throws an Error where there are none. */
export function byItsSteps({ who, steps = [] }: Persona): CallersMind {
  if (steps.length === 0)
    throw new Error(`The caller "${who}" has no steps, and no model plays them: give steps, or callers: 'settings'.`)
  const left = [...steps]
  return {
    unsaid: () => left.filter(step => typeof step === 'string'),
    async next(heard) {
      const fits = (step: Step): boolean =>
        typeof step !== 'string' && new RegExp(step.when.source, flagsOf(step.when)).test(heard)
      const answer = left.findIndex(fits)
      const index = answer >= 0 ? answer : left.findIndex(step => typeof step === 'string')
      const [step] = index < 0 ? [] : left.splice(index, 1)
      if (step === undefined) return { kind: 'hang-up' }
      return { kind: 'say', words: typeof step === 'string' ? step : step.say }
    },
  }
}

const HANG_UP = /\[(done|given up)(?::\s*([^\]]*))?\]/i

/** A caller whom a model plays. */
export function byModel({ who, goal }: Persona, mind: Mind): CallersMind {
  const history: Message[] = []
  const instructions = `You play a person who makes a telephone call. You are: ${who}. You want to: ${goal}.
Say only what this person says next: one or two short spoken sentences, in the language of whoever answers. Never speak for them, and never say that you are a model.
Answer what you are asked; invent ordinary details, and keep to them. What you want is done only when you have heard that it is.
When it is done, say goodbye and write [done]. When you cannot get it here, write [given up: why].`
  return {
    unsaid: () => [],
    async next(heard) {
      // Who answers the call is the "caller" to whoever plays its caller.
      history.push({ role: 'caller', text: heard === '' ? '(silence)' : heard })
      const text = await mind.ask(instructions, history)
      history.push({ role: 'agent', text, interrupted: false })
      const end = HANG_UP.exec(text)
      if (end) return { kind: 'hang-up', ...(end[1]?.toLowerCase() !== 'done' && { open: end[2] || 'no reason' }) }
      return { kind: 'say', words: text.replace(/[*_`#[\]]/g, '') }
    },
  }
}
