import { encodeMulaw, MULAW_SILENCE } from '../../audio/mulaw.ts'
import { voicedRange } from '../ringing/voiced-spans.ts'
import { SLOT_BYTES } from '../twilio/playout.ts'
import { SLOT_MS } from '../twilio/ticker.ts'
import { openAgentListener } from './agent-listener.ts'
import { openEcho } from './echo.ts'
import type { Cue, Script, Utterance } from './fixture.ts'

const MS_PER_BYTE = SLOT_MS / SLOT_BYTES
/** A shorter silence is a pause between the agent's sentences. */
const LEAST_STOPPED_MS = 500
const BETWEEN_KEYS_MS = 160
/** Less than that may be sound behind the agent, which is sent all the time. */
const LEAST_SPEECH_QUEUED_MS = 100

/** What the caller's phone gets in one slot of 20 ms. All times are positions on the call's timeline. */
export interface CallerHears {
  readonly atMs: number
  readonly agent: Uint8Array
  /** Audio still in the playout buffer. */
  readonly queuedMs: number
  /** A stream is open. */
  readonly listening: boolean
}

/** What the caller does in that slot. */
export interface CallerDoes {
  readonly frame: Uint8Array
  readonly key?: string
  readonly hangUp?: { readonly withStop: boolean; readonly why: string; readonly gaveUp: boolean }
}

/** An utterance as it was played; the voiced edges are exact to the sample. */
export interface PlayedUtterance {
  readonly index: number
  readonly say: string
  /** A `noise` needs no answer: a cough, a door, an "mm-hm". */
  readonly kind: 'speech' | 'noise' | 'keys'
  readonly startMs: number
  readonly endMs: number
  readonly firstVoicedMs: number
  readonly lastVoicedMs: number
}

export type SpeechUtterance = Utterance & { readonly kind: 'speech' }

export interface CallerOptions {
  readonly script: Script
  readonly idle: () => Uint8Array
  /**
   * Sends the words to the stand-in Deepgram. The utterance waits for this. But the stand-in would take an echo for the
   * utterance: on a line with an echo the words are sent with its first voiced sample, and noises are not announced.
   */
  readonly announce: (utterance: SpeechUtterance, signal: AbortSignal) => Promise<void>
  /** Called as each utterance begins. */
  readonly onUtterance: (atMs: number, index: number, say: string) => void
  /** The caller gives up after this much silence of both sides. */
  readonly patienceMs: number
}

/** A caller who follows the script: speaks, presses keys and hangs up on cues from what the agent plays. */
export interface Caller {
  readonly played: readonly PlayedUtterance[]
  slot(hears: CallerHears): CallerDoes
}

type Activity =
  | { readonly kind: 'waiting' }
  /** `announceAt`: the words are announced when this byte is sent. */
  | {
      readonly kind: 'speaking'
      readonly mulaw: Uint8Array
      readonly at: number
      readonly announceAt: number | undefined
    }
  | { readonly kind: 'pressing'; readonly keys: string; readonly nextMs: number }

/** The caller of one call, from when it is answered; `signal` aborts its announcements. */
export function openCaller(options: CallerOptions, signal: AbortSignal): Caller {
  const { script, idle, announce, patienceMs } = options
  const listener = openAgentListener()
  const echo = script.echo && openEcho(script.echo)
  const played: PlayedUtterance[] = []
  let activity: Activity = { kind: 'waiting' }
  let ownEndMs = 0
  /** When more of the agent's speech was still to come. */
  let speechQueuedMs = 0
  let announced: 'not yet' | 'under way' | 'done' | Error = 'not yet'

  const next = (): Utterance | undefined => script.utterances[played.length]

  function announceNext(): void {
    const utterance = next()
    if (utterance?.kind === 'speech' && !echo) announceWords(utterance)
    else announced = 'done'
  }

  function announceWords(utterance: SpeechUtterance): void {
    const name = named(played.length, utterance)
    announced = 'under way'
    announce(utterance, signal).then(
      () => {
        if (announced === 'under way') announced = 'done'
      },
      cause => {
        const why = cause instanceof Error ? cause.message : String(cause)
        announced = new Error(`the words of ${name} could not be announced: ${why}`)
      },
    )
  }

  function finish(utterance: PlayedUtterance): void {
    played.push(utterance)
    activity = { kind: 'waiting' }
    ownEndMs = utterance.lastVoicedMs
    if (!(announced instanceof Error)) announced = 'not yet'
    listener.awaitReply(utterance.lastVoicedMs, utterance.kind !== 'noise')
  }

  function wait(hears: CallerHears): CallerDoes {
    const utterance = next()
    const frame = idle()
    if (hears.queuedMs >= LEAST_SPEECH_QUEUED_MS) speechQueuedMs = hears.atMs
    if (announced === 'not yet' && hears.listening) announceNext()
    if (announced instanceof Error) {
      return { frame, hangUp: { withStop: true, why: announced.message, gaveUp: true } }
    }
    const cue = utterance?.cue ?? script.hangUp
    if (reached(cue, hears)) {
      if (!utterance) return { frame, hangUp: { withStop: script.hangUp.withStop, why: 'hung up', gaveUp: false } }
      if (hears.listening && announced === 'done') return begin(utterance, hears)
    }
    if (hears.atMs - Math.max(ownEndMs, listener.lastVoicedMs ?? 0) < patienceMs) return { frame }
    const missed = whyMissed(cue, hears)
    const why = `${Math.round(patienceMs / 1000)} s went by before ${named(played.length, utterance)}: ${missed}`
    return { frame, hangUp: { withStop: true, why, gaveUp: true } }
  }

  function reached({ after, ms }: Cue, { atMs, queuedMs }: CallerHears): boolean {
    const reply = listener.reply()
    const isDrained = queuedMs === 0 || atMs >= speechQueuedMs + LEAST_STOPPED_MS
    switch (after) {
      case 'answered':
        return atMs >= ms
      case 'own-utterance':
        return atMs >= ownEndMs + ms
      case 'agent-started':
        return reply !== undefined && atMs >= reply.startMs + ms
      case 'agent-stopped':
        return reply !== undefined && isDrained && atMs >= reply.lastVoicedMs + Math.max(ms, LEAST_STOPPED_MS)
    }
  }

  function whyMissed({ after }: Cue, hears: CallerHears): string {
    if (!hears.listening) return 'no stream was open'
    if (announced === 'under way') return 'its words were announced, but no answer came'
    if (listener.reply()) return `the agent was heard, but the cue (${after}) never came`
    return `the agent was not heard ${played.length === 0 ? 'at all' : "after the caller's last words"}`
  }

  function begin(utterance: Utterance, hears: CallerHears): CallerDoes {
    options.onUtterance(hears.atMs, played.length, utterance.kind === 'keys' ? utterance.press : utterance.say)
    activity =
      utterance.kind === 'keys' ? { kind: 'pressing', keys: utterance.press, nextMs: hears.atMs } : speaking(utterance)
    return act(hears)
  }

  function speaking({ pcm, words }: SpeechUtterance): Activity {
    const mulaw = encodeMulaw(pcm)
    const announceAt = echo && words.length > 0 ? voicedRange(mulaw).startMs / MS_PER_BYTE : undefined
    return { kind: 'speaking', mulaw, at: 0, announceAt }
  }

  function act({ atMs }: CallerHears): CallerDoes {
    const utterance = next()
    if (activity.kind === 'pressing') {
      const key = atMs >= activity.nextMs ? activity.keys[0] : undefined
      if (key === undefined) return { frame: idle() }
      activity = { kind: 'pressing', keys: activity.keys.slice(1), nextMs: atMs + BETWEEN_KEYS_MS }
      if (activity.keys === '' && utterance?.kind === 'keys') finish(pressed(played.length, utterance.press, atMs))
      return { frame: idle(), key }
    }
    if (activity.kind === 'speaking') {
      const { mulaw, at, announceAt } = activity
      const frame = new Uint8Array(SLOT_BYTES).fill(MULAW_SILENCE)
      frame.set(mulaw.subarray(at, at + SLOT_BYTES))
      activity = { ...activity, at: at + SLOT_BYTES }
      const isDue = announceAt !== undefined && announceAt >= at && announceAt < activity.at
      if (isDue && utterance?.kind === 'speech') announceWords(utterance)
      if (activity.at >= mulaw.length && utterance?.kind === 'speech') {
        finish(spoken(played.length, utterance, mulaw, atMs - at * MS_PER_BYTE))
      }
      return { frame }
    }
    return { frame: idle() }
  }

  return {
    played,
    slot(hears) {
      listener.hear(hears.atMs, hears.agent)
      const does = activity.kind === 'waiting' ? wait(hears) : act(hears)
      return echo ? { ...does, frame: echo(does.frame, hears.agent) } : does
    },
  }
}

function spoken(
  index: number,
  { say, words, aside }: SpeechUtterance,
  mulaw: Uint8Array,
  startMs: number,
): PlayedUtterance {
  const voiced = voicedRange(mulaw)
  return {
    index,
    say,
    kind: (aside ?? words.length === 0) ? 'noise' : 'speech',
    startMs,
    endMs: startMs + mulaw.length * MS_PER_BYTE,
    firstVoicedMs: startMs + voiced.startMs,
    lastVoicedMs: startMs + voiced.endMs,
  }
}

function pressed(index: number, keys: string, endMs: number): PlayedUtterance {
  const startMs = endMs - (keys.length - 1) * BETWEEN_KEYS_MS
  return { index, say: keys, kind: 'keys', startMs, endMs, firstVoicedMs: startMs, lastVoicedMs: endMs }
}

function named(index: number, utterance: Utterance | undefined): string {
  if (!utterance) return 'hanging up'
  return `utterance ${index} ("${utterance.kind === 'keys' ? utterance.press : utterance.say}")`
}
