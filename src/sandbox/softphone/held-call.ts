import { join } from 'node:path'
import type { JournalLine } from '../../conversation/lines.ts'
import type { Clock } from '../../conversation/ports.ts'
import { reasonOf } from '../../failure-reason.ts'
import { followLines } from '../../journal/growing-journal.ts'
import type { Network } from '../../network.ts'
import { saveFixture } from '../caller/save-fixture.ts'
import { type LiveCall, placeLiveCall } from '../ringing/live-call.ts'
import type { CallOutcome, TwilioCall } from '../twilio/call.ts'
import type { Account } from '../twilio/rest.ts'
import type { Ticker } from '../twilio/ticker.ts'
import type { VerbContext } from '../twilio/twiml-verbs.ts'
import { journalSide } from './journal-side.ts'
import { liveFigures } from './live-figures.ts'
import type { FromPage, ToPage } from './messages.ts'
import type { RungAt, SeenServer } from './rung-at.ts'
import { fixtureOf } from './saved-call.ts'
import { spokenSpans } from './spoken-spans.ts'
import { ToldCall } from './told.ts'
import { type WatchedTasks, watchTasks } from './watch-tasks.ts'

/** The agent's number. */
const TO = '+15550100000'
/** A server writes its journal's last lines when the call is over. */
const LAST_LINES_MS = 1_500
const LOOK_FOR_END_MS = 50
const STRANGER =
  'The server does not accept the signature (403): the sandbox needs its TWILIO_AUTH_TOKEN as --auth-token, and its PUBLIC_URL as --public-url.'

export interface HoldingParts extends Pick<Account, 'accountSid'> {
  readonly clock: Clock
  readonly ticker: Ticker
  readonly network: Network
  /** A voice for <Say>. */
  readonly speak?: VerbContext['speak']
  /** Another number for each call. */
  readonly nextSeed: () => number
  /** Lets Twilio's REST API change the call. */
  readonly keep: (kept: { readonly call: TwilioCall; readonly from: string; readonly to: string }) => void
  /** Where fixtures are kept. */
  readonly fixturesFolder: string
}

/** What a call tells the page. */
export interface Page {
  readonly tell: (message: ToPage) => void
  readonly sound: (frame: Uint8Array) => void
}

/** A call that the page holds. */
export interface HeldCall extends Pick<LiveCall, 'hangUp'> {
  speak(mulaw: Uint8Array): void
  press(key: string): boolean
  /** Resolves when it is over and the page was told. */
  readonly done: Promise<EndedCall>
}

export interface EndedCall {
  /** Keeps it as a fixture, and resolves with its path. Rejects in words where that cannot be. */
  save(asked: Extract<FromPage, { kind: 'save' }>): Promise<string>
}

/** Rings the server for the page, and tells it all there is to tell. Aborting `signal` hangs up. */
export function holdCall(
  parts: HoldingParts,
  { at, seen, from }: { readonly at: RungAt; readonly seen: SeenServer; readonly from: string },
  { tell, sound }: Page,
  signal: AbortSignal,
): HeldCall {
  const { clock, network, accountSid, speak, ticker } = parts
  const over = new AbortController()
  const lines: JournalLine[] = []
  let toldEnd: string | undefined
  const live = placeLiveCall(
    {
      ...{ network, accountSid, speak, ticker, from, to: TO, seed: parts.nextSeed() },
      ...{ dialUrl: at.url, publicUrl: at.publicUrl, authToken: at.authToken, onHeard: sound },
      onAnswered: () => tell({ kind: 'answered', callSid }),
      onEvent: event => tell({ kind: 'carrier', event }),
    },
    signal,
  )
  const { callSid } = live.call
  parts.keep({ call: live.call, from, to: TO })
  tell({ kind: 'ringing', callSid })
  if (seen.notice !== undefined) tell({ kind: 'told', atMs: 0, told: { kind: 'trouble', what: seen.notice } })
  const owner = from === 'anonymous' ? callSid : from
  const tasks = seen.tellsTasks
    ? watchTasks(
        { url: at.url, owner, network, clock, onChange: now => tell({ kind: 'tasks', tasks: now }) },
        over.signal,
      )
    : undefined
  const followed = seen.callsFolder === undefined ? Promise.resolve() : follow(join(seen.callsFolder, callSid))

  async function follow(folder: string): Promise<void> {
    const told = new ToldCall()
    const take = (line: JournalLine): void => {
      lines.push(line)
      for (const one of told.take(line)) {
        tell({ kind: 'told', ...one })
        if (one.told.kind === 'tool') void tasks?.look()
        if (one.told.kind === 'ended') toldEnd = one.told.why
      }
    }
    await followLines(join(folder, 'journal.jsonl'), clock, take, over.signal).catch(cause =>
      tell({
        kind: 'told',
        atMs: 0,
        told: { kind: 'trouble', what: `its journal cannot be read: ${reasonOf(cause)}` },
      }),
    )
  }

  /** What the server says at the end is written a moment later. */
  async function untilToldEnded(): Promise<void> {
    const untilMs = clock.now() + LAST_LINES_MS
    while (seen.callsFolder !== undefined && toldEnd === undefined && clock.now() < untilMs && !signal.aborted)
      await clock.sleep(LOOK_FOR_END_MS, signal).catch(() => undefined)
  }

  async function end(): Promise<EndedCall> {
    const outcome = await live.done
    await untilToldEnded()
    await tasks?.look()
    over.abort(new Error('the call is over'))
    await followed
    return ended({ from, lines, tasks, toldEnd, microphone: live.caller.microphone }, outcome, tell, parts)
  }

  return {
    speak: live.caller.speak,
    press: live.caller.press,
    hangUp: live.hangUp,
    done: end(),
  }
}

interface Held extends Pick<LiveCall['caller'], 'microphone'> {
  readonly from: string
  /** Why the call ended, as the server tells it. */
  readonly toldEnd: string | undefined
  readonly lines: readonly JournalLine[]
  readonly tasks: WatchedTasks | undefined
}

function ended(
  { from, lines, tasks, toldEnd, microphone }: Held,
  outcome: CallOutcome,
  tell: Page['tell'],
  { fixturesFolder }: HoldingParts,
): EndedCall {
  const { legs, events, endedBy } = outcome
  const why = whyEnded(outcome, toldEnd)
  const utterances = spansIn(legs.caller, lines, events)
  tell({
    ...{ kind: 'ended', why, by: endedBy, utterances },
    savable: legs.caller.length > 0,
    figures: liveFigures(outcome, utterances, microphone()),
  })
  const keys = events.flatMap(event => (event.kind === 'key' ? [event] : []))
  // A fixture begins without tasks.
  const kept = tasks?.first()?.length === 0 ? tasks.now() : undefined
  return {
    save: async asked =>
      saveFixture(
        fixtureOf({
          name: asked.name,
          from,
          legs,
          events,
          endedBy,
          lines,
          utterances: asked.utterances,
          keys,
          tasks: kept,
        }),
        fixturesFolder,
      ),
  }
}

/** Why it ended, by the server's own words where it ended it, and with what to do where it took the caller for a stranger. */
function whyEnded({ endedBy, why, gaveUp }: CallOutcome, toldEnd: string | undefined): string {
  if (gaveUp && /\banswered 403\b/.test(why)) return STRANGER
  return endedBy === 'agent' && !gaveUp ? (toldEnd ?? why) : why
}

/** What was said, with its words; without them where the journal is one that this version cannot read. */
function spansIn(caller: Uint8Array, lines: readonly JournalLine[], events: CallOutcome['events']) {
  try {
    return spokenSpans(caller, journalSide(lines, events))
  } catch {
    return spokenSpans(caller, undefined)
  }
}
