import type { Agent } from './agent.ts'
import { boundedTranscript } from './bounded-transcript.ts'
import { waitedForFrom } from './carried-on.ts'
import { commitPoints } from './commit-points.ts'
import { nextAfter } from './handed-over.ts'
import type { CallJournal } from './lines.ts'
import { ownShares, ownSound, soundTimes, wordsAloud } from './own-sound.ts'
import type {
  CallerFrame,
  Channel,
  Clock,
  LanguageModel,
  SpeechToText,
  SttInput,
  TextToSpeech,
  ToolSet,
  Transcript,
  TurnEnd,
  VoiceActivity,
} from './ports.ts'
import { Queue } from './queue.ts'
import { quietFor } from './quiet.ts'
import { warmUp } from './reply/ask-beside.ts'
import { deliver } from './reply/reply.ts'
import type { ReplyParts } from './reply/reply-work.ts'
import { type Scope, scopeOf } from './scope.ts'
import { type SecretInCallParts, secretInCall } from './secret/secret-in-call.ts'
import type { Spoken, SpokenAs } from './spoken.ts'
import { advance, type ConversationState } from './state.ts'
import { type Summarise, summingUp } from './summary/summing-up.ts'
import { messagesFor } from './told.ts'
import { agentIn } from './turn/hand-off.ts'
import { languageIn } from './turn/languages.ts'
import { likelyComplete } from './turn/likely-complete.ts'
import { isDecision, type Policy, type TurnEvent, type UntimedEvent, type Work, worksOf } from './turn/turn.ts'
import { wordedText } from './turn/utterance.ts'
import { voiceOf } from './turn/voice-level.ts'

/** One call and all its parts. The conversation closes the channel and owns none of the other parts. */
export interface Call extends Pick<SecretInCallParts, 'withholding' | 'inPerson'> {
  readonly callId: string
  readonly owner: string
  readonly channelName: string
  readonly agent: Agent
  readonly policy: Policy
  readonly clock: Clock
  /** The clock's time at which the call began. All times of the call count from here. */
  readonly startMs: number
  readonly channel: Channel
  readonly voiceActivity: VoiceActivity
  readonly speechToText: SpeechToText
  readonly model: LanguageModel
  readonly voice: TextToSpeech
  /** Where the line speaks several languages, or has several agents; the parts above are those of the first. */
  readonly spokenAs?: SpokenAs | undefined
  readonly tools: ToolSet
  /** What an agent's model is told besides the conversation, each time it is asked, such as what is on the caller's screen. */
  readonly context?: ReplyParts['context']
  /** Without it the model is always told all that was said. */
  readonly summarise?: Summarise | undefined
  /** Instead of asking the caller, where a call is only run again. */
  readonly askSecret?: ReplyParts['askSecret']
  /** Without it only the last words decide how complete a turn is. */
  readonly turnEnd?: TurnEnd
  readonly journal: CallJournal
  /** The first state: a turn from `begin()`, or the state that a journal was restored to. */
  readonly state: ConversationState
  /** The number of the journal's last line that the state was restored from; nothing where it is new. */
  readonly afterSeq?: number
}

/** Ten seconds of frames at least: a provider that is further behind has stopped reading. */
const MOST_FRAMES = 500
/** The pause before a new speech-to-text session, times the failures in a row. */
const STT_RETRY_MS = 500

/**
 * Holds one conversation. Resolves with its last state when it has ended and everything that it started has stopped.
 * An abort of `signal` ends it with a goodbye that the carrier speaks; one with HandedOver tells the caller that a person
 * comes, and ends with the transfer.
 */
export async function converse(call: Call, signal: AbortSignal): Promise<ConversationState> {
  const { clock, startMs, channel, journal, policy, agent, callId, channelName, afterSeq = 0 } = call
  const now = (): number => clock.now() - startMs
  const lifetime = new AbortController()
  const running = new Map<number, { readonly scope: Scope; readonly release: () => void }>()
  const unfinished = new Set<Promise<unknown>>()
  const frames = new Queue<CallerFrame>(MOST_FRAMES)
  const over = Promise.withResolvers<void>()
  const aloud = wordsAloud(clock)
  let sttInput = new Queue<SttInput>(MOST_FRAMES)
  let replied = Promise.resolve()
  let hasCut = false
  let state = waitedForFrom(call.state, now())
  const current = () => languageIn(state.turn.context, agent.language)
  const spoken = (): Spoken => call.spokenAs?.(agentIn(state.turn.context, agent.name), current().code) ?? call
  const isCommitPoint = commitPoints()
  const sumUp = summingUp({ ...call, emit, awaitAtEnd, speaker: () => spoken().agent }, lifetime.signal)
  const secrets = secretInCall(call)

  // Taking one event may emit another. The queue keeps them in order, and finishes each before the next.
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
    state = advance(state, event, { policy, language: agent.language })
    if (event.kind === 'speech-end') sttInput.push('flush')
    const { turn } = state
    secrets.follow(turn)
    const level = voiceOf(turn, policy)
    adjust(worksOf(turn))
    // The works are adjusted first, so that an aborted reply does not become loud again.
    if (level !== voiceOf(before, policy)) channel.voice(level)
    if (isDecision(before, turn)) journal.append({ decided: { kind: 'turn', turn } })
    if (turn.kind === 'ended' && before.kind !== 'ended') over.resolve()
    sumUp(before, state)
    if (isCommitPoint(event, before, turn)) awaitAtEnd(journal.commit(lifetime.signal))
  }

  /** Aborts the works that are no longer named, and starts those newly named. */
  function adjust(works: readonly Work[]): void {
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
  }

  async function start(work: Work, released: Promise<void>, workSignal: AbortSignal): Promise<void> {
    switch (work.kind) {
      case 'wait':
        await quietFor(work.wait.dueMs - now(), clock, workSignal)
        emit({
          kind: 'wait-over',
          wait: work.id,
          ...ownSound(work.wait, state.turn, current(), { channel, clock, startMs }),
        })
        break
      case 'reply': {
        const before = replied
        const history = () => messagesFor(state, work.reply, current())
        const after = before.then(() => deliver(work.reply, history, released, { ...parts, ...spoken() }, workSignal))
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

  async function listen(id: number, input: Queue<SttInput>, workSignal: AbortSignal): Promise<void> {
    const { speechToText } = spoken()
    const givenMs = new Map([[speechToText.by, 0]])
    const times = soundTimes()
    const unheard = (): string => (state.turn.context.echoes ? aloud.unheard() : '')
    const ownShare = ownShares({ channel, clock, times, aloud: unheard })
    async function* given(): AsyncGenerator<SttInput> {
      for await (const item of input) {
        const ms = item === 'flush' ? 0 : times.given(item)
        givenMs.set(speechToText.by, (givenMs.get(speechToText.by) ?? 0) + ms)
        yield item
      }
    }
    try {
      for await (const whole of speechToText.transcribe(given(), workSignal)) {
        const { transcript, isCut } = boundedTranscript(whole)
        if (isCut && !hasCut) journal.append({ noted: { kind: 'transcript-cut', letters: whole.text.length } })
        hasCut ||= isCut
        const { final, ended } = transcript
        const text = wordedText(transcript.text)
        // Silence brings many empty transcripts. Only those matter that end an utterance or replace interim words.
        const takesBack = final && 'utterance' in state.turn && state.turn.utterance.interimWords !== ''
        if (text !== '' || ended || takesBack)
          emit({ kind: 'words', text, final, ended, ...judged(transcript), ...ownShare(transcript) })
      }
      if (!workSignal.aborted) emit({ kind: 'stt-failed', session: id, why: 'ended by themselves', retryable: true })
    } catch (error) {
      const retryable = !(error instanceof Error && 'retryable' in error && error.retryable === false)
      if (!workSignal.aborted) emit({ kind: 'stt-failed', session: id, why: String(error), retryable })
    } finally {
      input.close()
      for (const [by, ms] of givenMs) journal.append({ used: { kind: 'stt-seconds', seconds: ms / 1_000, by } })
    }
  }

  const judged = (some: Transcript) => likelyComplete(some, state.turn, { ...call, language: current(), nowMs: now() })

  async function takeInbound(): Promise<void> {
    for await (const inbound of secrets.inbound(lifetime.signal)) {
      switch (inbound.kind) {
        case 'audio':
          frames.push(inbound.frame)
          sttInput.push(inbound.frame)
          break
        case 'digit':
        case 'typed':
        case 'joined':
        case 'beside':
        case 'relayed':
        case 'budget':
        case 'gone':
        case 'lost':
          emit(inbound)
      }
    }
  }

  async function detectSpeech(): Promise<void> {
    for await (const event of call.voiceActivity.detect(frames, lifetime.signal)) {
      if (event.kind === 'speech-start') emit({ ...event, firstVoicedMs: event.firstVoicedMs - startMs })
      else emit({ ...event, lastVoicedMs: event.lastVoicedMs - startMs })
    }
  }

  /** The conversation is not over before this work has settled. */
  function awaitAtEnd(work: Promise<unknown>): void {
    const watched = work
      .catch(error => {
        if (!lifetime.signal.aborted) journal.append({ noted: { kind: 'work-failed', why: String(error) } })
      })
      .finally(() => unfinished.delete(watched))
    unfinished.add(watched)
  }

  /** The call ends when this work does, whether it resolves or rejects. */
  const needed = (work: Promise<void>, what: string): void =>
    awaitAtEnd(
      work.then(
        () => emit({ kind: 'stopped', why: `${what} ended` }),
        error => emit({ kind: 'stopped', why: `${what}: ${String(error)}` }),
      ),
    )
  const isCallerSpeaking = (): boolean => state.turn.kind === 'yielding' && state.turn.speaking
  const droppedAudio = (): void => journal.append({ noted: { kind: 'caller-audio-dropped' } })
  const stop = (): void => emit({ kind: 'stopped', why: String(signal.reason), ...nextAfter(signal.reason) })

  const parts: ReplyParts = {
    ...call,
    callSignal: new AbortController().signal,
    emit,
    awaitAtEnd,
    isCallerSpeaking,
    aloud,
    askSecret: call.askSecret ?? ((asked, asking) => secrets.ask(asked, spoken(), asking)),
  }
  const about = { callId, agent: agent.name, channel: channelName, language: agent.language.code, policy }
  journal.append({
    started: { kind: 'call-started', ...about, wallTime: clock.wallTime().toISOString(), turn: state.turn, afterSeq },
  })
  secrets.follow(state.turn)
  adjust(worksOf(state.turn))
  if (agent.warm && !call.inPerson && state.history.length === 0) awaitAtEnd(warmUp(call, lifetime.signal))
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
