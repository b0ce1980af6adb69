import type { CallJournal } from '../conversation/lines.ts'
import type { Clock, LanguageModel, ToolSet } from '../conversation/ports.ts'
import { within } from '../conversation/scope.ts'
import type { Summarise } from '../conversation/summary/summing-up.ts'
import type { CallerFacts, Remembered } from './caller-facts.ts'
import { memoryTools, specs } from './memory-tools.ts'
import { factsInWords } from './memory-words.ts'
import { summariser } from './summariser.ts'

/** What an agent's author wants of its memory. */
export interface MemoryOfAgent {
  readonly callers?: boolean
  readonly summary?: false | { readonly afterTokens: number }
}

export interface MemoryParts {
  readonly facts: CallerFacts
  readonly clock: Clock
  /** IANA. */
  readonly zone: string
  /** Of the agent of this name. */
  readonly memoryOf: (agent: string) => MemoryOfAgent | undefined
}

interface CallParts {
  readonly owner: string
  readonly caller: 'number' | 'hidden-number' | 'browser' | 'rung'
  /** All who may have the call, each in its languages. */
  readonly agents: readonly { readonly name: string }[]
  readonly tools: ToolSet
  readonly note: (noted: Noted) => void
  /** Is told how the caller likes to be spoken to, when the model is told it, and when it is forgotten. */
  readonly onSpeed?: (speed: 'slower' | 'faster' | undefined) => void
}

type Noted = { readonly kind: string; readonly [detail: string]: unknown }

/** The memory of one call. */
export interface CallMemory {
  /** The tools of the call, with those by which a caller is remembered and forgotten, where an agent remembers callers. */
  readonly tools: ToolSet
  /** What this agent's model is told of the caller; undefined where nothing is known, or not yet. */
  readonly context: (agent: string) => string | undefined
  readonly summariser: (model: () => LanguageModel, journal: Pick<CallJournal, 'append'>) => Summarise
}

const AFTER_TOKENS = 6_000
/** The greeting takes longer. What is known later is left out of the call. */
const LOOK_UP_MS = 1_000
const UNREACHABLE = 'Not done: what is remembered of callers cannot be reached just now. Say so, and go on without it.'

/** Begins to look up what is remembered of the caller, and does not wait for it. Only a number is known again. */
export function memoryOfCall(call: CallParts, { facts, clock, zone, memoryOf }: MemoryParts): CallMemory {
  const { owner, tools, note, caller } = call
  const names = new Set(call.agents.map(({ name }) => name))
  const agents = [...names].filter(name => memoryOf(name)?.callers === true)
  const afterTokensOf = (agent: string): number | undefined => {
    const summary = memoryOf(agent)?.summary
    return summary === false ? undefined : (summary?.afterTokens ?? AFTER_TOKENS)
  }
  const summing: Pick<CallMemory, 'summariser'> = {
    summariser: (model, journal) => summariser({ model, clock, journal, afterTokensOf }),
  }
  if (caller !== 'number' || agents.length === 0) return { ...summing, tools, context: () => undefined }

  let known: Remembered['facts'] = []
  let words: string | undefined
  let isTold = false
  let isForgotten = false
  const own = memoryTools({
    ...{ facts, clock, note },
    onForgotten() {
      isForgotten = true
      call.onSpeed?.(undefined)
    },
  })
  const ownSpecs = specs(agents)

  async function lookUp(): Promise<void> {
    const never = new AbortController().signal
    try {
      const found = await within(LOOK_UP_MS, 'looking up the caller', clock, () => facts.of(owner), never)
      known = found.facts
      words = known.length > 0 ? factsInWords(known, zone) : undefined
      // Who calls again is remembered for longer; where that cannot be written, until the next call.
      if (found.consent !== 'unasked') await facts.seen(owner, clock.wallTime()).catch(() => undefined)
    } catch (error) {
      note({ kind: 'memory-late', why: String(error) })
    }
  }
  void lookUp()

  return {
    ...summing,
    tools: {
      get specs() {
        return [...tools.specs.filter(({ name }) => own[name] === undefined), ...ownSpecs]
      },
      async run(asked, context, signal) {
        const run = agents.includes(context.agent) ? own[asked.name] : undefined
        if (!run) return tools.run(asked, context, signal)
        try {
          return await run(asked, context)
        } catch (error) {
          note({ kind: 'tool-failed', tool: asked.name, why: String(error) })
          return { kind: 'done', text: UNREACHABLE }
        }
      },
      remember: (callId, made) => tools.remember?.(callId, made),
    },
    context(agent) {
      if (words === undefined || isForgotten || !agents.includes(agent)) return undefined
      // Without the facts: the journal outlives them, where the caller wants them forgotten.
      if (!isTold) {
        note({ kind: 'memory-told', facts: known.map(({ about, saidAt }) => ({ about, saidAt })) })
        const speed = known.find(({ about }) => about === 'speed')?.text
        if (speed === 'slower' || speed === 'faster') call.onSpeed?.(speed)
      }
      isTold = true
      return words
    },
  }
}
