import type { Clock, Delta, Message, Prompt } from '../conversation/ports.ts'
import { flagsOf, shown } from './partly.ts'
import { failWhenDue, type ModelParts, type OpenedModel, type TestModel } from './test-model.ts'
import { resultIn } from './tool-result.ts'

/** A tool that the model calls. */
export interface ScriptedCall {
  readonly kind: 'calls'
  readonly name: string
  readonly arguments: object
}

/** Something that comes after so much of the call's time. */
export interface Late<What> {
  readonly kind: 'takes'
  readonly ms: number
  readonly what: What
}

/** Words, a call of a tool, or a failure; `late` ones come later. */
export type Piece = string | ScriptedCall | Error | Late<string | ScriptedCall | Error>

/** What the model answers to one request: words, a tool that it calls, an error that it fails with, or several in a row. */
export type Answer = Piece | readonly Piece[]

/** What the model is asked. */
export interface Asked {
  /** The caller's last words. */
  readonly words: string
  /** What the tool gave that has just run, or the words that are told of it; undefined where none has. */
  readonly result: unknown
  readonly instructions: string
  readonly history: readonly Message[]
  /** The names of the tools that are offered. */
  readonly tools: readonly string[]
}

/** One answer, and when it fits. */
export interface Rule {
  /** The caller's last words. */
  readonly when?: RegExp
  /** The tool that has just run. A rule without it fits only where none has. */
  readonly after?: string
  readonly answer: Answer | ((asked: Asked) => Answer)
}

/** Rules, of which the first one that fits answers, or the answers one after the other. */
export type Script = readonly Rule[] | readonly Answer[]

/** The model begins to write so long after it was asked, and takes so long for a word. */
const FIRST_MS = 250
const WORD_MS = 20

const isRule = (some: Rule | Answer): some is Rule => typeof some === 'object' && 'answer' in some

/** A model that answers by rules, or in the order of a list. Throws an Error for a script that is neither. */
export function scriptedModel(script: Script): TestModel {
  const all: readonly (Rule | Answer)[] = script
  const rules = all.filter(isRule)
  if (rules.length > 0 && rules.length < all.length)
    throw new Error('scripted: give rules with "answer", or a list of answers in order, but not both')
  const answers = all.filter((some): some is Answer => !isRule(some))
  return { open: parts => (rules.length > 0 ? byRules(rules, parts) : inOrder(answers, parts)) }
}

function byRules(rules: readonly Rule[], parts: ModelParts): OpenedModel {
  const pick = (asked: Asked, ran: string | undefined): Answer => {
    const found = rules.find(
      ({ when, after }) => after === ran && (!when || new RegExp(when.source, flagsOf(when)).test(asked.words)),
    )
    if (found) return typeof found.answer === 'function' ? found.answer(asked) : found.answer
    const to = ran === undefined ? `"${asked.words}"` : `"${asked.words}" after the tool ${ran}`
    const known = rules.map(
      ({ when, after }) =>
        `  ${[after && `after ${after}`, when && `when ${when}`].filter(Boolean).join(' and ') || 'anything'}`,
    )
    throw new Error(`No rule of the scripted model fits ${to}. The rules are:\n${known.join('\n')}`)
  }
  return opened(parts, pick, () => [])
}

/**
 * Each answer that the caller hears, or that does something, is the next one of the list. A draft that was thrown away because
 * the caller went on has used none: the next request gets the same one.
 */
function inOrder(answers: readonly Answer[], parts: ModelParts): OpenedModel {
  /** The requests for each reply. */
  const requests = new Map<number, number>()
  let alone = 0
  let most = 0
  const pick = (asked: Asked, _ran: string | undefined, of: Prompt['of']): Answer => {
    // What is asked for no reply is asked once.
    const reply = of?.reply ?? --alone
    const before = [...requests].filter(([other]) => other !== reply && parts.wasTaken(other))
    const own = requests.get(reply) ?? 0
    const index = before.reduce((sum, [, count]) => sum + count, own)
    requests.set(reply, own + 1)
    most = Math.max(most, index + 1)
    const answer = answers[index]
    if (answer !== undefined) return answer
    const count = answers.length === 1 ? '1 answer' : `${answers.length} answers`
    throw new Error(`The scripted model has ${count}, and was asked for one more, to "${asked.words}".`)
  }
  return opened(parts, pick, () => answers.slice(most).map(shownAnswer))
}

function opened(
  parts: ModelParts,
  pick: (asked: Asked, ran: string | undefined, of: Prompt['of']) => Answer,
  unasked: OpenedModel['unasked'],
): OpenedModel {
  const { clock } = parts.time
  let calls = 0

  function answerTo(prompt: Prompt): readonly Piece[] | Error {
    try {
      const { asked, ran } = askedIn(prompt)
      const answer = pick(asked, ran, prompt.of)
      const pieces: readonly Piece[] = isSeveral(answer) ? answer : [answer]
      for (const piece of pieces) check(piece, asked.tools)
      return pieces
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error))
    }
  }

  return {
    unasked,
    model: {
      async *reply(prompt, signal): AsyncGenerator<Delta> {
        const pieces = answerTo(prompt)
        if (pieces instanceof Error) return failWhenDue(pieces, prompt.of?.reply, parts, signal)
        await clock.sleep(FIRST_MS, signal)
        for (const piece of pieces) {
          const isLate = typeof piece === 'object' && 'kind' in piece && piece.kind === 'takes'
          if (isLate) await clock.sleep(piece.ms, signal)
          const what = isLate ? piece.what : (piece as string | ScriptedCall | Error)
          if (what instanceof Error) throw what
          if (typeof what === 'string') yield* written(what, clock, signal)
          else {
            const call = { id: `scripted-${++calls}`, name: what.name, arguments: JSON.stringify(what.arguments) }
            yield { kind: 'tool-call', call }
          }
        }
      },
    },
  }
}

const isSeveral = (answer: Answer): answer is readonly Piece[] => Array.isArray(answer)

async function* written(text: string, clock: Clock, signal: AbortSignal): AsyncGenerator<Delta> {
  for (const word of text.match(/\s*\S+\s*$|\s*\S+/g) ?? []) {
    yield { kind: 'text', text: word }
    await clock.sleep(WORD_MS, signal)
  }
}

function askedIn({ history, instructions, tools }: Prompt): {
  readonly asked: Asked
  readonly ran: string | undefined
} {
  const last = history.at(-1)
  const caller = history.findLast(message => message.role === 'caller')
  const result = last?.role === 'tool' && last.result !== undefined ? resultIn(last.call.name, last.result) : undefined
  const asked = { words: caller?.text ?? '', result, instructions, history, tools: tools.map(({ name }) => name) }
  return { asked, ran: last?.role === 'tool' ? last.call.name : undefined }
}

function check(piece: Piece, tools: readonly string[]): void {
  const what = typeof piece === 'object' && 'kind' in piece && piece.kind === 'takes' ? piece.what : piece
  if (typeof what !== 'object' || !('kind' in what) || what.kind !== 'calls' || tools.includes(what.name)) return
  const known = tools.length === 0 ? 'it has none' : `it has: ${tools.join(', ')}`
  throw new Error(`The scripted model calls the tool ${what.name}, which the agent does not have; ${known}.`)
}

function shownAnswer(answer: Answer): string {
  const pieces: readonly Piece[] = isSeveral(answer) ? answer : [answer]
  return pieces.map(shownPiece).join(', then ')
}

function shownPiece(piece: Piece): string {
  if (typeof piece === 'string') return JSON.stringify(piece)
  if (piece instanceof Error) return `the error "${piece.message}"`
  if (piece.kind === 'calls') return `calls('${piece.name}', ${shown(piece.arguments)})`
  return `takes(${piece.ms}, ${shownPiece(piece.what)})`
}
