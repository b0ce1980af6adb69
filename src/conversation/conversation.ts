import type { Agent } from './agent.ts'
import { messagesOf } from './history.ts'
import type { CallJournal } from './lines.ts'
import type {
  CallerFrame,
  Channel,
  Clock,
  LanguageModel,
  Message,
  SpeechToText,
  SttInput,
  TextToSpeech,
  ToolSet,
  Transcript,
  TurnEnd,
  VoiceActivity,
} from './ports.ts'
import { Queue } from './queue.ts'
import { deliver, type ReplyParts } from './reply/reply.ts'
import { type Scope, scopeOf } from './scope.ts'
import { advance, type ConversationState } from './state.ts'
import { judgeOverlap } from './turn/overlap.ts'
import { likelihoodOf } from './turn/patience.ts'
import { type Policy, type TurnEvent, type UntimedEvent, voiceOf, type Wait, type Work, worksOf } from './turn/turn.ts'
import { emptyUtterance, withWords, wordsOf } from './turn/utterance.ts'

/** One call and all that it is held with. The conversation owns none of it but closes the channel. */
export interface Call {
  readonly callId: string
  readonly owner: string
  readonly channelName: string
  readonly agent: Agent
  readonly policy: Policy
  readonly clock: Clock
  /** The clock's time at which the call began: all its times count from here. */
  readonly startMs: number
  readonly channel: Channel
  readonly voiceActivity: VoiceActivity
  readonly speechToText: SpeechToText
  readonly model: LanguageModel
  readonly voice: TextToSpeech
  readonly tools: ToolSet
  /** Without it the endings of the words are looked at. */
  readonly turnEnd?: TurnEnd
  readonly journal: CallJournal
  /** Where the conversation begins: `begin()`, or what a journal was restored to. */
  readonly state: ConversationState
}

/** Ten seconds of frames: beyond that a provider is not slow but gone. */
const MOST_FRAMES = 500
/** Ears that failed are opened again after this, and longer each time. */
const STT_RETRY_MS = 500

/** What is judged goes into the journal in thousandths. */
const rounded = (likeness: number): number => Math.round(likeness * 1_000) / 1_000

/**
 * Holds one conversation until it has ended; resolves with its last state when all that it began has stopped.
 * Aborting `signal` ends it with a goodbye that the carrier speaks.
 */
export async function converse(call: Call, signal: AbortSignal): Promise<ConversationState> {
  const { clock, startMs, channel, journal, policy, agent } = call
  const { language } = agent
  const now = (): number => clock.now() - startMs
  const lifetime = new AbortController()
  const running = new Map<number, { readonly scope: Scope; readonly release: () => void }>()
  const unfinished = new Set<Promise<unknown>>()
  const frames = new Queue<CallerFrame>(MOST_FRAMES)
  const over = Promise.withResolvers<void>()
  let sttInput = new Queue<SttInput>(MOST_FRAMES)
  let replied = Promise.resolve()
  let state = call.state

  // Events are taken one at a time, at once, in the order in which they happened: one that is told of while another
  // is being taken waits for it.
  const queued: TurnEvent[] = []
  let taking = false
  function emit(event: UntimedEvent): void {
    queued.push({ ...event, atMs: now() })
    if (taking) return
    taking = true
    try {
      for (let event = queued.shift(); event; event = queued.shift()) take(event)
    } catch (error) {
      over.reject(error)
    } finally {
      taking = false
    }
  }

  function take(event: TurnEvent): void {
    journal.append({ input: event })
    const before = state.turn
    state = advance(state, event, { policy, language })
    if (event.kind === 'speech-end') sttInput.push('flush')
    const { turn } = state
    const level = voiceOf(turn, policy)
    const changed = adjust(worksOf(turn))
    // After the works: a reply that was aborted is not turned up again.
    if (level !== voiceOf(before, policy)) channel.voice(level)
    if (changed || turn.kind !== before.kind) journal.append({ decided: { kind: 'turn', turn } })
    if (turn.kind === 'ended' && before.kind !== 'ended') over.resolve()
    if (turn.kind === 'listening' && (before.kind === 'replying' || before.kind === 'yielding'))
      awaitAtEnd(journal.commit(lifetime.signal))
  }

  /** Aborts the works that are no longer named, starts those newly named. */
  function adjust(works: readonly Work[]): boolean {
    const ids = new Set(works.map(work => work.id))
    const left = [...running].filter(([id]) => !ids.has(id))
    const begun = works.filter(work => !running.has(work.id))
    for (const [id, { scope }] of left) {
      running.delete(id)
      scope.abort(new Error('the turn went on'))
    }
    for (const work of begun) {
      const scope = scopeOf(lifetime.signal)
      const { promise: released, resolve: release } = Promise.withResolvers<void>()
      running.set(work.id, { scope, release })
      const ignoreAbort = (error: unknown): void => {
        if (!scope.signal.aborted) throw error
      }
      awaitAtEnd(start(work, released, scope.signal).catch(ignoreAbort).finally(scope.release))
    }
    for (const work of works) if (work.kind === 'reply' && !work.held) running.get(work.id)?.release()
    return left.length > 0 || begun.length > 0
  }

  async function start(work: Work, released: Promise<void>, workSignal: AbortSignal): Promise<void> {
    switch (work.kind) {
      case 'wait':
        await clock.sleep(work.wait.dueMs - now(), workSignal)
        emit({ kind: 'wait-over', wait: work.id, ...ownSound(work.wait) })
        break
      case 'reply': {
        const before = replied
        const history = (): readonly Message[] => messagesOf(state.history.filter(entry => entry.exchange < work.id))
        const after = before.then(() => deliver(work.reply, history, released, parts, workSignal))
        replied = after
        await after
        break
      }
      case 'stt-session':
        sttInput = new Queue(MOST_FRAMES, droppedAudio)
        if (work.failures > 0) await clock.sleep(work.failures * STT_RETRY_MS, workSignal)
        await listen(work.id, sttInput, workSignal)
    }
  }

  /** Where it is to be judged what was heard over the agent, and words leave it open: is it the agent's own sound? */
  function ownSound({ id }: Wait): { readonly own?: number } {
    const { turn } = state
    if (turn.kind !== 'yielding' || turn.judging.id !== id) return {}
    // Words that were the agent's last when they came may not be that any more.
    if (judgeOverlap(wordsOf(turn.utterance), turn.reply.heard, language) === 'back-channel') return {}
    return { own: rounded(channel.echo(turn.soundMs + startMs)) }
  }

  async function listen(id: number, input: Queue<SttInput>, workSignal: AbortSignal): Promise<void> {
    let givenMs = 0
    async function* given(): AsyncGenerator<SttInput> {
      for await (const item of input) {
        if (item !== 'flush') givenMs += (item.pcm.length / item.rateHz) * 1_000
        yield item
      }
    }
    try {
      for await (const transcript of call.speechToText.transcribe(given(), workSignal)) {
        const { text, final, ended } = transcript
        // Silence is transcribed too, many times a minute; only its end of utterance tells anything, or that it was silence.
        const takesBack = final && 'utterance' in state.turn && state.turn.utterance.interimWords !== ''
        if (text.trim() !== '' || ended || takesBack) emit({ kind: 'words', text, final, ended, ...judged(transcript) })
      }
      if (!workSignal.aborted) emit({ kind: 'stt-failed', session: id, why: 'ended by themselves', retryable: true })
    } catch (error) {
      const retryable = !(error instanceof Error && 'retryable' in error && error.retryable === false)
      if (!workSignal.aborted) emit({ kind: 'stt-failed', session: id, why: String(error), retryable })
    } finally {
      input.close()
      journal.append({ used: { kind: 'stt-seconds', seconds: givenMs / 1_000 } })
    }
  }

  /** How complete the caller's turn is with these words, where anybody can tell. */
  function judged(words: Transcript): { readonly complete?: number } {
    if (words.text.trim() === '') return {}
    const { turn } = state
    const utterance = 'utterance' in turn ? turn.utterance : emptyUtterance(now())
    const ours = call.turnEnd?.judge(wordsOf(withWords(utterance, words)), turn.context.asked || undefined)
    const likely = likelihoodOf(ours, words)
    return likely === undefined ? {} : { complete: rounded(likely) }
  }

  async function takeInbound(): Promise<void> {
    for await (const inbound of channel.inbound(lifetime.signal)) {
      switch (inbound.kind) {
        case 'audio':
          frames.push(inbound.frame)
          sttInput.push(inbound.frame)
          break
        case 'digit':
        case 'gone':
        case 'lost':
          emit(inbound)
      }
    }
  }

  async function detectSpeech(): Promise<void> {
    for await (const event of call.voiceActivity.detect(frames, lifetime.signal)) {
      switch (event.kind) {
        case 'speech-start':
          emit({ kind: 'speech-start', firstVoicedMs: event.firstVoicedMs - startMs })
          break
        case 'speech-end':
          emit({ kind: 'speech-end', lastVoicedMs: event.lastVoicedMs - startMs })
      }
    }
  }

  /** Something that must have stopped before the conversation is over. */
  function awaitAtEnd(work: Promise<unknown>): void {
    const watched = work
      .catch(error => {
        if (!lifetime.signal.aborted) journal.append({ noted: { kind: 'work-failed', why: String(error) } })
      })
      .finally(() => unfinished.delete(watched))
    unfinished.add(watched)
  }

  /** Something without which there is no call: when it ends, however it ends, the call does. */
  const needed = (work: Promise<void>, what: string): void =>
    awaitAtEnd(
      work.then(
        () => emit({ kind: 'stopped', why: `${what} ended` }),
        error => emit({ kind: 'stopped', why: `${what}: ${String(error)}` }),
      ),
    )
  const isCallerSpeaking = (): boolean => state.turn.kind === 'yielding' && state.turn.speaking
  const droppedAudio = (): void => journal.append({ noted: { kind: 'caller-audio-dropped' } })
  const stop = (): void => emit({ kind: 'stopped', why: String(signal.reason) })

  const parts: ReplyParts = {
    ...call,
    callSignal: new AbortController().signal,
    emit,
    awaitAtEnd,
    isCallerSpeaking,
  }
  const { callId, channelName } = call
  const wallTime = clock.wallTime().toISOString()
  const about = { callId, agent: agent.name, channel: channelName, language: language.code, wallTime, policy }
  journal.append({ started: { kind: 'call-started', ...about, turn: state.turn } })
  adjust(worksOf(state.turn))
  needed(takeInbound(), 'the line')
  needed(detectSpeech(), 'the voice activity detector')
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  try {
    await over.promise
  } finally {
    signal.removeEventListener('abort', stop)
    lifetime.abort(new Error('the call is over'))
    frames.close()
    awaitAtEnd(channel.close(state.turn.kind === 'ended' ? state.turn.next : 'unavailable'))
    while (unfinished.size > 0) await Promise.all(unfinished)
  }
  return state
}
