import type { JournalLine } from '../../conversation/lines.ts'
import type { Turn, TurnEvent } from '../../conversation/turn/turn.ts'

/** What was said so far in one segment. A later caption of the same segment replaces it. */
export interface Caption {
  readonly segment: string
  readonly speaker: 'caller' | 'agent'
  readonly text: string
  readonly isFinal: boolean
  /** The agent was cut off: the text is what was heard. */
  readonly isInterrupted: boolean
}

/** What the agent does, in LiveKit's words for it (`lk.agent.state`). */
export type AgentState = 'listening' | 'thinking' | 'speaking'

/** What a line of the journal changes for those who read along. */
export interface ReadAlong {
  readonly captions: readonly Caption[]
  readonly state: AgentState | undefined
  /** A tool has run, so what a page shows may be old. */
  readonly hasToolRun: boolean
}

/** Makes captions and the agent's state of a call's journal, line by line. */
export class Captions {
  readonly #prefix: string
  #callerSegments = 0
  #agent: Caption | undefined
  #turn: Turn | undefined
  #isSounding = false
  #state: AgentState | undefined

  /** `prefix` makes the segments' names differ from those of another stretch of the same conversation. */
  constructor(prefix: string) {
    this.#prefix = prefix
  }

  take(line: JournalLine): ReadAlong {
    if ('started' in line) this.#turned(line.started.turn)
    if ('decided' in line && line.decided.kind === 'turn') this.#turned(line.decided.turn)
    const captions = 'input' in line ? this.#input(line.input) : []
    const state = this.#stateNow()
    const isNew = state !== this.#state
    this.#state = state
    return {
      captions,
      state: isNew ? state : undefined,
      hasToolRun: 'input' in line && line.input.kind === 'tool-result',
    }
  }

  #turned(turn: Turn): void {
    if (replyOf(turn) !== (this.#turn && replyOf(this.#turn))) this.#isSounding = false
    this.#turn = turn
  }

  #input(input: Extract<JournalLine, { input: unknown }>['input']): readonly Caption[] {
    switch (input.kind) {
      case 'words':
        return this.#said(input.text, input.final)
      case 'typed':
        return this.#said(input.text, true)
      case 'reply-sounding':
        this.#isSounding = true
        return []
      case 'heard':
        return this.#heard(input)
      case 'reply-done':
        return this.#agentEnds()
      default:
        return []
    }
  }

  #said(text: string, isFinal: boolean): readonly Caption[] {
    if (text.trim() === '') return []
    const segment = `${this.#prefix}caller-${this.#callerSegments}`
    if (isFinal) this.#callerSegments++
    return [{ segment, speaker: 'caller', text: text.trim(), isFinal, isInterrupted: false }]
  }

  #heard({ reply, part, text, cut }: Extract<TurnEvent, { kind: 'heard' }>): readonly Caption[] {
    const segment = `${this.#prefix}agent-${reply}-${part}`
    const before = this.#agent?.segment === segment ? [] : this.#agentEnds()
    if (text === '') return before
    const caption: Caption = { segment, speaker: 'agent', text, isFinal: cut, isInterrupted: cut }
    this.#agent = cut ? undefined : caption
    return [...before, caption]
  }

  #agentEnds(): readonly Caption[] {
    const last = this.#agent
    this.#agent = undefined
    return last ? [{ ...last, isFinal: true }] : []
  }

  #stateNow(): AgentState {
    switch (this.#turn?.kind) {
      case 'replying':
      case 'yielding':
        return this.#isSounding ? 'speaking' : 'thinking'
      case 'ended':
      case 'listening':
      case 'hearing':
      case 'settling':
      case undefined:
        return 'listening'
    }
  }
}

const replyOf = (turn: Turn): number | undefined =>
  turn.kind === 'replying' || turn.kind === 'yielding' ? turn.reply.id : undefined
