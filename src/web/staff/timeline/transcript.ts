import type { Fact } from './lane.ts'
import { type Decision, type Input, type SpokenWord, type Turn, textOf, type Utterance } from './lines.ts'
import { replyWords } from './why.ts'
import { agentWords, callerWords, type SaidPart, type Word } from './words.ts'

/** What one side said in one go. */
export interface Said {
  readonly key: string
  readonly speaker: 'caller' | 'agent'
  readonly fromMs: number
  readonly toMs: number
  readonly words: readonly Word[]
  /** The caller talked over it, and it fell silent. */
  readonly interrupted: boolean
  /** While it is not, words that were not heard may still come. */
  readonly isOver: boolean
  /** From the caller's last sound to the agent's first; undefined where nobody waited. */
  readonly latencyMs: number | undefined
  /** The tools that were called for it. */
  readonly tools: readonly string[]
  readonly facts: readonly Fact[]
}

interface Making {
  readonly reply: number
  readonly kind: 'agent'
  readonly bornMs: number
  readonly what: string
  readonly lastVoicedMs: number | undefined
  readonly parts: Map<
    number,
    { spoken: SpokenWord[]; clauses: string[]; soundsMs?: number; heard: SaidPart['heard'][number][] }
  >
  readonly tools: string[]
  interrupted: boolean
  isOver: boolean
  endMs: number | undefined
  isChanged: boolean
  said: Said | undefined
}
type Entry = { readonly kind: 'caller'; readonly said: Said; readonly text: string } | Making

/** What was said, in its order, with what was heard of it. Takes the journal line by line. */
export class Transcript {
  readonly #entries: Entry[] = []
  readonly #replies = new Map<number, Making>()
  /** Clauses and sound of replies that no turn has named yet: drafts. */
  readonly #early = new Map<number, Making['parts']>()
  #voiced: (readonly [number, number])[] = []
  #voicedFromMs: number | undefined
  #turn: Turn | undefined
  /** The reply that may still be heard. */
  #open: Making | undefined

  /** What was said so far. Entries that did not change are the same objects. */
  get said(): readonly Said[] {
    return this.#entries.map(entry => (entry.kind === 'caller' ? entry.said : saidBy(entry))).filter(isSaid)
  }

  turned(turn: Turn, atMs: number, zeroMs: number): void {
    const before = this.#turn
    this.#turn = turn
    const { reply, context: { passedOn } = {} } = turn
    if (passedOn && passedOn.id !== before?.context?.passedOn?.id) {
      const utterance = before?.utterance ?? { firstVoicedMs: atMs - zeroMs, lastVoicedMs: atMs - zeroMs }
      const words = { finalWords: passedOn.text, late: '', interimWords: '', digits: '' }
      this.#callerSaid({ ...utterance, ...words }, atMs, zeroMs, `passed-${passedOn.id}`)
    }
    if (this.#open && this.#open.reply !== reply?.id) this.#over(this.#open.reply)
    if (turn.kind === 'ended' && before?.utterance) this.#callerSaid(before.utterance, atMs, zeroMs, 'end')
    if (turn.kind !== 'replying' || reply === undefined || this.#replies.has(reply.id)) return
    const { to } = reply.content
    if (to) this.#callerSaid(to, atMs, zeroMs, String(reply.id))
    const making: Making = {
      ...{ kind: 'agent', reply: reply.id, bornMs: atMs, what: replyWords(reply), tools: [] },
      lastVoicedMs: to ? to.lastVoicedMs + zeroMs : undefined,
      parts: this.#early.get(reply.id) ?? new Map(),
      ...{ interrupted: false, isOver: false, endMs: undefined, isChanged: true, said: undefined },
    }
    this.#open = making
    this.#early.delete(reply.id)
    this.#replies.set(reply.id, making)
    this.#entries.push(making)
  }

  decided(decided: Exclude<Decision, { kind: 'turn' }>): void {
    if (decided.kind !== 'clause') return
    this.#part(decided.reply, decided.part).clauses.push(decided.text.trim())
    this.#change(decided.reply)
  }

  input(input: Input, atMs: number, zeroMs: number): void {
    switch (input.kind) {
      case 'speech-start':
        this.#voicedFromMs = input.firstVoicedMs + zeroMs
        return
      case 'speech-end':
        if (this.#voicedFromMs !== undefined) this.#voiced.push([this.#voicedFromMs, input.lastVoicedMs + zeroMs])
        this.#voicedFromMs = undefined
        return
      case 'speech-words':
        this.#part(input.reply, input.part).spoken.push(...input.words)
        this.#change(input.reply)
        return
      case 'reply-sounding':
        this.#part(input.reply, input.part).soundsMs ??= atMs
        this.#change(input.reply)
        return
      case 'heard': {
        const part = this.#part(input.reply, input.part)
        part.soundsMs ??= atMs
        part.heard.push({ atMs, text: input.text })
        const making = this.#change(input.reply)
        if (making) making.endMs = atMs
        if (making && input.cut) making.interrupted = true
        if (input.cut) this.#over(input.reply)
        return
      }
      case 'tool-called':
        this.#change(input.reply)?.tools.push(input.call.name)
        return
      case 'reply-done': {
        const making = this.#change(input.reply)
        if (making) making.endMs = atMs
        this.#over(input.reply)
        return
      }
      case 'reply-failed':
        this.#over(input.reply)
    }
  }

  /** The next attempt counts its replies anew. */
  close(): void {
    if (this.#open) this.#over(this.#open.reply)
    this.#replies.clear()
    this.#early.clear()
    this.#turn = undefined
    this.#voicedFromMs = undefined
  }

  #callerSaid(utterance: Utterance, atMs: number, zeroMs: number, key: string): void {
    const text = textOf(utterance)
    const [fromMs, lastMs] = [utterance.firstVoicedMs + zeroMs, utterance.lastVoicedMs + zeroMs]
    const open =
      this.#voicedFromMs === undefined ? [] : [[this.#voicedFromMs, Math.max(this.#voicedFromMs, atMs)] as const]
    const voiced = [...this.#voiced, ...open].filter(([, toMs]) => toMs > fromMs)
    this.#voiced = []
    if (text === '') return
    this.#withdraw(text)
    const words = callerWords(text, voiced.length > 0 ? voiced : [[fromMs, Math.max(fromMs, lastMs)]])
    this.#entries.push({
      ...{ kind: 'caller', text },
      said: {
        ...{ key: `caller-${key}-${fromMs}`, speaker: 'caller', fromMs, toMs: Math.max(fromMs, lastMs), words },
        ...{ interrupted: false, isOver: true, latencyMs: undefined, tools: [], facts: [] },
      },
    })
  }

  /** A turn that went on before anything of its answer was heard is told once, with all its words. */
  #withdraw(text: string): void {
    const reply = this.#entries.at(-1)
    const before = this.#entries.at(-2)
    if (reply?.kind !== 'agent' || before?.kind !== 'caller' || !text.startsWith(before.text.replace(/[.?!]$/, '')))
      return
    if ([...reply.parts.values()].some(({ soundsMs }) => soundsMs !== undefined)) return
    this.#entries.splice(-2, 2)
  }

  #part(reply: number, part: number) {
    const parts = this.#replies.get(reply)?.parts ?? this.#early.get(reply) ?? new Map()
    if (!this.#replies.has(reply)) this.#early.set(reply, parts)
    const known = parts.get(part)
    if (known) return known
    const made: NonNullable<ReturnType<Making['parts']['get']>> = { spoken: [], clauses: [], heard: [] }
    parts.set(part, made)
    return made
  }

  #over(reply: number): void {
    const making = this.#change(reply)
    if (making) making.isOver = true
    if (this.#open === making) this.#open = undefined
  }

  #change(reply: number): Making | undefined {
    const making = this.#replies.get(reply)
    if (making) making.isChanged = true
    return making
  }
}

function saidBy(making: Making): Said | undefined {
  if (!making.isChanged) return making.said
  const parts = [...making.parts.entries()].sort(([a], [b]) => a - b)
  const fromMs = parts.find(([, { soundsMs }]) => soundsMs !== undefined)?.[1].soundsMs
  const words = parts.flatMap(([, part]) => agentWords({ soundsMs: undefined, ...part }, fromMs ?? making.bornMs))
  making.isChanged = false
  const latencyMs = fromMs === undefined || making.lastVoicedMs === undefined ? undefined : fromMs - making.lastVoicedMs
  making.said =
    words.length === 0
      ? undefined
      : {
          ...{ key: `agent-${making.reply}-${making.bornMs}`, speaker: 'agent', words, latencyMs },
          ...{ fromMs: fromMs ?? making.bornMs, toMs: making.endMs ?? words.at(-1)?.toMs ?? making.bornMs },
          ...{
            interrupted: making.interrupted,
            isOver: making.isOver,
            tools: [...making.tools],
            facts: [['What', making.what]],
          },
        }
  return making.said
}

const isSaid = (said: Said | undefined): said is Said => said !== undefined
