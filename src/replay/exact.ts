import { isDeepStrictEqual } from 'node:util'
import {
  type CallStarted,
  type Decision,
  isEvent,
  JOURNAL_VERSION,
  type JournalLine,
  type Stream,
} from '../conversation/lines.ts'
import { restore } from '../conversation/restore.ts'
import { advance, begun, type ConversationState } from '../conversation/state.ts'
import { isDecision, type Rules, type TurnEvent } from '../conversation/turn/turn.ts'
import { ModelAnswers } from './model-answers.ts'
import type { Difference, ExactReport, ReplayRules } from './report.ts'

/** One stretch of a call: from its start, or its return to a server, to where its lines end. */
interface Attempt {
  readonly rules: Rules
  readonly answers: ModelAnswers
  readonly knowsHistory: boolean
  state: ConversationState
  /** The turn that the last input led to, until its line comes. */
  due: { readonly seq: number; readonly atMs: number; readonly decision: Decision } | undefined
}

/** More are not listed: after the first ones most only follow from those. */
const MOST_DIFFERENCES = 1_000

/**
 * Feeds a journal's inputs in their order to the code of today, and compares each decision with the recorded one. Pure.
 * A decision at the very end that a crash cut off is no difference. Throws an Error when the lines do not begin with the
 * start of a call, are out of order, or are of another version or of a language that is not known.
 */
export function replayExactly(lines: Iterable<JournalLine>, rules: ReplayRules): ExactReport {
  const replay = new Replay(rules)
  for (const line of lines) replay.take(line)
  return replay.report()
}

class Replay {
  readonly #rules: ReplayRules
  readonly #advance: typeof advance
  readonly #before: JournalLine[] = []
  readonly #differences: Difference[] = []
  readonly #notes: string[] = []
  #attempt: Attempt | undefined
  #callId: string | undefined
  /** Lines are missing: until the call starts again there is nothing to compare. */
  #isBroken = false
  #decisions = 0
  #lengthMs = 0
  #lastMs = 0
  #omitted = 0

  constructor(rules: ReplayRules) {
    this.#rules = rules
    this.#advance = rules.advance ?? advance
  }

  take(line: JournalLine): void {
    const last = this.#before.at(-1)
    checkPlace(line, last)
    const { seq, atMs } = line
    if (last && seq > last.seq + 1 && !('started' in line)) this.#lose(last.seq, seq)
    // Each attempt counts its time anew.
    if (atMs < this.#lastMs) this.#lengthMs += this.#lastMs
    this.#lastMs = atMs
    // Nothing but a note about the input comes between it and its turn. A journal that ends there was cut off.
    const mayPrecedeTurn = 'noted' in line || ('decided' in line && line.decided.kind === 'turn')
    if (!mayPrecedeTurn && !('started' in line)) this.#missTurn()
    if ('started' in line) this.#start(line.started, seq)
    else if ('noted' in line) this.#note(line.noted)
    else if (!this.#isBroken && 'input' in line) this.#input(line.input, seq, atMs)
    else if (!this.#isBroken && 'decided' in line) this.#decided(line.decided, seq, atMs)
    this.#before.push(line)
  }

  report(): ExactReport {
    if (this.#callId === undefined) throw new Error('the journal has no start of a call')
    if (this.#omitted > 0) this.#notes.push(`${this.#omitted} more differences are not listed`)
    return {
      callId: this.#callId,
      lines: this.#before.length,
      decisions: this.#decisions,
      lengthMs: this.#lengthMs + this.#lastMs,
      differences: this.#differences,
      notes: this.#notes,
    }
  }

  #start(started: CallStarted, seq: number): void {
    const language = this.#rules.languageOf(started.language)
    const { said, isKnown } = this.#saidBefore(started, seq)
    const rules = { policy: started.policy, language }
    const state = begun(started.turn, said)
    this.#callId ??= started.callId
    this.#isBroken = false
    this.#attempt = {
      ...{
        rules,
        state,
        knowsHistory: isKnown,
        answers: new ModelAnswers(language, isKnown, started.policy.mostLetters),
        due: undefined,
      },
    }
    // A call that ends before it begins, at a wrong PIN, has its end without an input.
    const decision = { kind: 'turn', turn: started.turn } as const
    if (started.turn.kind === 'ended') this.#attempt.due = { seq, atMs: this.#lastMs, decision }
  }

  /** What was said before this attempt, folded from the lines that its server had then. */
  #saidBefore({ afterSeq, language }: CallStarted, seq: number) {
    const untilSeq = afterSeq ?? this.#before.at(-1)?.seq ?? 0
    const before = this.#before.filter(line => line.seq <= untilSeq)
    const isKnown = before.length === untilSeq
    if (!isKnown)
      this.#notes.push(`line ${seq}: what was said before is not in this journal, so requests are not compared`)
    if (!before.some(line => 'started' in line)) return { said: undefined, isKnown }
    return { said: restore(before, this.#rules.languageOf(language)), isKnown }
  }

  #input(input: TurnEvent | Stream, seq: number, atMs: number): void {
    const attempt = this.#held(seq)
    const miss = (missing: readonly Decision[]): void => {
      for (const now of missing) this.#differ({ seq, atMs, recorded: undefined, now })
    }
    if (!isEvent(input)) {
      if (input.kind === 'delta' || input.kind === 'model-answered') miss(attempt.answers.wrote(input, attempt.state))
      return
    }
    miss(attempt.answers.took(input, attempt.state))
    const { turn } = attempt.state
    attempt.state = this.#advance(attempt.state, input, attempt.rules)
    const next = attempt.state.turn
    if (isDecision(turn, next)) attempt.due = { seq, atMs, decision: { kind: 'turn', turn: next } }
  }

  #decided(recorded: Decision, seq: number, atMs: number): void {
    const now = this.#again(recorded, this.#held(seq))
    if (now === 'unknown') return
    this.#decisions++
    if (!isDeepStrictEqual(asWritten(now), recorded)) this.#differ({ seq, atMs, recorded, now })
  }

  /** The same decision made now; 'unknown' where it hangs on more than the journal has. */
  #again(recorded: Decision, attempt: Attempt): Decision | undefined | 'unknown' {
    const { answers, state } = attempt
    switch (recorded.kind) {
      case 'turn': {
        const { due } = attempt
        attempt.due = undefined
        return due?.decision
      }
      case 'clause':
        return answers.said(recorded, state)
      case 'model-asked': {
        const messages = answers.asked(recorded.reply, recorded.part, state)
        return messages === undefined ? 'unknown' : { ...recorded, messages }
      }
      case 'tool-refused':
        // It was refused because the store failed, which no journal can tell beforehand.
        return 'unknown'
    }
  }

  #missTurn(): void {
    const due = this.#attempt?.due
    if (!due || !this.#attempt) return
    this.#attempt.due = undefined
    this.#differ({ seq: due.seq, atMs: due.atMs, recorded: undefined, now: due.decision })
  }

  #note(noted: Extract<JournalLine, { noted: unknown }>['noted']): void {
    if (noted.kind === 'reply-cut' && typeof noted.reply === 'number') this.#attempt?.answers.cut(noted.reply)
  }

  #lose(afterSeq: number, beforeSeq: number): void {
    this.#isBroken = true
    if (this.#attempt) this.#attempt.due = undefined
    const count = beforeSeq - afterSeq - 1
    this.#notes.push(
      `${count} lines were lost after line ${afterSeq}: compared up to there, and again where the call starts again`,
    )
  }

  #differ(difference: Difference): void {
    if (this.#differences.length < MOST_DIFFERENCES) this.#differences.push(difference)
    else this.#omitted++
  }

  #held(seq: number): Attempt {
    if (!this.#attempt) throw new Error(`journal line ${seq} comes before the start of the call`)
    return this.#attempt
  }
}

function checkPlace(line: JournalLine, last: JournalLine | undefined): void {
  const version: number = line.v
  if (version !== JOURNAL_VERSION)
    throw new Error(`journal line ${line.seq} is of version ${version}; this server reads version ${JOURNAL_VERSION}`)
  if (last && line.seq <= last.seq)
    throw new Error(`journal line ${line.seq} comes after line ${last.seq}: the lines are out of order`)
}

/** As a journal has it: without what is undefined. */
const asWritten = (decision: Decision | undefined): unknown =>
  decision === undefined ? undefined : JSON.parse(JSON.stringify(decision))
