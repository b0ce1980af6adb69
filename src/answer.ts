import { join } from 'node:path'
import type { Logger } from 'pino'
import type { Companion } from './channels/browser/companion/companion.ts'
import type { CompanionCall } from './channels/browser/companion/stay.ts'
import type { CallLine, CallOpening, OpenCall } from './channels/call-host.ts'
import { LEAD_MS } from './channels/line/played-speech.ts'
import { type Agent, agentFor } from './conversation/agent.ts'
import { converse } from './conversation/conversation.ts'
import { messagesOf } from './conversation/history.ts'
import type { JournalLine, Line, Usage } from './conversation/lines.ts'
import type { Clock, ToolSet, TurnEnd, VoiceActivity } from './conversation/ports.ts'
import { type Scope, scopeOf } from './conversation/scope.ts'
import { askForPin, hasPassed } from './conversation/secret/ask-pin.ts'
import type { ConversationState } from './conversation/state.ts'
import { begin } from './conversation/turn/enter.ts'
import type { Policy } from './conversation/turn/turn.ts'
import { openJournal } from './journal/journal.ts'
import { noRecording, openRecording } from './journal/recording.ts'
import type { Store } from './journal/store.ts'
import { linesBefore, stateAfter } from './journal/streams-before.ts'
import { withheld } from './journal/withheld.ts'
import { writeTranscript } from './journal/write-transcript.ts'
import type { Metrics } from './metrics/open-metrics.ts'
import type { Providers } from './open-providers.ts'
import type { Admission } from './operations/admission.ts'
import { Lateness } from './operations/lateness.ts'
import { callLog } from './operations/log.ts'
import { observer } from './operations/observer.ts'
import type { ProviderFailures } from './operations/provider-failures.ts'
import type { PinDoors } from './pins/pin-doors.ts'
import { heardBy } from './policy.ts'
import { lineQuality } from './quality/line-quality.ts'
import type { Keeper, KeptStream } from './records/keeper.ts'
import { offerScreen } from './sight/offer-screen.ts'
import { type ShownScreen, shownScreen } from './sight/shown-screen.ts'
import { type ScreenTools, withScreen } from './sight/with-screen.ts'
import type { Spending } from './spending/budgets.ts'
import type { LiveCalls } from './staff/live/live-calls.ts'
import type { Traces } from './traces/traces.ts'

/** What all calls of this server are held with. */
export interface AnsweringParts {
  readonly clock: Clock
  readonly log: Logger
  readonly dataDir: string
  readonly records: boolean
  readonly store: Store
  /** Follows each call, to seal and index its record. */
  readonly keeper: Keeper
  readonly admission: Admission
  /** Where staff find the calls that are held now. */
  readonly live: Pick<LiveCalls, 'opening'>
  readonly failures: ProviderFailures
  /** Follows what each call costs, against the budgets. */
  readonly spending: Pick<Spending, 'begin'>
  /** Undefined where calls are not traced. */
  readonly traces: Traces | undefined
  /** Undefined where no metrics are wanted. */
  readonly metrics: Metrics | undefined
  readonly agent: Agent
  readonly policy: Policy
  readonly voiceActivity: VoiceActivity
  readonly modelFor: Providers['modelFor']
  readonly tools: ToolSet
  readonly turnEnd: TurnEnd
  /** The PINs of callers' numbers. */
  readonly pins: PinDoors
  /** What looks at callers' screens; undefined where nobody does. */
  readonly looking: Looking | undefined
  /** How somebody on the telephone shows a screen beside the call; undefined where nobody can. */
  readonly beside: Beside | undefined
  /** Speech-to-text and the voice are opened for each call, and closed by its signal. */
  readonly speechToTextFor: Providers['speechToTextFor']
  readonly voiceFor: Providers['voiceFor']
  readonly inPersonFor: Providers['inPersonFor']
}

/** What all shared screens are looked at with. */
export type Looking = Pick<Parameters<typeof shownScreen>[0], 'sight' | 'encoder' | 'zone' | 'sentTo'>

/** The way to the page beside a telephone call. */
export interface Beside {
  /** As it is said. */
  readonly address: string
  readonly companionOf: (call: CompanionCall) => Companion
}

type Noted = Extract<Line, { readonly noted: unknown }>['noted']

/** No call says so much in one attempt. */
const IDS_PER_ATTEMPT = 1_000_000
const OVER = new Error('the call is over')

/** Opens the record of a call whose line is there; what it gives holds the call until the record is sealed. */
export async function openCall(opening: CallOpening, parts: AnsweringParts): Promise<OpenCall> {
  const { clock, log, store, admission } = parts
  const { callId, channelName, rateHz, attempt, owner, caller } = opening
  const agent = agentFor(parts.agent, caller)
  const policy = { ...parts.policy, canTransfer: parts.policy.canTransfer && opening.canTransfer }
  const startMs = clock.now()
  const folder = join(parts.dataDir, 'calls', callId)
  const before = attempt > 1 ? await linesBefore(store, callId, log) : []
  const spending = await parts.spending.begin({ callId, owner, channelName, before })
  const { left } = spending
  // Whose budget is spent is told nothing that a PIN protects.
  const asksPin = caller === 'number' && left !== 'none' && !hasPassed(before) && (await parts.pins.has(owner))
  // A caller who is asked for a PIN hears the notice before the question.
  const hears = parts.records && !asksPin ? 'notice' : 'greeting'
  // Where nothing of the attempt before can be read, its ids, which the keys of changes are made of, are not given out anew.
  const first = begin(policy, 0, hears, (attempt - 1) * IDS_PER_ATTEMPT, left)
  const earlier = stateAfter(before, { turn: first, history: [] }, policy, left, agent.language, callId, log)
  const afterSeq = earlier.history.length > 0 ? (before.at(-1)?.seq ?? 0) : 0
  // What a disk refuses at once is noted as soon as there is a journal.
  const early: Noted[] = []
  let noteOfSound = (noted: Noted): void => void early.push(noted)
  const recorded = parts.records
    ? openRecording(join(folder, `call-${attempt}.wav`), rateHz, {
        lost: why => noteOfSound({ kind: 'recording-lost', why }),
        back: () => noteOfSound({ kind: 'recording-back' }),
      })
    : noRecording
  const feed = parts.live.opening({
    ...{
      callId,
      attempt,
      rateHz,
      agent: agent.name,
      channel: channelName,
      sound: parts.records,
      costUsd: spending.usd,
    },
    startedAt: clock.wallTime().toISOString(),
    caller: caller === 'number' ? owner : null,
    canTransfer: opening.canTransfer,
    note: noted => journal.append({ noted }),
  })
  // Tapped before a secret is withheld, so that who listens does not hear it either.
  const recording = feed.tap(recorded)
  const secret = asksPin ? withheld(recording) : undefined
  let companion: Companion | undefined
  let kept: KeptStream | undefined
  const tellLog = callLog(log, callId, before)
  const watchProviders = parts.failures.ofCall()
  const traced = { callId, attempt, startedAt: clock.wallTime() }
  const trace = parts.traces?.ofCall(traced)
  const traceparent = parts.traces?.traceparent(traced)
  const spend = observer({ callId, what: 'the budget', log }, spending.take)
  const measured = parts.metrics?.ofCall({ callId, agent, channel: channelName, before })
  const measure = observer({ callId, what: 'the metrics', log }, measured)
  let endHold: (why: Error) => void = () => undefined
  const journal = await openJournal({
    ...{ callId, attempt, store, clock, startMs },
    file: join(folder, 'journal.jsonl'),
    afterSeq: before.at(-1)?.seq ?? 0,
    onSuperseded: why => endHold(why),
    onLine: line => {
      watchProviders(line)
      spend(line)
      trace?.(line)
      tellLog(line)
      measure(line)
      kept?.take(line)
      opening.onLine?.(line)
      companion?.read(line)
      feed.onLine(line)
    },
  })
  noteOfSound = noted => journal.append({ noted })
  for (const noted of early) noteOfSound(noted)
  kept = parts.keeper.begin({
    ...{ callId, attempt, agent, channelName, policy, before },
    startedAt: clock.wallTime(),
    tools: parts.tools.specs,
    number: caller === 'number' ? owner : undefined,
  })
  const lateness = new Lateness(parts.metrics?.frameLate)
  const quality = lineQuality({ clock, rateHz, isDated: opening.isDated === true, leadMs: LEAD_MS })
  const note: OpenCall['note'] = some => {
    quality.note(some)
    if (some.kind === 'frame-late') lateness.add(some.lateMs)
    else journal.append({ noted: some })
  }
  const beside = opening.canShow ? undefined : parts.beside
  const isShown = opening.canShow || beside !== undefined
  const { looking } = parts
  const sight = looking && (parts.traces?.sight(looking.sight, traced) ?? looking.sight)
  const screen = isShown && sight ? shownScreen({ ...looking, sight, clock, journal }) : undefined
  admission.began(callId)
  feed.began()

  async function hold(line: CallLine, signal: AbortSignal): Promise<void> {
    const callScope = scopeOf(signal)
    endHold = why => callScope.abort(why)
    const lifetime = new AbortController()
    let state = earlier
    // Whatever fails from here on, the record is sealed and the call's place is free.
    try {
      state = await held(line, callScope, lifetime.signal)
    } finally {
      lifetime.abort(OVER)
      try {
        await Promise.all([
          screen?.stop(),
          companion?.close(state.turn.kind === 'ended' ? state.turn.next : 'unavailable'),
        ])
      } finally {
        callScope.abort(OVER)
        await seal(state)
      }
    }
  }

  /** Opens the providers, and holds the conversation with them. Resolves with how it ended. */
  async function held(line: CallLine, callScope: Scope, lifetime: AbortSignal): Promise<ConversationState> {
    feed.holding(reason => callScope.abort(reason))
    companion = screen && beside?.companionOf({ callId, attempt, line, screen, note })
    const about = {
      ...{ callId, traceparent, language: agent.language.code, rateHz, signal: lifetime },
      note: (noted: Noted) => journal.append({ noted }),
      used: (used: Usage) => journal.append({ used }),
    }
    const others = parts.voiceFor({ ...about, rateHz: line.rateHz })
    // A model that hears and speaks by itself takes the place of all.
    const { speechToText, model, voice } = parts.inPersonFor({ ...about, voiceRateHz: line.rateHz }, others) ?? {
      speechToText: await parts.speechToTextFor({ ...about, signal: callScope.signal }),
      ...{ model: parts.modelFor(about), voice: others },
    }
    if (speechToText.by) journal.append({ noted: { kind: 'heard-by', by: speechToText.by } })
    const call = {
      ...{ ...parts, callId, owner, channelName, agent, startMs, journal, state: earlier, afterSeq },
      policy: heardBy(policy, speechToText),
      ...withHints(screen && toolsWith(screen)),
      model: parts.traces?.model(model, traced) ?? model,
      ...{ speechToText, voice },
      channel: line,
    }
    const door = { kind: 'telephone' } as const
    const pinParts = secret && {
      isLocked: async () => (await parts.pins.waitMs(owner, door)) > 0,
      check: async (pin: string) => {
        const check = await parts.pins.check(owner, door, pin)
        return check.kind === 'wrong' && check.lockedMs > 0 ? 'locked' : check.kind
      },
      resumeRecording: secret.resume,
    }
    const pinOutcome = pinParts
      ? await askForPin({ ...call, ...pinParts }, lifetime, callScope.signal)
      : ({ kind: 'passed', channel: line } as const)
    spending.onLess(line.budget)
    return pinOutcome.kind === 'ended'
      ? pinOutcome.state
      : converse({ ...call, channel: pinOutcome.channel }, callScope.signal)
  }

  /** What the model is told besides the conversation: the screen, and what staff whisper. */
  function withHints(screenTools: ScreenTools | undefined) {
    const told = () => [screenTools?.context(), feed.context(), spending.context()].filter(some => some !== undefined)
    return { ...screenTools, context: () => told().join('\n\n') || undefined }
  }

  function toolsWith(shown: ShownScreen): ScreenTools {
    const tools =
      companion && beside
        ? offerScreen(parts.tools, { address: beside.address, invite: companion.invite, journal })
        : parts.tools
    return withScreen(tools, { screen: shown, journal, hasSeen: before.some(wasSeen), byCode: companion !== undefined })
  }

  async function seal(state: ConversationState): Promise<void> {
    let problems: readonly string[] = []
    try {
      journal.append({ used: { kind: 'carrier-seconds', seconds: Math.ceil((clock.now() - startMs) / 1_000) } })
      for (const leg of quality.legs()) journal.append({ noted: { kind: 'line-quality', ...leg } })
      journal.append({ noted: { kind: 'frames-paced', ...lateness.summary() } })
      // Nothing can be added to a journal that is closed.
      feed.over()
      spending.over()
      const transcript = writeTranscript(join(folder, 'transcript.txt'), messagesOf(state.history))
      problems = (await Promise.all([transcript, journal.close(), recording.close()])).flat()
      if (problems.length > 0) log.error({ call: callId, problems }, 'call record is not whole')
    } finally {
      kept?.over(problems)
      admission.ended(callId)
    }
  }

  return {
    recorder: quality.tap(secret ?? recording),
    screen: opening.canShow ? screen : undefined,
    note,
    hold,
  }
}

/** Whether the line tells that a screen was described. */
const wasSeen = (line: JournalLine): boolean => 'noted' in line && line.noted.kind === 'screen-look'
