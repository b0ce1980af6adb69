import { z } from 'zod'
import type { About } from './collector.ts'
import type { FlowState, Place, Ran } from './state.ts'
import type { FlowDefinition, Values } from './steps.ts'
import { walk } from './walk.ts'

const MOST_VALUES = 700
const MOST_OUTCOMES = 500

/** What another server must know to make the same of a call: when and in which language it was made, and what functions gave. */
const made = z.object({
  at: z.string().max(40),
  in: z.string().max(10),
  ran: z
    .record(
      z.string(),
      z.object({
        kind: z.enum(['done', 'failed', 'unknown']),
        data: z.unknown().optional(),
        why: z.string().optional(),
      }),
    )
    .optional(),
  unsaid: z.array(z.string()).optional(),
  turn: z.string().optional(),
  asked: z.string().optional(),
})

/** What was understood so far, also of questions that are still to come. */
function notedIn({ notes }: FlowState): unknown {
  return bounded(Object.fromEntries(Object.entries(notes).map(([name, { value }]) => [name, value])))
}

/** What came of it: the values of the way that was taken. */
function valuesAsText(flow: FlowDefinition, state: FlowState): string {
  const values = Object.entries(walk(flow, state).values).filter(
    ([name]) => !['call', 'secret'].includes(flow.steps[name]?.kind ?? ''),
  )
  return JSON.stringify(bounded(Object.fromEntries(values)))
}

function bounded(values: Values): unknown {
  const text = JSON.stringify(values)
  return text.length > MOST_VALUES ? `${text.slice(0, MOST_VALUES)}…` : values
}

const waits = (place: Place): string => {
  switch (place.kind) {
    case 'ask':
    case 'more':
    case 'task':
      return place.step
    case 'right':
    case 'confirm':
      return 'right'
    case 'wrong':
      return place.step
    case 'change':
      return 'what_to_change'
    case 'secret':
    case 'run':
    case 'hand-off':
    case 'end':
      return 'nothing'
  }
}

/** What functions gave. A result has a bound in all: of too much, no more is told than that it was done. */
function outcomesOf(ran: Readonly<Record<string, Ran>>): Readonly<Record<string, Omit<Ran, 'given'>>> | undefined {
  const all = Object.entries(ran).map(([name, { given: _, ...outcome }]) => [name, outcome] as const)
  if (all.length === 0) return undefined
  const outcomes = Object.fromEntries(all)
  if (JSON.stringify(outcomes).length <= MOST_OUTCOMES) return outcomes
  return Object.fromEntries(all.map(([name, { kind }]) => [name, { kind }]))
}

/** What was understood of a call, and what came of it. */
interface ToldParts {
  readonly about: About
  readonly unsaid: readonly string[]
  readonly turn: string | undefined
  readonly ran: Readonly<Record<string, Ran>>
  /** The step whose secret the caller was asked for before it. */
  readonly asked: string | undefined
}

function madeOf({ about, unsaid, turn, ran, asked }: ToldParts) {
  const outcomes = outcomesOf(ran)
  return {
    ...{ at: about.now.toISOString(), in: about.language.code },
    ...(outcomes && { ran: outcomes }),
    ...(unsaid.length > 0 && { unsaid }),
    ...(turn !== undefined && { turn: turn.normalize('NFKC') }),
    ...(asked !== undefined && { asked }),
  }
}

/** What the model is told of a flow besides the words for the caller. */
export const toldOf = {
  values: valuesAsText,
  now(flow: FlowDefinition, state: FlowState, place: Place, parts: ToldParts) {
    const { unsaid } = parts
    const step = flow.steps[place.step]
    return {
      made: madeOf(parts),
      noted: notedIn(state),
      waits_for: waits(place),
      ...(unsaid.length > 0 && {
        not_noted: `The caller has not said this: ${unsaid.join(', ')}. Pass only words of theirs.`,
      }),
      ...(step?.kind === 'task' && { now: step.instructions }),
      ...(step?.kind === 'secret' && {
        now: 'Only this tool hears it. If the caller says something else first, answer, and call it again to ask for it. Never let them tell it to you.',
      }),
      ...(step?.kind === 'end' &&
        step.say === undefined && { now: 'It is finished. Tell the caller so in a few words.' }),
    }
  },
  left: (flow: FlowDefinition, state: FlowState, parts: ToldParts) => ({
    made: madeOf(parts),
    noted: notedIn(state),
    ...(parts.asked !== undefined && {
      not_given: `${parts.asked}: they did not give it, or it was not accepted. Never ask them to say it to you.`,
    }),
    now: `The caller has left ${flow.name}. Go on with what they want. What they said is kept: call it again if they come back to it.`,
  }),
  over: (flow: FlowDefinition, state: FlowState) =>
    `${flow.name} is finished and nothing was changed: ${valuesAsText(flow, state)}. It cannot be changed here any more. For another one, call it with again: true when the caller asks for that.`,
}

export type Made =
  | { readonly kind: 'nothing' }
  | {
      readonly kind: 'made'
      readonly at: Date
      readonly language: string
      readonly ran: Readonly<Record<string, Ran>>
      readonly unsaid: readonly string[]
      readonly turn: string | undefined
      readonly asked: string | undefined
    }

/** What a call made at another server, by the result that the model was told there. */
export function whatWasMade(result: string): Made {
  const from = result.indexOf('{"made":')
  if (from < 0) return { kind: 'nothing' }
  const text = result.slice(from + '{"made":'.length)
  const read = made.safeParse(firstJson(text))
  if (!read.success || Number.isNaN(Date.parse(read.data.at))) return { kind: 'nothing' }
  const ran = Object.entries(read.data.ran ?? {}).map(([name, { kind, data, why }]): [string, Ran] => [
    name,
    { given: '', kind, ...(data !== undefined && { data }), ...(why !== undefined && { why }) },
  ])
  return {
    kind: 'made',
    at: new Date(read.data.at),
    language: read.data.in,
    ran: Object.fromEntries(ran),
    unsaid: read.data.unsaid ?? [],
    turn: read.data.turn,
    asked: read.data.asked,
  }
}

/** The first JSON object of a text, however it goes on. */
function firstJson(text: string): unknown {
  let depth = 0
  let isText = false
  for (let at = 0; at < text.length; at++) {
    const sign = text[at]
    if (sign === '\\') at++
    else if (sign === '"') isText = !isText
    else if (!isText && sign === '{') depth++
    else if (!isText && sign === '}' && --depth === 0) {
      try {
        return JSON.parse(text.slice(0, at + 1))
      } catch {
        return undefined
      }
    }
  }
  return undefined
}
