import type { Agent } from '../agent.ts'
import type { CallJournal, JournalLine } from '../lines.ts'
import type { Channel, Clock, Next, SpeechToText, TextToSpeech } from '../ports.ts'
import type { ConversationState } from '../state.ts'
import { begin, ended } from '../turn/enter.ts'
import type { Policy } from '../turn/turn.ts'
import { askSecret, type SecretCheck, type SecretOutcome } from './ask-secret.ts'
import { ofLength } from './secret-entry.ts'
import { afterSecret, sharedInbound, TAIL_MS } from './shared-inbound.ts'

/** A call whose number has a PIN. */
export interface PinCall {
  readonly callId: string
  readonly clock: Clock
  readonly startMs: number
  readonly agent: Agent
  readonly policy: Policy
  readonly channelName: string
  readonly channel: Channel
  readonly speechToText: SpeechToText
  readonly voice: TextToSpeech
  readonly journal: CallJournal
  readonly records: boolean
  readonly isLocked: () => Promise<boolean>
  readonly check: (pin: string) => Promise<'right' | 'wrong' | 'locked'>
  /** From this time of the Clock on the caller's sound may be recorded again. */
  readonly resumeRecording: (fromMs: number) => void
}

/** After the right PIN the call goes on, on a channel without the rest of the PIN's sound. Otherwise it has ended. */
export type PinOutcome =
  | { readonly kind: 'passed'; readonly channel: Channel }
  | { readonly kind: 'ended'; readonly state: ConversationState }

const SILENCE_MS = 10_000
const NEXT: Readonly<Record<Exclude<SecretOutcome['end'], 'right'>, Next>> = {
  refused: 'hang-up',
  declined: 'hang-up',
  silent: 'hang-up',
  locked: 'hang-up',
  gone: 'hang-up',
  lost: 'unavailable',
  stopped: 'goodbye',
  failed: 'unavailable',
}

const WHY: Partial<Record<SecretOutcome['end'], string>> = { refused: 'the PIN was wrong', locked: 'the PIN is locked' }

/** Was the PIN right in an earlier stream of this call? */
export const hasPassed = (before: readonly JournalLine[]): boolean =>
  before.some(
    line =>
      'noted' in line &&
      line.noted.kind === 'withheld' &&
      (line.noted.what ?? 'pin') === 'pin' &&
      line.noted.end === 'right',
  )

/** Asks for the PIN before the conversation. `signal` stops that; the channel is read until `lifeSignal` aborts. */
export async function askForPin(call: PinCall, lifeSignal: AbortSignal, signal: AbortSignal): Promise<PinOutcome> {
  const { clock, startMs, agent, policy, journal, records } = call
  const { language } = agent
  const channel = sharedInbound(call.channel, lifeSignal)
  const { ask, wrong, refused, locked: words } = agent.pin
  const locked: SecretCheck = { kind: 'locked', words }
  const check = async ([pin = '']: readonly string[]): Promise<SecretCheck> => {
    const kind = await call.check(pin)
    return kind === 'locked' ? locked : { kind }
  }
  const fromMs = clock.now() - startMs
  const asked = await askSecret(
    {
      ...{ clock, channel, speechToText: call.speechToText, voice: call.voice, language, check },
      numbers: [{ ...ofLength(4, 8), ask, wrong, silenceMs: SILENCE_MS }],
      words: { refused, ...(records && { notice: agent.phrases.notice }) },
      before: async () => ((await call.isLocked()) ? locked : { kind: 'right' }),
    },
    signal,
  )
  const { end, why, wrongTries, sttFailures, listenedMs } = asked
  const untilMs = clock.now() + TAIL_MS
  const span = { fromMs, toMs: untilMs - startMs }
  journal.append({ noted: { kind: 'withheld', what: 'pin', ...span, end, wrongTries, sttFailures, notice: records } })
  journal.append({ used: { kind: 'stt-seconds', seconds: listenedMs / 1_000, by: call.speechToText.by } })
  if (end === 'right') {
    call.resumeRecording(untilMs)
    return { kind: 'passed', channel: afterSecret(channel, clock, untilMs) }
  }
  // A journal must begin with the start of a call, so this call starts with an ended turn.
  const turn = ended(begin(policy, 0).context, NEXT[end], WHY[end] ?? why)
  const { callId, channelName } = call
  const wallTime = clock.wallTime().toISOString()
  const about = { callId, agent: agent.name, channel: channelName, language: language.code, wallTime, policy }
  journal.append({ started: { kind: 'call-started', ...about, turn } })
  journal.append({ decided: { kind: 'turn', turn } })
  await call.channel.close(NEXT[end])
  return { kind: 'ended', state: { turn, history: [] } }
}
