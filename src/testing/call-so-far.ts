import type { Entry } from '../conversation/history.ts'
import type { Language } from '../conversation/language.ts'
import { type CallJournal, isEvent, JOURNAL_VERSION, type JournalLine, type Line } from '../conversation/lines.ts'
import type { Clock, ToolCall } from '../conversation/ports.ts'
import { advance, type ConversationState } from '../conversation/state.ts'
import type { Rules, TurnEvent } from '../conversation/turn/turn.ts'
import { wordsOf } from '../conversation/turn/utterance.ts'
import { transcriptOf } from '../journal/transcript.ts'
import { resultIn } from './tool-result.ts'

/** A tool that the agent has called. One about which the caller was only asked is not among them. */
export interface CalledTool {
  readonly name: string
  /** Undefined where the model wrote no JSON. */
  readonly arguments: unknown
  /** What it gave, or the words that the model was told of it, such as why it was not done; undefined while it runs. */
  readonly result: unknown
}

/** What happened in a call until now, folded from its journal as the journal is written. */
export class CallSoFar implements CallJournal {
  readonly lines: JournalLine[] = []
  /** The replies that were heard, or did something, or came to their end. */
  readonly taken = new Set<number>()
  readonly #clock: Clock
  readonly #startMs: number
  readonly #language: Language
  #rules: Rules | undefined
  #state: ConversationState | undefined
  /** When each entry of the history was there first. */
  readonly #sinceMs = new Map<string, number>()
  readonly #called = new Map<string, { readonly call: ToolCall; readonly result: string | undefined }>()
  readonly #handOffs: { readonly agent: string; told: string; readonly place: string }[] = []
  readonly #troubles: { readonly atMs: number; readonly text: string }[] = []

  constructor(clock: Clock, startMs: number, language: Language) {
    this.#clock = clock
    this.#startMs = startMs
    this.#language = language
  }

  append(line: Line): void {
    const atMs = this.#clock.now() - this.#startMs
    // Through JSON, as a journal on disk: what is undefined is not there.
    const placed: JournalLine = JSON.parse(
      JSON.stringify({ v: JOURNAL_VERSION, seq: this.lines.length + 1, atMs, ...line }),
    )
    this.take(placed)
  }

  /** Takes a line that was written before. */
  take(placed: JournalLine): void {
    this.lines.push(placed)
    if ('started' in placed) {
      this.#rules = { policy: placed.started.policy, language: this.#language }
      this.#state = { turn: placed.started.turn, history: [] }
    } else if ('input' in placed && isEvent(placed.input)) this.#take(placed.input)
    else if ('noted' in placed) this.#note(placed.noted)
  }

  /** What was given to the other person of an interpreted line. */
  get passedOn(): readonly string[] {
    return this.state.history.flatMap(({ message }) => (message.role === 'caller' ? [message.text] : []))
  }

  async commit(): Promise<void> {
    // It is in memory alone.
  }

  #take(event: TurnEvent): void {
    if (!this.#state || !this.#rules) return
    const { turn } = this.#state
    this.#state = advance(this.#state, event, this.#rules)
    if ('reply' in event && 'reply' in turn && turn.reply.id === event.reply) this.taken.add(event.reply)
    for (const entry of this.#state.history) {
      const key = keyOf(entry)
      if (!this.#sinceMs.has(key)) this.#sinceMs.set(key, event.atMs)
    }
    switch (event.kind) {
      case 'tool-called':
        this.#called.set(event.call.id, { call: event.call, result: undefined })
        break
      case 'tool-asked':
        this.#called.delete(event.call.id)
        break
      case 'hand-off':
        this.#handOffs.push({ agent: event.agent, told: '', place: `${event.reply}:${event.part}` })
        break
      case 'tool-result': {
        const given = this.#handOffs.at(-1)
        if (given?.place === `${event.reply}:${event.part}`) given.told = event.result
        const found = this.#called.get(event.callId)
        if (found) this.#called.set(event.callId, { ...found, result: event.result })
        break
      }
      case 'reply-failed':
        this.trouble(`${event.provider} failed: ${event.why}`)
        break
      case 'stt-failed':
        this.trouble(`the ears failed: ${event.why}`)
    }
  }

  #note({ kind, why, tool }: { readonly kind: string; readonly [detail: string]: unknown }): void {
    if (kind === 'tool-failed') this.trouble(`${String(tool)} failed: ${String(why)}`)
    if (kind === 'work-failed') this.trouble(`the call's own work failed: ${String(why)}`)
  }

  /** Adds a line to the transcript, about something that went wrong. */
  trouble(why: string): void {
    const [text = ''] = why.split('\n')
    // What fails for one reason is reported by all whom it stops.
    if (this.#troubles.some(known => text.includes(known.text))) return
    this.#troubles.push({ atMs: this.#nowMs(), text })
  }

  get state(): ConversationState {
    if (!this.#state) throw new Error('the call has not begun')
    return this.#state
  }

  /** The agents to whom the call was given, and what they were told, in their order. */
  get handOffs(): readonly { readonly agent: string; readonly told: string }[] {
    return this.#handOffs
  }

  /** In the order in which they were called, without those by which a model gives the call to another agent. */
  get called(): readonly CalledTool[] {
    const tools = [...this.#called.values()].filter(({ call }) => !call.name.startsWith(HAND_OFF))
    return tools.map(({ call: { name, arguments: given }, result }) => ({
      ...{ name, arguments: parsed(given) },
      result: result === undefined ? undefined : resultIn(name, result),
    }))
  }

  /** What the history has now, to ask later for what is new. */
  known(): ReadonlySet<string> {
    return new Set(this.#sinceMs.keys())
  }

  /** What the caller heard of the agent since then. */
  heardSince(known: ReadonlySet<string>): string {
    const entries = this.state.history.filter(entry => !known.has(keyOf(entry)))
    return entries.flatMap(({ message }) => (message.role === 'agent' ? [message.text] : [])).join(' ')
  }

  /** What the caller has heard of this reply. */
  heardOf(reply: number): string {
    const entries = this.state.history.filter(({ exchange }) => exchange === reply)
    return entries.flatMap(({ message }) => (message.role === 'agent' ? [message.text] : [])).join(' ')
  }

  /** The whole conversation for people, with the seconds of the call. */
  transcript(): string {
    const { history, turn } = this.state
    const said = history.map(entry => ({
      atMs: this.#sinceMs.get(keyOf(entry)) ?? 0,
      text: transcriptOf([entry.message]).trimEnd(),
    }))
    const troubles = this.#troubles.map(({ atMs, text }) => ({ atMs, text: `        (${text})` }))
    const words = turn.kind === 'hearing' || turn.kind === 'settling' ? wordsOf(turn.utterance) : ''
    const unanswered = words === '' ? [] : [{ atMs: this.#nowMs(), text: `Caller: ${words} (not answered yet)` }]
    const ended = turn.kind === 'ended' ? [{ atMs: this.#nowMs(), text: `        (${endOf(turn)})` }] : []
    return [...[...said, ...troubles].toSorted((a, b) => a.atMs - b.atMs), ...unanswered, ...ended]
      .map(({ atMs, text }) => `${(atMs / 1_000).toFixed(1).padStart(6)} s  ${text}`)
      .join('\n')
  }

  #nowMs(): number {
    return this.lines.at(-1)?.atMs ?? 0
  }
}

/** How the tools by which a model gives the call to another agent are named. */
const HAND_OFF = 'hand_off_to_'

const endOf = ({ next, why }: { readonly next: string; readonly why: string }): string =>
  why === 'agent' ? `the agent ended the call: ${next}` : `the call ended: ${why}`

const keyOf = ({ exchange, part, message }: Entry): string =>
  `${exchange}:${part}:${message.role}${message.role === 'tool' ? `:${message.call.id}` : ''}`

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
