import type { Language } from '../conversation/language.ts'
import type { JournalLine } from '../conversation/lines.ts'
import { languageIn } from '../conversation/turn/languages.ts'
import type { Turn } from '../conversation/turn/turn.ts'
import { textOf } from '../conversation/turn/utterance.ts'

/** Where the time between the caller's last sound and the agent's first one went, in ms. */
export interface Latency {
  /** From the last voiced sample until the turn counted as ended. */
  readonly turnEndMs: number
  /** From the request to the model until its first text. */
  readonly firstTokenMs: number
  /** From that text until the voice's first sound. */
  readonly firstAudioMs: number
  /** From the last voiced sample until the first frame was sent. */
  readonly totalMs: number
  /** From the last voiced sample until it was heard, by what the line said later. Not there where it was cut before. */
  readonly heardMs?: number
  /** This server's share: from each input that allowed a step until the step was taken. */
  readonly ownMs: number
  /** Time saved by drafting the answer before the turn had ended. */
  readonly savedMs: number
}

/** Something in a call that is worth showing to people. */
export type StoryEvent =
  | { readonly kind: 'caller'; readonly text: string }
  | {
      readonly kind: 'agent'
      readonly text: string
      readonly interrupted: boolean
      readonly latency: Latency | undefined
    }
  | {
      readonly kind: 'tool'
      readonly name: string
      readonly arguments: string
      readonly result: string
      readonly tookMs: number
    }
  | { readonly kind: 'trouble'; readonly what: string }
  | { readonly kind: 'ended'; readonly why: string }

/** What a port does, by the name of its setting. */
const DOES: Readonly<Record<string, string>> = { STT: 'speech-to-text', LLM: 'the model', TTS: 'the voice' }

/** Times of one answer, each set once it is known. */
interface Timing {
  readonly lastVoicedMs?: number
  readonly confirmedMs?: number
  /** When the end of the turn could be known at the earliest. */
  readonly allowedMs?: number
  readonly askedMs?: number
  readonly tokenMs?: number
  readonly deltaMs?: number
  readonly clauseMs?: number
  readonly clauseOwnMs?: number
  /** The first sound of each part. */
  readonly speechMs?: ReadonlyMap<number, number>
}

/** Derives a call's events and latencies from its journal, line by line: for the demo and the benchmarks. */
export class Story {
  #turn: Turn | undefined
  #turnAtMs = 0
  readonly #timings = new Map<number, Timing>()
  readonly #latencies = new Map<number, Latency>()
  /** The part that sounded first, by reply. */
  readonly #firstParts = new Map<number, number>()
  /** Replies in which a secret was asked. */
  readonly #asking = new Set<number>()
  readonly #heard = new Map<number, Map<number, string>>()
  readonly #tools = new Map<string, { name: string; arguments: string; atMs: number }>()
  readonly #language: Language

  constructor(language: Language) {
    this.#language = language
  }

  /** Takes the next line and returns the events that it completes. */
  take(line: JournalLine): readonly StoryEvent[] {
    if ('started' in line) this.#turn = line.started.turn
    if ('decided' in line) return this.#decided(line.decided, line.atMs)
    if ('input' in line) return this.#input(line.input, line.atMs)
    return 'noted' in line ? this.#noted(line.noted) : []
  }

  #decided(decided: Extract<JournalLine, { decided: unknown }>['decided'], atMs: number): readonly StoryEvent[] {
    switch (decided.kind) {
      case 'turn': {
        const before = this.#turn
        const beforeAtMs = this.#turnAtMs
        this.#turn = decided.turn
        this.#turnAtMs = atMs
        return this.#turned(before, beforeAtMs, decided.turn, atMs)
      }
      case 'model-asked':
        if (decided.part === 0) this.#time(decided.reply, { askedMs: atMs })
        return []
      case 'clause': {
        const timing = this.#timings.get(decided.reply)
        if (timing?.clauseMs === undefined) {
          this.#time(decided.reply, { clauseMs: atMs, clauseOwnMs: atMs - (timing?.deltaMs ?? atMs) })
        }
        return []
      }
      case 'tool-refused':
        return [{ kind: 'trouble', what: `tool refused: ${decided.why}` }]
    }
  }

  #turned(before: Turn | undefined, beforeAtMs: number, turn: Turn, atMs: number): readonly StoryEvent[] {
    if (turn.kind === 'ended') return [{ kind: 'ended', why: turn.why }]
    const { passedOn } = turn.context
    if (passedOn && passedOn.id !== before?.context.passedOn?.id) return [{ kind: 'caller', text: passedOn.text }]
    if (turn.kind !== 'replying' || turn.reply.content.kind !== 'answer') return []
    const { id, content } = turn.reply
    if (this.#timings.get(id)?.confirmedMs !== undefined) return []
    const dueMs = before?.kind === 'settling' ? before.patience.dueMs : atMs
    const { lastVoicedMs } = content.to
    this.#time(id, { lastVoicedMs, confirmedMs: atMs, allowedMs: Math.max(dueMs, beforeAtMs) })
    return [{ kind: 'caller', text: textOf(content.to, languageIn(turn.context, this.#language)) }]
  }

  #input(input: Extract<JournalLine, { input: unknown }>['input'], atMs: number): readonly StoryEvent[] {
    switch (input.kind) {
      case 'delta': {
        const timing = this.#timings.get(input.reply)
        if (timing && timing.clauseMs === undefined)
          this.#time(input.reply, { tokenMs: timing.tokenMs ?? atMs, deltaMs: atMs })
        return []
      }
      case 'speech':
        this.#speech(input.reply, input.part, atMs)
        return []
      case 'reply-sounding':
        this.#sounding(input.reply, input.part, atMs)
        return []
      case 'heard': {
        const parts = this.#heard.get(input.reply) ?? new Map<number, string>()
        this.#heard.set(input.reply, parts.set(input.part, input.text))
        return input.cut ? this.#said(input.reply, true) : []
      }
      case 'reply-done':
        return this.#said(input.reply, false)
      case 'tool-called':
        this.#tools.set(input.call.id, { name: input.call.name, arguments: input.call.arguments, atMs })
        return []
      case 'tool-result': {
        const tool = this.#tools.get(input.callId)
        if (!tool) return []
        return [
          { kind: 'tool', name: tool.name, arguments: tool.arguments, result: input.result, tookMs: atMs - tool.atMs },
        ]
      }
      case 'secret-asked':
        // What is heard first of the question is in no journal, and what is heard after it is no slow answer.
        this.#asking.add(input.reply)
        return []
      case 'reply-failed':
        return [{ kind: 'trouble', what: `${input.provider} failed: ${input.why}` }]
      case 'stt-failed':
        return [{ kind: 'trouble', what: `speech-to-text failed: ${input.why}` }]
      case 'model-answered':
      case 'speech-words':
      case 'speech-start':
      case 'speech-end':
      case 'tool-asked':
      case 'words':
      case 'digit':
      case 'typed':
      case 'joined':
      case 'beside':
      case 'relayed':
      case 'language':
      case 'hand-off':
      case 'secret-over':
      case 'summarised':
      case 'budget':
      case 'wait-over':
      case 'gone':
      case 'lost':
      case 'stopped':
        return []
    }
  }

  #time(reply: number, more: Timing): void {
    this.#timings.set(reply, { ...this.#timings.get(reply), ...more })
  }

  #speech(reply: number, part: number, atMs: number): void {
    const { speechMs } = this.#timings.get(reply) ?? {}
    if (!speechMs?.has(part)) this.#time(reply, { speechMs: new Map([...(speechMs ?? []), [part, atMs]]) })
  }

  /** Latency counts until the first sound, whether of the answer or of a filler. */
  #sounding(reply: number, part: number, atMs: number): void {
    if (this.#latencies.has(reply) || this.#asking.has(reply)) return
    const { lastVoicedMs, confirmedMs, allowedMs, ...made } = this.#timings.get(reply) ?? {}
    if (lastVoicedMs === undefined || confirmedMs === undefined || allowedMs === undefined) return
    const { askedMs = confirmedMs, tokenMs = askedMs, clauseOwnMs = 0 } = made
    const speechMs = made.speechMs?.get(part) ?? atMs
    const isDraft = askedMs < confirmedMs
    // A draft that was ready before the turn ended waited for this server; any other draft waited for its providers.
    const endOwnMs = speechMs <= confirmedMs ? confirmedMs - allowedMs : isDraft ? 0 : askedMs - allowedMs
    const makingOwnMs = speechMs <= confirmedMs ? 0 : clauseOwnMs
    this.#firstParts.set(reply, part)
    this.#latencies.set(reply, {
      turnEndMs: confirmedMs - lastVoicedMs,
      firstTokenMs: Math.max(0, tokenMs - Math.max(askedMs, confirmedMs)),
      firstAudioMs: Math.max(0, speechMs - Math.max(tokenMs, confirmedMs)),
      totalMs: atMs - lastVoicedMs,
      ownMs: Math.max(0, endOwnMs) + makingOwnMs + (atMs - Math.max(speechMs, confirmedMs)),
      savedMs: isDraft ? Math.min(speechMs, confirmedMs) - askedMs : 0,
    })
  }

  #noted(noted: Extract<JournalLine, { noted: unknown }>['noted']): readonly StoryEvent[] {
    const { kind, reply, part, afterMs } = noted
    if (kind === 'provider-switched') {
      const { port, from, to, why } = noted
      return [{ kind: 'trouble', what: `${DOES[String(port)]}: ${to} goes on for ${from} (${why})` }]
    }
    if (kind !== 'first-heard' || typeof reply !== 'number' || typeof afterMs !== 'number') return []
    const latency = this.#latencies.get(reply)
    if (latency === undefined || this.#firstParts.get(reply) !== part) return []
    this.#latencies.set(reply, { ...latency, heardMs: latency.totalMs + afterMs })
    return []
  }

  #said(reply: number, interrupted: boolean): readonly StoryEvent[] {
    const text = [...(this.#heard.get(reply)?.values() ?? [])].filter(part => part !== '').join(' ')
    if (text === '') return []
    return [{ kind: 'agent', text, interrupted, latency: this.#latencies.get(reply) }]
  }
}
