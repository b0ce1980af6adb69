import type { Language } from '../conversation/language.ts'
import type { Decision, Stream } from '../conversation/lines.ts'
import { MOST_LETTERS } from '../conversation/reply/ask-model.ts'
import { Clauses } from '../conversation/reply/clauses.ts'
import type { Clause as Spoken } from '../conversation/reply/manner-marks.ts'
import type { ConversationState } from '../conversation/state.ts'
import { messagesFor, toldBefore } from '../conversation/told.ts'
import type { HandedOff } from '../conversation/turn/hand-off.ts'
import { languageIn } from '../conversation/turn/languages.ts'
import type { TurnEvent } from '../conversation/turn/turn.ts'

type Clause = Extract<Decision, { kind: 'clause' }>

/** What the model wrote for one part of a reply, cut anew. */
interface Part {
  readonly cutter: Clauses
  text: string
  calls: number
  /** The model has written all of it. */
  isOver: boolean
  /** Clauses that are cut now and were not met in the journal yet. */
  readonly due: Spoken[]
}

/** One reply of the model: what its requests held, and its clauses. */
interface Answer {
  /** How many messages the first request had, with the turn that is answered. Undefined where the history is not known. */
  messages: number | undefined
  /** From this part on the model is told what the reply did: another agent took the call over there, and knows nothing of it. */
  since: number | undefined
  /** It is told nothing of the conversation but the caller's turn. */
  isAlone: boolean
  readonly parts: Map<number, Part>
  written: number
  isCut: boolean
}

/** Follows the model's answers through a journal, and makes of them anew what was decided then. */
export class ModelAnswers {
  readonly #answers = new Map<number, Answer>()
  /** The one in which the call began. */
  readonly #language: Language
  readonly #knowsHistory: boolean
  readonly #mostLetters: number

  constructor(language: Language, knowsHistory: boolean, mostLetters = MOST_LETTERS) {
    this.#mostLetters = mostLetters
    this.#language = language
    this.#knowsHistory = knowsHistory
  }

  /** How many messages the model is asked with. Undefined where that is not known. */
  asked(reply: number, part: number, state: ConversationState): number | undefined {
    const answer = this.#answer(reply, state)
    if (answer.messages === undefined) return undefined
    const { since = Number.NEGATIVE_INFINITY } = answer
    const before = [...answer.parts].filter(([other]) => other < part && other >= since)
    const said = ([other, { text, calls }]: readonly [number, Part]): number =>
      (text === '' || other === since ? 0 : 1) + calls
    return before.reduce((sum, one) => sum + said(one), answer.isAlone ? 1 : answer.messages)
  }

  /**
   * Takes what the model wrote. Returns the clauses of what it had written before that were never said, though all that
   * it writes is cut before more is read.
   */
  wrote(input: Extract<Stream, { kind: 'delta' | 'model-answered' }>, state: ConversationState): readonly Clause[] {
    const answer = this.#answer(input.reply, state)
    const part = this.#part(answer, input.part, state)
    const missing = takeAll(input.reply, input.part, part)
    if (input.kind === 'model-answered') {
      this.#end(answer, part)
      return missing
    }
    const text = input.text.slice(0, Math.max(0, this.#mostLetters - answer.written))
    part.text += text
    answer.written += text.length
    for (const ready of part.cutter.push(text)) part.due.push(...ready)
    return missing
  }

  /** The next clause of this part as it is cut now. Undefined if there is none. */
  said({ reply, part: number }: Clause, state: ConversationState): Clause | undefined {
    const answer = this.#answer(reply, state)
    const part = this.#part(answer, number, state)
    // Older journals do not tell where the model's answer ended: a clause that is left over tells.
    if (part.due.length === 0) this.#end(answer, part)
    const due = part.due.shift()
    return due && { kind: 'clause', reply, part: number, ...due }
  }

  /** Nothing more is read of this reply than its last whole clause. */
  cut(reply: number): void {
    const answer = this.#answers.get(reply)
    if (answer) answer.isCut = true
  }

  /** Takes an event of a reply. Returns the clauses that should have been said by then and were not. */
  took(event: TurnEvent, state: ConversationState): readonly Clause[] {
    if (!('reply' in event)) return []
    const { reply } = event
    if (event.kind === 'tool-called') {
      const answer = this.#answer(reply, state)
      const part = this.#part(answer, event.part, state)
      part.calls++
      return this.#finish(reply, answer, part, event.part)
    }
    const answer = this.#answers.get(reply)
    if (answer && event.kind === 'hand-off') {
      answer.isAlone = event.history === 'none'
      if (answer.isAlone) answer.since = event.part
      else answer.messages = this.#told(reply, state, event)
    }
    if (event.kind !== 'reply-done' || !answer) return []
    return [...answer.parts].flatMap(([number, part]) => this.#finish(reply, answer, part, number))
  }

  #finish(reply: number, answer: Answer, part: Part, number: number): readonly Clause[] {
    this.#end(answer, part)
    return takeAll(reply, number, part)
  }

  #end(answer: Answer, part: Part): void {
    if (part.isOver) return
    part.isOver = true
    part.due.push(...part.cutter.rest(answer.isCut))
  }

  #answer(reply: number, state: ConversationState): Answer {
    const known = this.#answers.get(reply)
    if (known) return known
    const messages = this.#told(reply, state, state.turn.context.handedOff)
    const answer: Answer = { messages, since: undefined, isAlone: false, parts: new Map(), written: 0, isCut: false }
    this.#answers.set(reply, answer)
    return answer
  }

  /** How many messages tell of the conversation up to the turn that this reply answers, to the agent that has the call. */
  #told(reply: number, state: ConversationState, handedOff: HandedOff | undefined): number | undefined {
    if (!this.#knowsHistory) return undefined
    const { turn } = state
    const resumed = 'reply' in turn && turn.reply.id === reply && turn.reply.resumed ? turn.reply : undefined
    if (resumed) return messagesFor(state, resumed, this.#language, handedOff).length
    // What is interpreted is told alone.
    if ('reply' in turn && turn.reply.id === reply && turn.reply.content.kind === 'relay') return 1
    return toldBefore(state, reply, handedOff).length + 1
  }

  #part(answer: Answer, number: number, { turn }: ConversationState): Part {
    const known = answer.parts.get(number)
    if (known) return known
    const language = languageIn(turn.context, this.#language)
    const part: Part = { cutter: new Clauses(language), text: '', calls: 0, isOver: false, due: [] }
    answer.parts.set(number, part)
    return part
  }
}

const takeAll = (reply: number, part: number, { due }: Part): readonly Clause[] =>
  due.splice(0).map(clause => ({ kind: 'clause', reply, part, ...clause }))
