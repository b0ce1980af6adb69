import type { Reply } from '../conversation/turn/turn.ts'
import { partSpanId, toolSpanId, turnSpanId } from './ids.ts'
import { type AskedModel, type Attributes, errorTypeOf, type MadeSpan, plainName } from './span.ts'

/** How a reply ended: it was heard, cut by the caller, failed, or given up before a sound; a draft is `wasted` then. */
export type ReplyEnd = 'heard' | 'interrupted' | 'failed' | 'dropped'

interface Part {
  readonly fromMs: number
  toMs: number
  samples: number
}
interface Asked {
  readonly atMs: number
  firstMs: number | undefined
}
interface OpenTool {
  readonly id: string
  readonly name: string
  readonly fromMs: number
  error: string | undefined
}

/** The GenAI conventions of OpenTelemetry, as of November 2026; all of them are still in development. */
const GEN_AI = { operation: 'gen_ai.operation.name', call: 'gen_ai.conversation.id' } as const

/** One reply from the first request to its last word, as spans. Each method gives the spans that end by it. */
export class ReplySpans {
  readonly #callId: string
  readonly #reply: number
  readonly #id: string
  readonly #asked = new Map<number, Asked>()
  readonly #tools = new Map<string, OpenTool>()
  readonly #toolCounts = new Map<number, number>()
  readonly #made = new Map<number, Part>()
  readonly #played = new Map<number, Part>()
  #content: Reply['content']
  #firstMs: number
  #confirmedMs: number | undefined
  #firstAskedMs: number | undefined
  #soundMs: number | undefined

  constructor(callId: string, { id, content }: Reply, atMs: number) {
    this.#callId = callId
    this.#reply = id
    this.#id = turnSpanId(callId, id)
    this.#content = content
    this.#firstMs = atMs
  }

  get isSounding(): boolean {
    return this.#soundMs !== undefined
  }

  get hasTools(): boolean {
    return this.#tools.size > 0
  }

  /** The turn names it: `isHeld` as a draft. */
  named({ content }: Reply, isHeld: boolean, atMs: number): readonly MadeSpan[] {
    this.#content = content
    if (isHeld || this.#confirmedMs !== undefined) return []
    this.#confirmedMs = atMs
    if (content.kind !== 'answer') return []
    const { lastVoicedMs, drafts, complete } = content.to
    const judged: Attributes = complete === undefined ? {} : { 'partyline.turn.complete': complete }
    return [
      this.#child('turn end', 'internal', this.#partId('turn end', 0), Math.min(lastVoicedMs, atMs), atMs, {
        ...{ 'partyline.turn.drafts': drafts, ...judged },
      }),
    ]
  }

  asked(part: number, atMs: number): void {
    this.#firstAskedMs ??= atMs
    this.#asked.set(part, { atMs, firstMs: undefined })
  }

  /** The first sign of the model's answer. */
  answering(part: number, atMs: number): void {
    const asked = this.#asked.get(part)
    if (asked) asked.firstMs ??= atMs
  }

  answered(part: number, atMs: number, model: AskedModel, tokens: Attributes, error?: string): readonly MadeSpan[] {
    const asked = this.#asked.get(part)
    if (!asked) return []
    this.#asked.delete(part)
    const first = asked.firstMs ?? (error === undefined ? atMs : undefined)
    return [
      this.#child(
        `chat ${model.model}`,
        'client',
        this.#partId('model', part),
        asked.atMs,
        atMs,
        {
          [GEN_AI.operation]: 'chat',
          [GEN_AI.call]: this.#callId,
          'gen_ai.provider.name': 'openai',
          'gen_ai.request.model': model.model,
          'gen_ai.request.stream': true,
          'server.address': model.host,
          'server.port': model.port,
          ...(first !== undefined && { 'gen_ai.response.time_to_first_chunk': (first - asked.atMs) / 1_000 }),
          ...tokens,
        },
        error,
      ),
    ]
  }

  toolCalled(part: number, callId: string, name: string, atMs: number): void {
    const index = this.#toolCounts.get(part) ?? 0
    this.#toolCounts.set(part, index + 1)
    const id = toolSpanId(`${this.#callId}:${this.#reply}-${part}-${index}`)
    this.#tools.set(callId, { id, name: plainName(name), fromMs: atMs, error: undefined })
  }

  toolFailed(name: string, why: string): void {
    for (const tool of this.#tools.values()) if (tool.name === plainName(name)) tool.error ??= errorTypeOf(why)
  }

  /** `isAsked`: it did not run; the caller is asked first. */
  toolDone(callId: string, isAsked: boolean, atMs: number): readonly MadeSpan[] {
    const tool = this.#tools.get(callId)
    if (!tool) return []
    this.#tools.delete(callId)
    return [
      this.#child(
        `execute_tool ${tool.name}`,
        'internal',
        tool.id,
        tool.fromMs,
        atMs,
        {
          ...{ [GEN_AI.operation]: 'execute_tool', 'gen_ai.tool.name': tool.name, 'gen_ai.tool.type': 'function' },
          ...{ [GEN_AI.call]: this.#callId, 'partyline.tool.asks': isAsked },
        },
        tool.error,
      ),
    ]
  }

  clause(part: number, atMs: number): void {
    if (!this.#made.has(part)) this.#made.set(part, { fromMs: atMs, toMs: atMs, samples: 0 })
  }

  speech(part: number, samples: number, atMs: number): void {
    this.clause(part, atMs)
    const made = this.#made.get(part)
    if (!made) return
    made.toMs = atMs
    made.samples += samples
  }

  sounding(part: number, atMs: number): void {
    this.#soundMs ??= atMs
    this.#played.set(part, { fromMs: atMs, toMs: atMs, samples: 0 })
  }

  heard(part: number, atMs: number): void {
    const played = this.#played.get(part)
    if (played) played.toMs = atMs
  }

  /** The reply is over. Tools that still run have their own end. */
  ended(how: ReplyEnd, atMs: number, parentId: string, model: AskedModel, why?: string): readonly MadeSpan[] {
    const error = why === undefined ? undefined : errorTypeOf(why)
    const left = [...this.#asked.keys()].flatMap(part => this.answered(part, atMs, model, {}, error))
    const spoken = [...this.#made].map(([part, { fromMs, toMs, samples }]) =>
      this.#child('speech', 'client', this.#partId('speech', part), fromMs, toMs, {
        ...{ 'partyline.part': part, 'partyline.speech.samples': samples },
      }),
    )
    const played = [...this.#played].map(([part, { fromMs, toMs }]) =>
      this.#child('playout', 'internal', this.#partId('playout', part), fromMs, toMs, { 'partyline.part': part }),
    )
    const ofTurn = this.#confirmedMs !== undefined && this.#content.kind !== 'phrase'
    const to = this.#content.kind === 'answer' ? this.#content.to : undefined
    const turn: MadeSpan = {
      name: ofTurn ? 'turn' : this.#content.kind === 'phrase' ? 'phrase' : 'draft',
      kind: 'internal',
      id: this.#id,
      parentId,
      startMs: this.#confirmedMs === undefined ? this.#firstMs : Math.min(to?.firstVoicedMs ?? atMs, this.#firstMs),
      endMs: atMs,
      attributes: {
        'partyline.reply.id': this.#reply,
        'partyline.reply.end': how === 'dropped' && this.#confirmedMs === undefined ? 'wasted' : how,
        ...(this.#content.kind === 'phrase' && { 'partyline.reply.phrase': this.#content.phrase }),
        ...(ofTurn && this.#firstAskedMs !== undefined && { 'partyline.reply.drafted': this.#isDrafted() }),
        ...(to &&
          this.#soundMs !== undefined && { 'partyline.turn.latency_ms': Math.round(this.#soundMs - to.lastVoicedMs) }),
      },
      ...(error !== undefined && { error }),
    }
    return [...left, ...spoken, ...played, turn]
  }

  #isDrafted(): boolean {
    return (this.#firstAskedMs ?? 0) < (this.#confirmedMs ?? 0)
  }

  #partId(what: string, part: number): string {
    return partSpanId(this.#callId, what, this.#reply, part)
  }

  #child(
    name: string,
    kind: MadeSpan['kind'],
    id: string,
    startMs: number,
    endMs: number,
    attributes: Attributes,
    error?: string,
  ): MadeSpan {
    return { name, kind, id, parentId: this.#id, startMs, endMs, attributes, ...(error !== undefined && { error }) }
  }
}
