import { brief, fineClock } from '../frame/say.ts'
import type { Fact, Lane, LaneName, Span } from './lane.ts'
import { type Input, type Turn, textOf } from './lines.ts'
import { enteredBecause, judged, judgingWords, patienceWords, percent, replyWords, STATES } from './why.ts'

type Lanes = Readonly<Record<LaneName, Lane>>

/** What the turn machine did, and why: its states, its patience, drafts, and what a sound over the agent was taken for. */
export class TurnLanes {
  readonly #lanes: Lanes
  #turn: Turn | undefined
  #state: Span | undefined
  #patience: { readonly span: Span; readonly wait: number } | undefined
  #barge: { readonly span: Span; readonly steps: Fact[]; wait: number } | undefined
  #draft: { readonly span: Span; readonly reply: number } | undefined

  constructor(lanes: Lanes) {
    this.#lanes = lanes
  }

  /** `input` is what came before it; `zeroMs` is where the attempt begins in the call. */
  take(turn: Turn, input: Input | undefined, atMs: number, zeroMs: number): void {
    const before = this.#turn
    this.#turn = turn
    this.#patienceOf(before, turn, atMs, zeroMs)
    this.#bargeOf(before, turn, input, atMs)
    this.#draftOf(turn, atMs)
    const isSame = before?.kind === turn.kind && before.reply?.id === turn.reply?.id
    if (isSame && this.#state) return
    if (this.#state) this.#lanes.turn.change(this.#state, { toMs: atMs })
    const because = enteredBecause(before, turn, input)
    const facts: Fact[] = because === '' ? [] : [['Why', because]]
    if (turn.kind === 'replying' && turn.reply) facts.push(['Says', replyWords(turn.reply)])
    this.#state = this.#lanes.turn.add({
      ...{ fromMs: atMs, toMs: turn.kind === 'ended' ? atMs : Number.POSITIVE_INFINITY },
      ...{ kind: turn.kind, label: STATES[turn.kind] ?? turn.kind, facts },
    })
  }

  /** Ends what is still open. */
  close(atMs: number): void {
    if (this.#state) this.#lanes.turn.change(this.#state, { toMs: Math.max(this.#state.fromMs, atMs) })
    if (this.#patience) this.#lanes.patience.change(this.#patience.span, { toMs: atMs })
    if (this.#barge) this.#lanes.barge.change(this.#barge.span, { toMs: atMs })
    if (this.#draft) this.#lanes.draft.change(this.#draft.span, { toMs: atMs, kind: 'wasted' })
    this.#turn = this.#state = this.#patience = this.#barge = this.#draft = undefined
  }

  #patienceOf(before: Turn | undefined, turn: Turn, atMs: number, zeroMs: number): void {
    const open = this.#patience
    const wait = turn.kind === 'settling' ? turn.patience : undefined
    if (open && wait?.id !== open.wait) {
      const end =
        turn.kind === 'replying'
          ? ['over', 'It was over: the turn had ended.']
          : turn.kind === 'settling'
            ? ['changed', 'New words changed it.']
            : ['broken', 'The caller went on.']
      this.#lanes.patience.change(open.span, {
        ...{ toMs: atMs, kind: end[0] ?? 'over' },
        facts: [...open.span.facts, ['End', end[1] ?? '']],
      })
      this.#patience = undefined
    }
    if (!wait || this.#patience || !turn.utterance) return
    const { lastVoicedMs, complete } = turn.utterance
    const ms = wait.dueMs - lastVoicedMs
    const facts: Fact[] = [
      ['Patience', `${brief(ms)}, since ${patienceWords(wait.why)}`],
      ['Counted from', `their last sound at ${fineClock(lastVoicedMs + zeroMs)}`],
      ['Words so far', textOf(turn.utterance) || 'none'],
    ]
    if (complete !== undefined) facts.push(['Judged complete', percent(complete)])
    if (before?.kind === 'settling' && before.patience?.why !== wait.why)
      facts.push(['Before that', patienceWords(before.patience?.why ?? '')])
    const span = this.#lanes.patience.add({
      ...{ fromMs: Math.min(atMs, lastVoicedMs + zeroMs), toMs: wait.dueMs + zeroMs, kind: 'waiting', facts },
      label: `${brief(ms)}: ${patienceWords(wait.why)}`,
    })
    this.#patience = { span, wait: wait.id }
  }

  #bargeOf(before: Turn | undefined, turn: Turn, input: Input | undefined, atMs: number): void {
    const wait = turn.judging
    if (turn.kind === 'yielding' && wait) {
      if (!this.#barge) {
        const span = this.#lanes.barge.add({
          ...{ fromMs: atMs, toMs: Number.POSITIVE_INFINITY, kind: 'judging', label: 'being judged' },
        })
        this.#barge = { span, steps: [], wait: -1 }
      }
      if (this.#barge.wait !== wait.id) {
        this.#barge.wait = wait.id
        this.#barge.steps.push([`At ${fineClock(atMs)}`, judgingWords(wait.why)])
        this.#lanes.barge.change(this.#barge.span, { facts: [...this.#barge.steps] })
      }
      return
    }
    if (!this.#barge || before?.kind !== 'yielding') return
    const verdict = turn.kind === 'listening' ? 'the agent had already ended' : judged(before, turn, input)
    this.#lanes.barge.change(this.#barge.span, {
      ...{ toMs: atMs, kind: verdict.startsWith('an interruption') ? 'interruption' : 'no-interruption' },
      ...{ label: verdict, facts: [...this.#barge.steps, ['Judged as', verdict]] },
    })
    this.#barge = undefined
  }

  #draftOf(turn: Turn, atMs: number): void {
    const now = turn.draft
    const open = this.#draft
    if (open && now?.id !== open.reply) {
      const isUsed = turn.kind === 'replying' && turn.reply?.id === open.reply
      const why = isUsed
        ? 'The turn ended with these words, so it was said.'
        : now
          ? 'The words had changed, so another was made.'
          : 'The turn went another way.'
      this.#lanes.draft.change(open.span, {
        ...{ toMs: atMs, kind: isUsed ? 'used' : 'wasted', label: isUsed ? 'draft used' : 'draft thrown away' },
        facts: [...open.span.facts, [isUsed ? 'Used' : 'Thrown away', why]],
      })
      this.#draft = undefined
    }
    if (!now || this.#draft) return
    const to = now.content.to
    const span = this.#lanes.draft.add({
      ...{ fromMs: atMs, toMs: Number.POSITIVE_INFINITY, kind: 'drafting', label: 'draft' },
      facts: to ? [['Answers', textOf(to)]] : [],
    })
    this.#draft = { span, reply: now.id }
  }
}
