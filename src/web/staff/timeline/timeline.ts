import { CostSoFar } from './cost-so-far.ts'
import { type Fact, LANE_NAMES, Lane, type LaneName, type Span } from './lane.ts'
import type { Input, Line, Policy, Turn } from './lines.ts'
import { ReplyLanes } from './reply-lanes.ts'
import { Transcript } from './transcript.ts'
import { TurnLanes } from './turn-lanes.ts'
import { noteWords, percent } from './why.ts'

/** A call on one time axis, folded from its journal line by line: for a whole call at once, and for one that goes on. */
export class Timeline {
  readonly lanes: Readonly<Record<LaneName, Lane>>
  readonly transcript = new Transcript()
  readonly cost = new CostSoFar()
  /** The end of what is known, in ms of the call. */
  endMs = 0
  /** By what times turns were taken. */
  policy: Policy | undefined
  /** How each leg of the line was, stream by stream: notes of the journal. */
  readonly quality: Readonly<Record<string, unknown>>[] = []
  /** What is noted of what is remembered of the caller. */
  readonly memory: Readonly<Record<string, unknown>>[] = []
  readonly #startsMs: readonly number[]
  readonly #turns: TurnLanes
  readonly #replies: ReplyLanes
  #attempt = 0
  #zeroMs = 0
  #lastMs = 0
  #input: Input | undefined
  #voiced: Span | undefined

  /** `startsMs`: where each attempt begins in the call. */
  constructor(startsMs: readonly number[] = [0]) {
    this.#startsMs = startsMs
    this.lanes = Object.fromEntries(LANE_NAMES.map(name => [name, new Lane(name)])) as Record<LaneName, Lane>
    this.#turns = new TurnLanes(this.lanes)
    this.#replies = new ReplyLanes(this.lanes)
    this.#zeroMs = startsMs[0] ?? 0
  }

  take(line: Line): void {
    // Each attempt counts its time from its own beginning.
    if (line.atMs < this.#lastMs - 1) this.#nextAttempt()
    this.#lastMs = line.atMs
    const atMs = line.atMs + this.#zeroMs
    this.endMs = Math.max(this.endMs, atMs)
    if (line.started) {
      this.policy ??= line.started.policy
      if (line.started.turn) this.#turned(line.started.turn, atMs)
    }
    if (line.input) this.#inputOf(line.input, atMs)
    if (line.used) {
      this.cost.take(line.used, atMs)
      this.#replies.used(line.used)
    }
    if (line.noted) this.#noted(line.noted, atMs)
    if (!line.decided) return
    if (line.decided.kind === 'turn') this.#turned(line.decided.turn, atMs)
    else {
      this.#replies.decided(line.decided, atMs)
      this.transcript.decided(line.decided)
    }
  }

  /** Ends what is open at the end of the call, or of an attempt. */
  close(): void {
    this.#turns.close(this.endMs)
    this.#replies.close(this.endMs)
    this.transcript.close()
    if (this.#voiced) this.lanes.caller.change(this.#voiced, { toMs: this.endMs })
    this.#voiced = undefined
  }

  #turned(turn: Turn, atMs: number): void {
    this.#turns.take(turn, this.#input, atMs, this.#zeroMs)
    this.transcript.turned(turn, atMs, this.#zeroMs)
  }

  #nextAttempt(): void {
    this.close()
    this.#attempt += 1
    this.#zeroMs = this.#startsMs[this.#attempt] ?? this.endMs
    this.lanes.trouble.add({
      ...{ fromMs: this.#zeroMs, toMs: this.#zeroMs, kind: 'note', label: `attempt ${this.#attempt + 1}` },
      facts: [['The call came back', `attempt ${this.#attempt + 1}`]],
    })
  }

  #inputOf(input: Input, atMs: number): void {
    this.#input = input
    this.#replies.input(input, atMs)
    this.transcript.input(input, atMs, this.#zeroMs)
    switch (input.kind) {
      case 'speech-start':
        this.#voiced = this.lanes.caller.add({
          ...{ fromMs: input.firstVoicedMs + this.#zeroMs, toMs: Number.POSITIVE_INFINITY, kind: 'voiced', label: '' },
          facts: [['Known', `${Math.round(atMs - this.#zeroMs - input.firstVoicedMs)} ms after it began`]],
        })
        return
      case 'speech-end':
        if (this.#voiced)
          this.lanes.caller.change(this.#voiced, {
            toMs: Math.max(this.#voiced.fromMs, input.lastVoicedMs + this.#zeroMs),
          })
        this.#voiced = undefined
        return
      case 'words':
        if (input.text !== '' || input.ended) this.#words(input, atMs)
        return
      case 'digit':
        this.#point('words', atMs, 'final', `key ${input.digit}`, [['Key', input.digit]])
        return
      case 'typed':
        this.#point('words', atMs, 'final', input.text, [['Typed', input.text]])
        return
      case 'joined':
        this.#point('trouble', atMs, 'note', 'joined', [['Joined', 'Somebody joined to show a screen.']])
        return
      case 'relayed':
        if (input.as === 'translation')
          this.#point('trouble', atMs, 'note', 'the other person', [['The other person said', input.text]])
        return
      case 'language':
        this.#point('trouble', atMs, 'note', `language: ${input.code}`, [
          ['Language', `The call goes on in ${input.code}.`],
        ])
        return
      case 'hand-off':
        this.#point('trouble', atMs, 'note', `agent: ${input.agent}`, [
          ['Hand-off', `The agent ${input.agent} has the call from here on.`],
        ])
        return
      case 'summarised':
        this.#point('trouble', atMs, 'note', 'summed up', [
          ['The model is told from here on, instead of what was said long before', input.text],
        ])
        return
      case 'budget': {
        const told = `the budget of the ${input.of} is ${input.left === 'none' ? 'spent' : 'nearly spent'}`
        this.#point('trouble', atMs, 'note', told, [['Budget', told]])
        return
      }
      case 'reply-failed':
        this.#point('trouble', atMs, 'error', `${input.provider} failed`, [[`${input.provider} failed`, input.why]])
        return
      case 'stt-failed':
        this.#point('trouble', atMs, 'error', 'speech-to-text failed', [['Speech-to-text failed', input.why]])
        return
      case 'gone':
      case 'lost':
      case 'stopped':
        this.#point('trouble', atMs, input.kind === 'lost' ? 'error' : 'note', input.why, [['Ended', input.why]])
    }
  }

  #words(input: Extract<Input, { kind: 'words' }>, atMs: number): void {
    const facts: Fact[] = [[input.final ? 'Final' : 'Interim', input.text === '' ? '(no words)' : input.text]]
    if (input.complete !== undefined) facts.push(['Judged complete', percent(input.complete)])
    if (input.ended) facts.push(['End of turn', 'The recogniser took it for the end.'])
    this.#point('words', atMs, input.final ? 'final' : 'interim', input.text, facts)
  }

  #noted({ kind, ...details }: NonNullable<Line['noted']>, atMs: number): void {
    if (kind === 'line-quality') this.quality.push(details)
    if (kind.startsWith('memory-')) this.memory.push({ kind, ...details })
    const isBad = /failed|lost|dropped/.test(kind)
    const told = Object.entries(details).map(([name, value]): Fact => [name, clipped(value)])
    this.#point('trouble', atMs, isBad ? 'error' : 'note', noteWords(kind), [['Note', kind], ...told])
  }

  #point(lane: LaneName, atMs: number, kind: string, label: string, facts: readonly Fact[]): void {
    this.lanes[lane].add({ fromMs: atMs, toMs: atMs, kind, label, facts })
  }
}

const MOST_LETTERS = 200
const clipped = (value: unknown): string => {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
  return text.length > MOST_LETTERS ? `${text.slice(0, MOST_LETTERS)}…` : text
}

/** A whole call's timeline. */
export function timelineOf(lines: Iterable<Line>, startsMs?: readonly number[]): Timeline {
  const timeline = new Timeline(startsMs)
  for (const line of lines) timeline.take(line)
  timeline.close()
  return timeline
}
