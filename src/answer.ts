import { join } from 'node:path'
import type { Logger } from 'pino'
import type { AgentsWithTools } from './agent-tools.ts'
import type { Beside, Companion } from './channels/browser/companion/companion.ts'
import { type CallLine, type CallOpening, numberIn, type OpenCall } from './channels/call-host.ts'
import { LEAD_MS } from './channels/line/played-speech.ts'
import { agentsFor } from './conversation/agent.ts'
import { converse } from './conversation/conversation.ts'
import { messagesOf } from './conversation/history.ts'
import type { Line, Usage } from './conversation/lines.ts'
import type { Clock, LanguageModel, TurnEnd, VoiceActivity } from './conversation/ports.ts'
import { type Scope, scopeOf } from './conversation/scope.ts'
import { askForPin, hasPassed } from './conversation/secret/ask-pin.ts'
import { isSecret } from './conversation/secret/secret-in-call.ts'
import type { ConversationState } from './conversation/state.ts'
import { begin } from './conversation/turn/enter.ts'
import { onLineOf } from './conversation/turn/languages.ts'
import type { Policy } from './conversation/turn/turn.ts'
import { openJournal } from './journal/journal.ts'
import type { LateStore } from './journal/late-store.ts'
import { recordingOf } from './journal/recording.ts'
import { firstAgent, linesBefore, rungBefore, stateAfter } from './journal/streams-before.ts'
import { withheld } from './journal/withheld.ts'
import { writeTranscript } from './journal/write-transcript.ts'
import type { CallerFacts } from './memory/caller-facts.ts'
import { memoryOfCall } from './memory/memory.ts'
import type { Metrics } from './metrics/open-metrics.ts'
import { openedFor, type Providers } from './open-providers.ts'
import type { Admission } from './operations/admission.ts'
import { Lateness } from './operations/lateness.ts'
import { callLog } from './operations/log.ts'
import { observer } from './operations/observer.ts'
import type { ProviderFailures } from './operations/provider-failures.ts'
import { paceOfCall } from './pace/pace.ts'
import type { PinDoors } from './pins/pin-doors.ts'
import { telephonePin } from './pins/telephone-pin.ts'
import { pinOfCall } from './pins/unknown-pin.ts'
import { heardBy } from './policy.ts'
import { lineQuality } from './quality/line-quality.ts'
import type { Keeper, KeptStream } from './records/keeper.ts'
import type { Unsealed } from './records/unsealed.ts'
import { offerScreen } from './sight/offer-screen.ts'
import { type Looking, type ShownScreen, shownScreen } from './sight/shown-screen.ts'
import { type ScreenTools, wasSeen, withScreen } from './sight/with-screen.ts'
import type { Spending } from './spending/budgets.ts'
import type { LiveCalls } from './staff/live/live-calls.ts'
import type { Traces } from './traces/traces.ts'
import type { Interpreting } from './translation/interpreting.ts'

type OfAgents = Omit<AgentsWithTools, 'agents' | 'at' | 'keepsTasks' | 'waiting' | 'wordsIn' | 'close'>
/** These are opened for each call, and closed by its signal. */
type OfProviders = Pick<Providers, 'speechToTextFor' | 'modelFor' | 'voiceFor' | 'inPersonFor' | 'deliversOf'>

/** What all calls of this server are held with. */
export interface AnsweringParts extends OfAgents, OfProviders {
  readonly clock: Clock
  readonly log: Logger
  readonly dataDir: string
  readonly records: boolean
  readonly store: LateStore
  /** Follows each call, to seal and index its record. */
  readonly keeper: Keeper
  readonly unsealed: Pick<Unsealed, 'begin'>
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
  readonly policy: Policy
  readonly voiceActivity: VoiceActivity
  readonly turnEnd: TurnEnd
  /** What callers want remembered. */
  readonly facts: CallerFacts
  /** IANA. */
  readonly zone: string
  /** The PINs of callers' numbers. */
  readonly pins: PinDoors
  /** What looks at callers' screens; undefined where nobody does. */
  readonly looking: Looking | undefined
  /** Two calls between which an agent interprets. */
  readonly interpreting: Pick<Interpreting, 'legOf'>
  /** How somebody on the telephone shows a screen beside the call; undefined where nobody can. */
  readonly beside: Beside | undefined
}

type Noted = Extract<Line, { readonly noted: unknown }>['noted']

/** No call says so much in one attempt. */
const IDS_PER_ATTEMPT = 1_000_000
const OVER = new Error('the call is over')

/** Opens the record of a call whose line is there; what it gives holds the call until the record is sealed. */
export async function openCall(opening: CallOpening, parts: AnsweringParts): Promise<OpenCall> {
  const { clock, log, store, admission, looking } = parts
  const { callId, channelName, rateHz, attempt, owner, caller } = opening
  const startMs = clock.now()
  const folder = join(parts.dataDir, 'calls', callId)
  // What is noted before there is a journal, such as what a disk refuses at once, is in it as soon as there is one.
  const early: Noted[] = opening.rung && attempt === 1 ? [{ kind: 'rung-by-us', ...opening.rung }] : []
  let noteLater = (noted: Noted): void => void early.push(noted)
  const before = attempt > 1 ? await linesBefore(store, callId, log, parts.tools, clock.wallTime()) : []
  const rung = rungBefore(before) ?? opening.rung
  const all = parts.ofCall(firstAgent(before) ?? opening.agent ?? parts.agent.name)
  const agents = agentsFor(all, caller, parts.deliversOf, rung?.language)
  const pace = paceOfCall(agents, before, parts)
  const agent = agents[0]
  const wanted = parts.policyOf(agent.name, parts.policy)
  const policy = { ...wanted, canTransfer: wanted.canTransfer && opening.canTransfer }
  const later = (some: Noted): void => noteLater(some)
  const remembering = { owner, caller, agents, tools: pace.tools, onSpeed: pace.liked, note: later }
  const memory = memoryOfCall(remembering, parts)
  const [spending, pin] = await Promise.all([
    parts.spending.begin({ callId, owner, channelName, before }),
    pinOfCall({ ...parts, tools: memory.tools, owner, isWanted: caller === 'number' && !hasPassed(before) }),
  ])
  const { left } = spending
  const knowledge = parts.knowledge?.ofCall({ agent: agent.name, tools: pin.tools, before, note: remembering.note })
  const { tools } = knowledge ?? pin
  // Whose budget is spent is told nothing that a PIN protects.
  const asksPin = pin.isAsked && left !== 'none'
  // A caller who is asked for a PIN hears the notice before the question.
  const hears = parts.records && !asksPin ? 'notice' : 'greeting'
  // Where nothing of the attempt before can be read, its ids, which the keys of changes are made of, are not given out anew.
  const first = begin(policy, 0, hears, (attempt - 1) * IDS_PER_ATTEMPT, left)
  const fresh = stateAfter(before, { turn: first, history: [] }, policy, left, agent.language, callId, log)
  const earlier = { ...fresh, turn: onLineOf(fresh.turn, agents) }
  const afterSeq = earlier.history.length > 0 ? (before.at(-1)?.seq ?? 0) : 0
  const recorded = recordingOf(parts.records && join(folder, `call-${attempt}.wav`), rateHz, remembering.note)
  const leg = parts.interpreting.legOf({ ...remembering, agent, callId, rateHz })
  const feed = parts.live.opening({
    ...{ callId, attempt, rateHz, agent: agent.name, channel: channelName },
    ...{ sound: parts.records, costUsd: spending.usd },
    startedAt: clock.wallTime().toISOString(),
    caller: numberIn(opening) ?? null,
    canTransfer: opening.canTransfer,
    note: noted => journal.append({ noted }),
  })
  // Tapped before a secret is withheld, so that who listens does not hear it either.
  const recording = feed.tap(leg?.tap(recorded) ?? recorded)
  const recorder = withheld(recording, asksPin || isSecret(earlier.turn))
  let companion: Companion | undefined
  let kept: KeptStream | undefined
  const tellLog = callLog(log, callId, before)
  const life = parts.lifeOf({ callId, owner, channel: channelName })
  const watchProviders = parts.failures.ofCall()
  const traced = { callId, attempt, startedAt: clock.wallTime() }
  const trace = parts.traces?.ofCall(traced)
  const traceparent = parts.traces?.traceparent(traced)
  const spend = observer({ callId, what: 'the budget', log }, spending.take)
  const ofCall = { callId, agent, channel: channelName, before }
  const measure = observer({ callId, what: 'the metrics', log }, parts.metrics?.ofCall(ofCall))
  let endHold: (why: Error) => void = () => undefined
  const journal = await openJournal({
    ...{ callId, attempt, store, clock, startMs },
    file: join(folder, 'journal.jsonl'),
    // The numbers of lines that cannot be read are taken.
    afterSeq: before.at(-1)?.seq ?? (attempt - 1) * IDS_PER_ATTEMPT,
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
      leg?.read(line)
      life.take(line)
      feed.onLine(line)
      knowledge?.read(line)
    },
  })
  kept = parts.keeper.begin({
    ...{ callId, attempt, agent, channelName, policy, before },
    startedAt: clock.wallTime(),
    tools: tools.specs,
    number: numberIn(opening),
  })
  noteLater = noted => journal.append({ noted })
  for (const noted of early) noteLater(noted)
  const files = parts.unsealed.begin({
    close: async () => (await Promise.all([journal.close(), recording.close()])).flat(),
    seal: async lost => kept?.broke(lost),
  })
  const lateness = new Lateness(parts.metrics?.frameLate)
  const quality = lineQuality({ clock, rateHz, isDated: opening.isDated === true, leadMs: LEAD_MS })
  const note: OpenCall['note'] = some => {
    quality.note(some)
    if (some.kind === 'frame-late') lateness.add(some.lateMs)
    else journal.append({ noted: some })
  }
  const beside = opening.canShow ? undefined : parts.beside
  const sight = looking && (parts.traces?.sight(looking.sight, traced) ?? looking.sight)
  const screen = (opening.canShow || beside) && sight ? shownScreen({ ...looking, sight, clock, journal }) : undefined
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
      knowledge?.over()
      const next = state.turn.kind === 'ended' ? state.turn.next : 'unavailable'
      leg?.over(next)
      try {
        await Promise.all([screen?.stop(), companion?.close(next)])
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
    const opened = await openedFor(about, line.rateHz, callScope.signal, agents, parts, pace.now)
    const { speechToText, model, voice, spokenAs, inPerson } = opened
    life.on(line.background, note)
    leg?.on(line)
    if (speechToText.by) journal.append({ noted: { kind: 'heard-by', by: speechToText.by } })
    const call = {
      ...{ ...parts, tools, callId, owner, channelName, agent, startMs, journal, state: earlier, afterSeq },
      policy: heardBy(policy, speechToText),
      ...withHints(screen && toolsWith(screen)),
      model: modelOf(model),
      summarise: memory.summariser(() => modelOf(parts.modelFor(about)), journal),
      ...{ speechToText, voice, spokenAs, inPerson, withholding: recorder },
      channel: line,
    }
    const pinParts = { ...telephonePin(parts.pins, owner), resumeRecording: recorder.resume }
    const pinOutcome = asksPin
      ? await askForPin({ ...call, ...pinParts }, lifetime, callScope.signal)
      : ({ kind: 'passed', channel: line } as const)
    spending.onLess(line.budget)
    return pinOutcome.kind === 'ended'
      ? pinOutcome.state
      : converse({ ...call, channel: pinOutcome.channel }, callScope.signal)
  }

  /** What the model is told besides the conversation: what is known of the caller, the screen, documents, and what staff whisper. */
  function withHints(screenTools: ScreenTools | undefined) {
    const ofCaller = (name: string) => (pin.isKnown && pin.isAsked === asksPin ? memory.context(name) : undefined)
    const others = () => [life, screenTools, knowledge, feed, spending].map(one => one?.context())
    const told = (name: string) => [ofCaller(name), ...others()].filter(Boolean).join('\n\n') || undefined
    return { ...screenTools, context: (name: string) => knowledge?.ready()?.then(() => told(name)) ?? told(name) }
  }

  const modelOf = (model: LanguageModel): LanguageModel => parts.traces?.model(model, traced) ?? model

  function toolsWith(shown: ShownScreen): ScreenTools {
    const all =
      companion && beside ? offerScreen(tools, { address: beside.address, invite: companion.invite, journal }) : tools
    return withScreen(all, { screen: shown, journal, hasSeen: before.some(wasSeen), byCode: companion !== undefined })
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
      problems = (await Promise.all([transcript, files.close()])).flat()
      if (problems.length > 0) log.error({ call: callId, problems }, 'call record is not whole')
    } finally {
      files.over()
      kept?.over(problems)
      admission.ended(callId)
      await life.over()
    }
  }

  const shown = opening.canShow ? screen : undefined
  return { recorder: quality.tap(recorder), yields: policy.bargeIn.voice, screen: shown, note, hold }
}
