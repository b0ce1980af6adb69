import { brief, counted } from '../frame/say.ts'
import type { Fact, Lane, LaneName, Span } from './lane.ts'
import type { Decision, Input, Usage } from './lines.ts'

type Lanes = Readonly<Record<LaneName, Lane>>
/** The times of one part of a reply, as it is made. */
interface Making {
  readonly span: Span
  readonly facts: Fact[]
  hasFirst: boolean
}
const MOST_LETTERS = 400

/** How replies were made and heard: the model, the voice, the tools, and what the caller got of it. */
export class ReplyLanes {
  readonly #lanes: Lanes
  readonly #models = new Map<string, Making>()
  readonly #voices = new Map<string, Making>()
  readonly #tools = new Map<string, Span>()
  #sounding: { readonly span: Span; readonly reply: number; readonly parts: Map<number, string> } | undefined
  #lastModel: Making | undefined

  constructor(lanes: Lanes) {
    this.#lanes = lanes
  }

  decided(decided: Exclude<Decision, { kind: 'turn' }>, atMs: number): void {
    switch (decided.kind) {
      case 'model-asked': {
        const facts: Fact[] = [['Asked with', counted(decided.messages, 'message')]]
        const span = this.#lanes.model.add({ fromMs: atMs, toMs: atMs, kind: 'model', label: 'asked', facts })
        this.#lastModel = { span, facts, hasFirst: false }
        this.#models.set(`${decided.reply}.${decided.part}`, this.#lastModel)
        return
      }
      case 'clause':
        this.#voice(decided.reply, decided.part, atMs).facts.push(['Says', short(decided.text.trim())])
        return
      case 'tool-refused':
        this.#lanes.trouble.add({
          ...{ fromMs: atMs, toMs: atMs, kind: 'error', label: 'tool refused' },
          facts: [['Tool refused', decided.why]],
        })
        this.#toolEnds(decided.call, atMs, 'failed', ['Refused', decided.why])
    }
  }

  input(input: Input, atMs: number): void {
    switch (input.kind) {
      case 'delta': {
        const model = this.#models.get(`${input.reply}.${input.part}`)
        if (model) this.#grow(this.#lanes.model, model, atMs, 'First token')
        return
      }
      case 'speech':
        this.#grow(this.#lanes.voice, this.#voice(input.reply, input.part, atMs), atMs, 'First sound')
        return
      case 'reply-sounding':
        if (this.#sounding?.reply === input.reply) return
        this.#sounding = {
          span: this.#lanes.agent.add({ fromMs: atMs, toMs: Number.POSITIVE_INFINITY, kind: 'heard', label: '' }),
          ...{ reply: input.reply, parts: new Map() },
        }
        return
      case 'heard':
        this.#heard(input.reply, input.part, input.text, input.cut, atMs)
        return
      case 'reply-done':
        if (this.#sounding?.reply === input.reply) this.#silent(atMs, 'heard')
        return
      case 'tool-called': {
        const model = this.#models.get(`${input.reply}.${input.part}`)
        if (model) this.#grow(this.#lanes.model, model, atMs, 'Tool call')
        const { id, name } = input.call
        const facts: Fact[] = [['Arguments', short(input.call.arguments)]]
        const span = { fromMs: atMs, toMs: Number.POSITIVE_INFINITY, kind: 'running', label: name, facts }
        this.#tools.set(id, this.#lanes.tools.add(span))
        return
      }
      case 'tool-result':
        this.#toolEnds(input.callId, atMs, 'done', ['Result', short(input.result)])
        return
      case 'tool-asked':
        this.#toolEnds(input.call.id, atMs, 'asked', ['Asked first', input.question])
        return
      case 'reply-failed':
        if (this.#sounding?.reply === input.reply) this.#silent(atMs, 'cut')
    }
  }

  used(used: Usage): void {
    const model = this.#lastModel
    if (used.kind !== 'tokens' || used.of !== undefined || !model) return
    const cached = used.cached > 0 ? `, ${used.cached.toLocaleString('en')} of them cached` : ''
    model.facts.push(['Tokens', `${used.input.toLocaleString('en')} in${cached}, ${used.output} out`])
    this.#lanes.model.change(model.span, { facts: [...model.facts] })
  }

  /** Ends what is still open. */
  close(atMs: number): void {
    if (this.#sounding) this.#silent(atMs, 'heard')
    for (const id of [...this.#tools.keys()]) this.#toolEnds(id, atMs, 'failed', ['End', 'No result came.'])
    this.#models.clear()
    this.#voices.clear()
    this.#lastModel = undefined
  }

  #voice(reply: number, part: number, atMs: number): Making {
    const key = `${reply}.${part}`
    const known = this.#voices.get(key)
    if (known) return known
    const span = this.#lanes.voice.add({ fromMs: atMs, toMs: atMs, kind: 'voice', label: 'voice' })
    const making = { span, facts: [], hasFirst: false }
    this.#voices.set(key, making)
    return making
  }

  #grow(lane: Lane, making: Making, atMs: number, first: string): void {
    if (!making.hasFirst) {
      making.hasFirst = true
      const ms = atMs - making.span.fromMs
      making.facts.unshift([`${first} after`, brief(ms)])
      lane.change(making.span, { label: brief(ms), facts: [...making.facts], toMs: atMs })
    } else if (atMs > making.span.toMs) lane.change(making.span, { toMs: atMs, facts: [...making.facts] })
  }

  #heard(reply: number, part: number, text: string, cut: boolean, atMs: number): void {
    const kind = cut ? 'cut' : 'mark'
    this.#lanes.marks.add({
      ...{ fromMs: atMs, toMs: atMs, kind, label: cut ? 'cut here' : '' },
      facts: [[cut ? 'Cleared; heard until then' : 'Heard so far', text === '' ? 'nothing' : short(text)]],
    })
    const now = this.#sounding
    if (now?.reply !== reply) return
    now.parts.set(part, text)
    const all = [...now.parts.values()].filter(some => some !== '').join(' ')
    this.#lanes.agent.change(now.span, { label: short(all), facts: [['Heard', short(all)]] })
    if (cut) this.#silent(atMs, 'cut')
  }

  #silent(atMs: number, kind: 'heard' | 'cut'): void {
    if (this.#sounding) this.#lanes.agent.change(this.#sounding.span, { toMs: atMs, kind })
    this.#sounding = undefined
  }

  #toolEnds(id: string, atMs: number, kind: string, fact: Fact): void {
    const span = this.#tools.get(id)
    if (!span) return
    this.#tools.delete(id)
    const facts: Fact[] = [...span.facts, fact, ['Took', brief(atMs - span.fromMs)]]
    this.#lanes.tools.change(span, { toMs: atMs, kind, facts })
  }
}

const short = (text: string): string => (text.length > MOST_LETTERS ? `${text.slice(0, MOST_LETTERS)}…` : text)
