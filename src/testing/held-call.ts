import type { AgentCall } from '../agents/author/agent.ts'
import type { AgentLife } from '../agents/author/life.ts'
import type { Agent } from '../conversation/agent.ts'
import { converse } from '../conversation/conversation.ts'
import type { CallJournal } from '../conversation/lines.ts'
import type { ToolSet } from '../conversation/ports.ts'
import { spokenBy } from '../conversation/spoken.ts'
import { begin } from '../conversation/turn/enter.ts'
import { onLineOf } from '../conversation/turn/languages.ts'
import type { Policy, Turn } from '../conversation/turn/turn.ts'
import { replayedLine } from '../replay/replayed-line.ts'
import type { TurnEndJudge } from '../turn-end/judge.ts'
import { agentsVoice } from './agents-voice.ts'
import { CallSoFar } from './call-so-far.ts'
import type { CallTime } from './call-time.ts'
import { type CallersVoice, type Hearing, openCallersVoice } from './callers-voice.ts'
import { ExpectationError } from './expectation-error.ts'
import { type GivenSecret, givenSecret } from './given-secret.ts'
import type { OpenedModel, TestModel } from './test-model.ts'
import type { TestedDocuments } from './tested-documents.ts'

/** What a call in a test is held with. */
export interface HeldCallParts {
  readonly time: CallTime
  /** The first one greets; the others may be given the call. */
  readonly agents: readonly [Agent, ...Agent[]]
  readonly tools: ToolSet
  readonly policy: Policy
  readonly lifeOf: (call: AgentCall) => AgentLife
  readonly channel: 'phone' | 'browser'
  /** The caller's number, or a name. */
  readonly caller: string
  readonly model: TestModel
  readonly hearing: Hearing
  readonly turnEnd: TurnEndJudge
  readonly documents?: TestedDocuments | undefined
  /** Ends the call when it aborts. */
  readonly signal: AbortSignal
}

const RATES = { phone: 8_000, browser: 24_000 } as const
/** When a caller has hung up, a tool may still run for some seconds. */
const ENDS_WITHIN_MS = 60_000

/** A call of the real conversation, with a caller who acts as a test says. Time passes only where somebody waits for it. */
export class HeldCall {
  readonly soFar: CallSoFar
  readonly caller: CallersVoice
  readonly time: CallTime
  readonly startMs: number
  readonly secret: GivenSecret = givenSecret()
  readonly #server = new AbortController()
  readonly #parts: HeldCallParts
  #opened: OpenedModel | undefined
  #failure: Error | undefined
  #isOver = false
  /** Settles when the conversation has, and never rejects. */
  #held: Promise<void> = Promise.resolve()

  constructor(parts: HeldCallParts) {
    const {
      time,
      hearing,
      agents: [agent],
    } = parts
    this.#parts = parts
    this.time = time
    this.startMs = time.clock.now()
    this.soFar = new CallSoFar(time.clock, this.startMs, agent.language)
    this.caller = openCallersVoice(time.clock, hearing)
  }

  /** Begins the call. Rejects where the model cannot be opened. */
  async begin(): Promise<void> {
    const { time, policy, channel, caller, model, turnEnd, documents, lifeOf, signal } = this.#parts
    // A scripted model has an answer for each of the caller's turns alone.
    const [agent, ...others] = this.#parts.agents.map(({ warm: _, ...one }): Agent => one) as [Agent, ...Agent[]]
    const agents = [agent, ...others] as const
    const own = { agent: agent.name, tools: this.#parts.tools, journal: this.soFar }
    const knowledge = documents?.ofCall(own)
    const { tools, journal: inner } = knowledge ?? own
    const callId = 'test-call'
    const life = lifeOf({ callId, owner: caller, channel })
    const journal: CallJournal = {
      append(line) {
        inner.append(line)
        life.take(line)
      },
      commit: until => inner.commit(until),
    }
    const told = (found: string | undefined): string | undefined =>
      [life.context(), found].filter(Boolean).join('\n\n') || undefined
    const { clock } = time
    const { startMs } = this
    const fail = (error: Error): void => this.fail(error)
    const isDue = (reply: number | undefined): boolean => 'reply' in this.turn && this.turn.reply.id === reply
    const wasTaken = (reply: number): boolean => this.soFar.taken.has(reply)
    const language = agent.language.code
    this.#opened = await model.open({ time, language, fail, isDue, wasTaken, signal: this.#server.signal })
    const stop = (): void => this.#server.abort(signal.reason)
    signal.addEventListener('abort', stop, { once: true })
    if (signal.aborted) stop()
    const { voiceActivity, speechToText } = this.caller
    const inbound = (until: AbortSignal) => this.caller.inbound(until)
    const rateHz = RATES[channel]
    const spoken = { speechToText, voice: agentsVoice(clock, rateHz) }
    const spokenAs = await spokenBy(agents, async () => spoken)
    this.#held = converse(
      {
        ...{ agent, policy, clock, startMs, tools, turnEnd, voiceActivity, ...spoken, spokenAs },
        ...{
          callId,
          owner: caller,
          channelName: channel,
          journal,
          context: () => knowledge?.ready()?.then(() => told(knowledge.context())) ?? told(knowledge?.context()),
        },
        model: this.#opened.model,
        askSecret: this.secret.ask,
        channel: replayedLine({ clock, startMs, rateHz, inbound, steps: [] }),
        state: { turn: onLineOf(begin(policy, 0), agents), history: [] },
      },
      this.#server.signal,
    )
      .then(() => life.over())
      .then(
        () => undefined,
        error => this.fail(error instanceof Error ? error : new Error(String(error))),
      )
      .finally(() => {
        this.#isOver = true
        knowledge?.over()
        documents?.close().catch(error => this.fail(error))
        signal.removeEventListener('abort', stop)
      })
  }

  get turn(): Turn {
    return this.soFar.state.turn
  }

  /** The agent listens, or asks for a secret. */
  get isCallersTurn(): boolean {
    return this.turn.kind === 'listening' || this.secret.asked() !== undefined
  }

  /** Nothing can happen in it any more. */
  get isOver(): boolean {
    return this.#isOver
  }

  get hasFailed(): boolean {
    return this.#failure !== undefined
  }

  /** Whoever waits for the call learns of it. Only the first failure counts: others mostly follow from it. */
  fail(error: Error): void {
    if (this.#failure) return
    this.#failure = error
    this.soFar.trouble(error.message)
  }

  /** Lets time pass until `isDone`, `ms` at most; resolves with whether it is. Rejects when the call fails, or with the signal's reason. */
  async pass(isDone: () => boolean, ms: number): Promise<boolean> {
    const { signal } = this.#parts
    await this.time.pass(() => this.#failure !== undefined || signal.aborted || this.#isOver || isDone(), ms)
    signal.throwIfAborted()
    if (this.#failure)
      throw new ExpectationError(this.#failure.message, this.soFar.transcript(), { cause: this.#failure })
    return isDone()
  }

  /** The caller hangs up, if the call still goes on. Resolves when nothing of it is left. */
  async end(): Promise<void> {
    this.caller.send({ kind: 'gone', why: 'the caller hung up' })
    await this.time.pass(() => this.#isOver, ENDS_WITHIN_MS)
    if (!this.#isOver) {
      this.#server.abort(new Error('the test is over'))
      await this.time.pass(() => this.#isOver, ENDS_WITHIN_MS)
    }
    if (!this.#isOver)
      throw new ExpectationError('The call did not end after the caller had hung up.', this.soFar.transcript())
    await this.#held
  }

  /** Answers of the test's model that nobody asked for. */
  unasked(): readonly string[] {
    return this.#opened?.unasked() ?? []
  }
}
