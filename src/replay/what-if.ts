import { type Agent, agentFor } from '../conversation/agent.ts'
import { waitedForFrom } from '../conversation/carried-on.ts'
import { converse } from '../conversation/conversation.ts'
import type { JournalLine } from '../conversation/lines.ts'
import { type CallJournal, JOURNAL_VERSION } from '../conversation/lines.ts'
import type { VoiceRateHz } from '../conversation/ports.ts'
import { spokenBy } from '../conversation/spoken.ts'
import type { PatienceWindow } from '../conversation/turn/patience.ts'
import { withLanguages } from '../languages/language-tool.ts'
import { languageOf } from '../languages/languages.ts'
import { type Attempt, attemptsOf, type Step, stepsOf } from './attempts.ts'
import { type CallerSide, callerSideIn, detectorClock, recordedCallerSide } from './caller-side.ts'
import { CannotReplay } from './cannot-replay.ts'
import { recordedAnswers, recordedSummaries } from './recorded-answers.ts'
import { recordedEars } from './recorded-ears.ts'
import { recordedTools } from './recorded-tools.ts'
import { recordedVoice } from './recorded-voice.ts'
import { replayedLine } from './replayed-line.ts'
import { replayedModel } from './replayed-model.ts'
import type { Change, RecordedCall, WhatIfParts, WhatIfReport, WhatIfSide } from './report.ts'
import { silenceIn } from './silenced.ts'
import { comparedTurns, indicativeFrom, sidesOf, type TurnSide } from './turns.ts'
import { VirtualClock } from './virtual-clock.ts'

/** A replay ends so long after its sound, even if the agent talks on. */
const MOST_AFTER_MS = 60_000
/** A longer call would hold this process for too long. */
const LONGEST_MS = 30 * 60_000
/** The rate of each channel's voice. */
const RATES: Readonly<Record<string, VoiceRateHz>> = { phone: 8_000, browser: 24_000 }

/**
 * Runs a recorded call again with a change: the same sound and the same words at the same times, through the real
 * conversation, in virtual time. Nothing real is done: no tool runs, and nobody is called. Rejects on abort, when the
 * journal makes no sense, and with CannotReplay when the call is too long, or of an agent that this server does not have.
 */
export async function whatIf(
  call: RecordedCall,
  change: Change,
  parts: WhatIfParts,
  signal: AbortSignal,
): Promise<WhatIfReport> {
  const attempts = attemptsOf(call.lines, languageOf)
  const notes: string[] = []
  const before: TurnSide[] = []
  const after: TurnSide[] = []
  let sinceMs = 0
  for (const attempt of attempts) {
    signal.throwIfAborted()
    // Such as after a wrong PIN: nobody said anything.
    if (attempt.started.turn.kind === 'ended') continue
    const agents = agentsOf(attempt, parts)
    const [agent] = agents
    const steps = stepsOf(attempt)
    notes.push(...untoldIn(attempt))
    const caller = await callerSideOf(call, attempt, steps, parts, notes, signal)
    const run = await runAgain(attempt, agents, steps, caller, change, parts, signal)
    const sides = { costUsd: parts.costUsd, phrases: agent.phrases }
    before.push(...later(sidesOf(attempt, { ...sides, fromOf: () => 'recorded' }), sinceMs))
    after.push(...later(sidesOf(run.attempt, { ...sides, fromOf: run.fromOf }), sinceMs))
    sinceMs += attempt.lines.at(-1)?.atMs ?? 0
  }
  const turns = comparedTurns(before, after)
  return { callId: call.callId, turns, indicativeFromTurn: indicativeFrom(turns), notes }
}

/** What the model was told then besides the conversation, by the kinds of the notes about it. It is not told again. */
const UNTOLD: Readonly<Record<string, string>> = {
  'screen-look': 'what the shared screen showed',
  'knowledge-given': 'what was found in documents',
  whispered: 'what staff whispered to the agent',
}

function untoldIn({ number, lines }: Attempt): readonly string[] {
  const kinds = new Set(lines.flatMap(line => ('noted' in line ? [line.noted.kind] : [])))
  return Object.entries(UNTOLD).flatMap(([kind, what]) =>
    kinds.has(kind) ? [`${what} in attempt ${number} is told to the model only by its recorded answers`] : [],
  )
}

/** Each attempt counts its time anew; a report counts that of the whole call. */
const later = (sides: readonly TurnSide[], ms: number): readonly TurnSide[] =>
  sides.map(({ said, side }) => ({
    said,
    side: { ...side, startMs: side.startMs + ms, endOfTurnMs: side.endOfTurnMs + ms },
  }))

/** The agent in the language in which the call began, and in the others of its line. */
function agentsOf({ started, lines }: Attempt, parts: WhatIfParts): readonly [Agent, ...Agent[]] {
  const agentIn = (code: string, name = started.agent): Agent => {
    const agent = parts.agentOf(name, code)
    if (agent) return started.channel === 'browser' ? agentFor(agent, 'browser') : agent
    const which = `"${name}" in the language "${code}"`
    throw new CannotReplay(`the call was held by the agent ${which}, which this server does not have`)
  }
  const others = (started.turn.context.languages?.all ?? []).filter(code => code !== started.language)
  const { handedOff } = started.turn.context
  const handed = lines.flatMap(line => ('input' in line && line.input.kind === 'hand-off' ? line.input.agent : []))
  const names = new Set([...handed, ...(handedOff ? [handedOff.agent] : [])])
  names.delete(started.agent)
  const more = [...names].flatMap(name => [started.language, ...others].map(code => agentIn(code, name)))
  return [agentIn(started.language), ...others.map(code => agentIn(code)), ...more]
}

async function callerSideOf(
  call: RecordedCall,
  attempt: Attempt,
  steps: readonly Step[],
  parts: WhatIfParts,
  notes: string[],
  signal: AbortSignal,
): Promise<CallerSide> {
  const { number, lines } = attempt
  const endMs = lines.at(-1)?.atMs ?? 0
  if (endMs > LONGEST_MS)
    throw new CannotReplay(`the call is longer than ${LONGEST_MS / 60_000} minutes: it is not run again`)
  const wav = await call.recording(number, signal)
  if (!wav) {
    notes.push(`there is no recording of attempt ${number}: when the caller spoke is taken from the journal`)
    return recordedCallerSide(steps, endMs)
  }
  const lifetime = new AbortController()
  try {
    const detector = await parts.openVoiceActivity(detectorClock, lifetime.signal)
    return await callerSideIn(wav, steps, silenceIn(attempt), detector, signal)
  } finally {
    lifetime.abort(new Error('the sound is read'))
  }
}

/** A longer wait for complete words makes the waits for all others as long at least, where the change does not name them. */
function patienceWith(recorded: PatienceWindow, change: Change['patience'] = {}): PatienceWindow {
  const shortMs = change.shortMs ?? recorded.shortMs
  const middleMs = change.middleMs ?? Math.max(recorded.middleMs, shortMs)
  const longMs = change.longMs ?? Math.max(recorded.longMs, middleMs)
  return { shortMs, middleMs, longMs, finalMs: change.finalMs ?? recorded.finalMs }
}

/** One attempt in virtual time. */
async function runAgain(
  attempt: Attempt,
  agents: readonly [Agent, ...Agent[]],
  steps: readonly Step[],
  caller: CallerSide,
  change: Change,
  parts: WhatIfParts,
  signal: AbortSignal,
) {
  const { started, startedMs, state, language } = attempt
  const [agent] = agents
  const { live } = parts
  const outside = { underWay: 0 }
  async function settled(): Promise<void> {
    do await new Promise<void>(resolve => setImmediate(resolve))
    while (outside.underWay > 0 && !signal.aborted)
  }
  async function during<T>(work: Promise<T>): Promise<T> {
    outside.underWay++
    try {
      return await work
    } finally {
      outside.underWay--
    }
  }
  const clock = new VirtualClock({ lateMs: () => 0, stalls: [], settled })
  const startMs = clock.now()
  await clock.run(() => false, startMs + startedMs)
  const lines: JournalLine[] = []
  const sources = new Map<number, WhatIfSide['from']>()
  const journal: CallJournal = {
    append: line =>
      void lines.push({ v: JOURNAL_VERSION, seq: lines.length + 1, atMs: clock.now() - startMs, ...line }),
    commit: async () => undefined,
  }
  /** The request that is being made is the last one in the journal. */
  function tell(from: WhatIfSide['from']): void {
    const asked = lines.findLast(line => 'decided' in line && line.decided.kind === 'model-asked')
    if (!asked || !('decided' in asked) || asked.decided.kind !== 'model-asked') return
    const { reply } = asked.decided
    if (sources.get(reply) !== 'sandbox') sources.set(reply, from === 'recorded' ? (sources.get(reply) ?? from) : from)
  }

  const told = change.instructions ?? agent.instructions
  const isOther = told !== agent.instructions || change.model !== undefined
  // Guards are an author's code, which may ask others: nothing of it is run.
  const instructed = ({ guard: _, warm: __, ...one }: Agent): Agent => ({
    ...one,
    instructions: change.instructions ?? one.instructions,
  })
  const rateHz = RATES[started.channel] ?? 8_000
  const ears = recordedEars({ steps, caller, clock, startMs, turnEnd: parts.turnEnd })
  const voice = recordedVoice(attempt, agents, rateHz, clock)
  const spoken = { speechToText: ears.speechToText, voice }
  const spokenAs = await spokenBy(agents.map(instructed), async () => spoken)
  const policy = {
    ...started.policy,
    patience: patienceWith(started.policy.patience, change.patience),
    bargeIn: { ...started.policy.bargeIn, ...change.bargeIn },
  }
  const tools = recordedTools(steps, attempt.lines, parts.toolSpecs, clock)
  const stopped = new AbortController()
  const stop = (): void => stopped.abort(signal.reason)
  signal.addEventListener('abort', stop, { once: true })
  const stoppedThen = steps.find(({ event, before }) => event.kind === 'stopped' && before.turn.kind !== 'ended')?.event
  if (stoppedThen?.kind === 'stopped') {
    const { atMs, why } = stoppedThen
    clock.at(startMs + atMs, () => stopped.abort(why))
  }
  let isOver = false
  const held = converse(
    {
      ...{
        callId: started.callId,
        owner: 'replay',
        channelName: started.channel,
        policy,
        clock,
        startMs,
        journal,
        // As it was before the conversation began then, which counts from now on.
        state: waitedForFrom(state, startMs - clock.now()),
      },
      agent: { ...instructed(agent), language },
      channel: replayedLine({ clock, startMs, rateHz, inbound: ears.inbound, steps }),
      voiceActivity: ears.voiceActivity,
      ...{ ...spoken, spokenAs },
      model: replayedModel({
        ...{ recorded: isOther ? new Map() : recordedAnswers(attempt), clock, during, tell, signal: stopped.signal },
        live: live && (() => live(change.model, language.code)),
      }),
      tools: withLanguages(tools, [...new Set(agents.map(one => one.language))]),
      askSecret: tools.askSecret,
      turnEnd: parts.turnEnd,
      summarise: recordedSummaries(steps, clock, startMs),
    },
    stopped.signal,
  ).finally(() => {
    isOver = true
  })
  held.catch(() => undefined)
  try {
    await clock.run(() => isOver || signal.aborted, startMs + caller.endMs + MOST_AFTER_MS)
    signal.throwIfAborted()
    if (!isOver) stopped.abort(new Error('the recording is over'))
    await clock.run(() => isOver || signal.aborted, clock.now() + MOST_AFTER_MS)
    signal.throwIfAborted()
    if (!isOver) throw new Error('the call that was run again did not end')
    await held
    journal.append({ used: { kind: 'carrier-seconds', seconds: Math.ceil((clock.now() - startMs) / 1_000) } })
  } finally {
    signal.removeEventListener('abort', stop)
  }
  // Through JSON, as a journal on disk: what is undefined is not there.
  const kept: readonly JournalLine[] = JSON.parse(JSON.stringify(lines))
  const begun = kept.find(line => 'started' in line)
  const again: Attempt = { ...attempt, lines: kept, started: begun && 'started' in begun ? begun.started : started }
  return { attempt: again, fromOf: (reply: number): WhatIfSide['from'] => sources.get(reply) ?? 'recorded' }
}
