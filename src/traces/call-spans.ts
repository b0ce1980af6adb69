import type { JournalLine } from '../conversation/lines.ts'
import type { Reply, Turn } from '../conversation/turn/turn.ts'
import { callSpanId } from './ids.ts'
import { type ReplyEnd, ReplySpans } from './reply-spans.ts'
import type { AskedModel, Attributes, MadeSpan } from './span.ts'

export interface SpannedCall {
  readonly callId: string
  /** Counts the streams of the call from 1. */
  readonly attempt: number
  readonly model: AskedModel
}

type Input = Extract<JournalLine, { input: unknown }>['input']
type Decision = Extract<JournalLine, { decided: unknown }>['decided']
type Note = Extract<JournalLine, { noted: unknown }>['noted']

/** Replies that are open at once: the one that is heard, a draft, and one that is being cut. More are given up. */
const MOST_OPEN = 8

/**
 * A stream of a call as spans, folded from its journal line by line; pure. The call's own span comes last, when the record
 * is sealed, so a server that was killed leaves the trace without it.
 */
export class CallSpans {
  readonly #call: SpannedCall
  readonly #id: string
  readonly #replies = new Map<number, ReplySpans>()
  /** Replies that are over, but not all their tools. */
  readonly #leaving = new Map<number, ReplySpans>()
  #named: readonly number[] = []
  #tokens: Attributes = {}
  #attributes: Record<string, string | number | boolean>
  #turns = 0
  #interruptions = 0
  #isOver = false

  constructor(call: SpannedCall) {
    this.#call = call
    this.#id = callSpanId(call.callId, call.attempt)
    this.#attributes = { 'gen_ai.conversation.id': call.callId, 'partyline.call.attempt': call.attempt }
  }

  /** The spans that end by this line. */
  take(line: JournalLine): readonly MadeSpan[] {
    if (this.#isOver) return []
    if ('started' in line) {
      const { agent, channel, turn } = line.started
      Object.assign(this.#attributes, { 'gen_ai.agent.name': agent, 'partyline.call.channel': channel })
      return this.#turned(turn, line.atMs)
    }
    if ('input' in line) return this.#input(line.input, line.atMs)
    if ('decided' in line) return this.#decided(line.decided, line.atMs)
    if ('noted' in line) return this.#noted(line.noted, line.atMs)
    if (line.used.kind === 'tokens' && line.used.of === undefined) {
      const { input, output, cached } = line.used
      this.#tokens = {
        ...{ 'gen_ai.usage.input_tokens': input, 'gen_ai.usage.output_tokens': output },
        ...(cached > 0 && { 'gen_ai.usage.cache_read.input_tokens': cached }),
      }
    }
    return []
  }

  #turned(turn: Turn, atMs: number): readonly MadeSpan[] {
    const replies = namedBy(turn)
    const before = this.#named
    this.#named = replies.map(({ id }) => id)
    if (turn.kind === 'ended') {
      // The reason is one of the server's own sentences.
      Object.assign(this.#attributes, { 'partyline.call.next': turn.next, 'partyline.call.why': turn.why })
    }
    const isHeld = turn.kind === 'hearing' || turn.kind === 'settling'
    const made = replies.flatMap(reply => this.#replyOf(reply, atMs).named(reply, isHeld, atMs))
    // One that sounds is over when the line has told what was heard of it.
    const given = before.filter(id => !this.#named.includes(id) && this.#replies.get(id)?.isSounding === false)
    return [...made, ...given.flatMap(id => this.#ended(id, 'dropped', atMs)), ...this.#tooMany(atMs)]
  }

  #replyOf(reply: Reply, atMs: number): ReplySpans {
    const known = this.#replies.get(reply.id)
    if (known) return known
    const spans = new ReplySpans(this.#call.callId, reply, atMs)
    this.#replies.set(reply.id, spans)
    return spans
  }

  #tooMany(atMs: number): readonly MadeSpan[] {
    const [oldest] = this.#replies.keys()
    return this.#replies.size > MOST_OPEN && oldest !== undefined ? this.#ended(oldest, 'dropped', atMs) : []
  }

  #ended(id: number, how: ReplyEnd, atMs: number, why?: string): readonly MadeSpan[] {
    const reply = this.#replies.get(id)
    if (!reply) return []
    this.#replies.delete(id)
    if (reply.hasTools) this.#leaving.set(id, reply)
    for (const oldest of [...this.#leaving.keys()].slice(0, -MOST_OPEN)) this.#leaving.delete(oldest)
    const made = reply.ended(how, atMs, this.#id, this.#call.model, why)
    if (made.some(({ name }) => name === 'turn')) this.#turns++
    if (how === 'interrupted') this.#interruptions++
    return made
  }

  #decided(decided: Decision, atMs: number): readonly MadeSpan[] {
    switch (decided.kind) {
      case 'turn':
        return this.#turned(decided.turn, atMs)
      case 'model-asked':
        this.#tokens = {}
        this.#replies.get(decided.reply)?.asked(decided.part, atMs)
        return []
      case 'clause':
        this.#replies.get(decided.reply)?.clause(decided.part, atMs)
        return []
      case 'tool-refused':
        return []
    }
  }

  #input(input: Input, atMs: number): readonly MadeSpan[] {
    const reply = 'reply' in input ? (this.#replies.get(input.reply) ?? this.#leaving.get(input.reply)) : undefined
    switch (input.kind) {
      case 'delta':
        reply?.answering(input.part, atMs)
        return []
      case 'model-answered': {
        const tokens = this.#tokens
        this.#tokens = {}
        return reply?.answered(input.part, atMs, this.#call.model, tokens) ?? []
      }
      case 'speech':
        reply?.speech(input.part, input.samples, atMs)
        return []
      case 'reply-sounding':
        reply?.sounding(input.part, atMs)
        return []
      case 'heard':
        reply?.heard(input.part, atMs)
        return input.cut ? this.#ended(input.reply, 'interrupted', atMs) : []
      case 'tool-called':
        reply?.toolCalled(input.part, input.call.id, input.call.name, atMs)
        return []
      case 'tool-result':
        return reply?.toolDone(input.callId, false, atMs) ?? []
      case 'tool-asked':
        return reply?.toolDone(input.call.id, true, atMs) ?? []
      case 'reply-done':
        return this.#ended(input.reply, 'heard', atMs)
      case 'reply-failed':
        return this.#ended(input.reply, 'failed', atMs, input.why)
      case 'speech-words':
      case 'speech-start':
      case 'speech-end':
      case 'words':
      case 'digit':
      case 'typed':
      case 'joined':
      case 'beside':
      case 'relayed':
      case 'language':
      case 'hand-off':
      case 'secret-asked':
      case 'secret-over':
      case 'summarised':
      case 'wait-over':
      case 'stt-failed':
      case 'gone':
      case 'lost':
      case 'stopped':
      case 'budget':
        return []
    }
  }

  #noted(note: Note, atMs: number): readonly MadeSpan[] {
    if (note.kind === 'tool-failed')
      for (const reply of [...this.#replies.values(), ...this.#leaving.values()])
        reply.toolFailed(String(note.tool), String(note.why))
    if (note.kind === 'heard-by') this.#attributes['partyline.call.heard_by'] = note.by === 'local' ? 'local' : 'vendor'
    if (note.kind === 'line-quality' && typeof note.mos === 'number')
      this.#attributes[`partyline.line.${note.leg === 'agent' ? 'agent' : 'caller'}.mos`] = note.mos
    // The last line of a record that is sealed.
    return note.kind === 'frames-paced' ? this.#sealed(atMs) : []
  }

  #sealed(atMs: number): readonly MadeSpan[] {
    const left = [...this.#replies].flatMap(([id, { isSounding }]) =>
      this.#ended(id, isSounding ? 'interrupted' : 'dropped', atMs),
    )
    this.#isOver = true
    const sums = { 'partyline.call.turns': this.#turns, 'partyline.call.interruptions': this.#interruptions }
    return [
      ...left,
      {
        ...{ name: 'call', kind: 'server', id: this.#id, startMs: 0, endMs: atMs },
        attributes: { ...this.#attributes, ...sums },
      },
    ]
  }
}

function namedBy(turn: Turn): readonly Reply[] {
  switch (turn.kind) {
    case 'replying':
    case 'yielding':
      return [turn.reply]
    case 'hearing':
    case 'settling':
      return turn.draft ? [turn.draft] : []
    case 'listening':
    case 'ended':
      return []
  }
}
