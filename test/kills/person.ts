import { encodeMulaw, MULAW_SILENCE } from '../../src/audio/mulaw.ts'
import type {
  Caller,
  CallerDoes,
  CallerHears,
  PlayedUtterance,
  SpeechUtterance,
} from '../../src/sandbox/caller/caller.ts'
import { isVoicedMulaw } from '../../src/sandbox/ringing/mulaw-loudness.ts'
import { SLOT_BYTES } from '../../src/sandbox/twilio/playout.ts'
import { SLOT_MS } from '../../src/sandbox/twilio/ticker.ts'

/** Silence after which the agent counts as done; longer than its pauses, such as before a tool's answer. */
const PAUSE_MS = 1_300
/** Words that are no answer yet are waited for so long. */
const PATIENCE_MS = 5_000
/** Nothing was heard for so long: it is said again, if nothing else is given. */
const UNHEARD_MS = 12_000
const LEAST_VOICE_MS = 200
/** Whoever has heard so much of an answer before the line broke, and is told to go on, knows it. */
const KNOWN_VOICE_MS = 500
const MOST_TIMES = 5

/** One thing that a person wants of the agent. */
export interface Wish {
  readonly utterance: SpeechUtterance
  /** What the agent says once it is done. */
  readonly done: RegExp
  /** It makes sense only after these words of the agent; else the wish before is said again, as after a line that broke. */
  readonly after?: RegExp
}

export interface PersonParts {
  readonly wishes: readonly Wish[]
  readonly idle: () => Uint8Array
  /** Tells the stand-in ears the words. */
  readonly announce: (utterance: SpeechUtterance) => Promise<void>
  /** What the agent said since the person's own last words. */
  readonly words: { text(): string; forget(): void }
  /** Whether somebody who is cut off in the middle of their words goes on, as those do who did not notice. */
  readonly goesOn: boolean
  /** Nothing was heard for so long: what was said is said again. */
  readonly unheardMs?: number
  readonly onEvent: (event: PersonEvent) => void
}

/** `atMs`: on the call's timeline. */
export type PersonEvent = { readonly atMs: number; readonly wish: number } & (
  | { readonly kind: 'speaks'; readonly lastsMs: number }
  | { readonly kind: 'spoke' }
  /** The agent begins to answer. */
  | { readonly kind: 'hears' }
  /** The agent has answered, and this was it. */
  | { readonly kind: 'content' }
)

type Activity =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'announcing' }
  | { readonly kind: 'ready'; readonly utterance: SpeechUtterance }
  | { readonly kind: 'speaking'; readonly mulaw: Uint8Array; at: number }

/**
 * A person on the telephone who wants some things, one after the other, and says each again until the agent has answered it:
 * so they go on after a line that broke as people do, whatever the agent asks them then.
 */
export interface Person extends Caller {
  /** Where the call's timeline is. */
  readonly atMs: number
  /** How often each wish was said. */
  readonly times: readonly number[]
  /** Why they gave up. */
  readonly complaint: string | undefined
}

export function openPerson(parts: PersonParts): Person {
  const { wishes, idle, announce, words, goesOn, unheardMs = UNHEARD_MS, onEvent } = parts
  const times = wishes.map(() => 0)
  const played: PlayedUtterance[] = []
  let activity: Activity = { kind: 'waiting' }
  /** The wish that was said last; before the first one the agent is to greet. */
  let current = -1
  let isContent = -1
  let atMs = 0
  let ownEndMs = 0
  let heardMs = 0
  let voicedMs = 0
  /** Since the person's own last words, on streams that broke. */
  let voicedBeforeMs = 0
  let hadStream = false
  let complaint: string | undefined
  let failure: string | undefined

  function hear({ agent, listening }: CallerHears): void {
    // Whoever was cut off waits for a voice.
    if (listening && !hadStream) {
      ownEndMs = Math.max(ownEndMs, atMs)
      voicedBeforeMs += voicedMs
      voicedMs = 0
    }
    hadStream = listening
    if (!isVoicedMulaw(agent)) return
    heardMs = atMs
    voicedMs += SLOT_MS
    if (voicedMs === LEAST_VOICE_MS) onEvent({ kind: 'hears', atMs, wish: current })
  }

  /** What is said next; undefined where there is nothing to say now. */
  function next({ queuedMs }: CallerHears): number | undefined {
    const quietMs = atMs - Math.max(ownEndMs, heardMs)
    if (voicedMs < LEAST_VOICE_MS) return quietMs > unheardMs ? Math.max(0, current) : undefined
    if (queuedMs > 0 || quietMs < PAUSE_MS) return undefined
    const text = words.text()
    const wish = wishes[current]
    const isKnown = voicedBeforeMs >= KNOWN_VOICE_MS && /\bgo on\b/i.test(text)
    if (!wish || wish.done.test(text) || isKnown) {
      if (wish && isContent < current) onEvent({ kind: 'content', atMs, wish: current })
      isContent = current
      return current + 1
    }
    if (quietMs < PATIENCE_MS && !/go on|\?\s*$/i.test(text)) return undefined
    return wish.after && !wish.after.test(text) ? current - 1 : current
  }

  function say(index: number): CallerDoes {
    const wish = wishes[index]
    const frame = idle()
    if (!wish) {
      // All is done, and the agent is to end the call.
      if (atMs - Math.max(ownEndMs, heardMs) < PATIENCE_MS) return { frame }
      return { frame, hangUp: { withStop: true, why: 'all is said', gaveUp: false } }
    }
    if ((times[index] ?? 0) >= MOST_TIMES) {
      complaint = `"${wish.utterance.say}" was said ${MOST_TIMES} times, and answered with "${words.text()}"`
      return { frame, hangUp: { withStop: true, why: complaint, gaveUp: true } }
    }
    current = index
    times[index] = (times[index] ?? 0) + 1
    activity = { kind: 'announcing' }
    announce(wish.utterance).then(
      () => {
        activity = { kind: 'ready', utterance: wish.utterance }
      },
      cause => {
        failure = `the words could not be announced: ${cause}`
      },
    )
    return { frame }
  }

  function speak({ pcm }: SpeechUtterance): CallerDoes {
    const mulaw = encodeMulaw(pcm)
    words.forget()
    activity = { kind: 'speaking', mulaw, at: 0 }
    onEvent({ kind: 'speaks', atMs, wish: current, lastsMs: mulaw.length / 8 })
    return goOn(activity)
  }

  function goOn(speaking: Activity & { kind: 'speaking' }): CallerDoes {
    const frame = new Uint8Array(SLOT_BYTES).fill(MULAW_SILENCE)
    frame.set(speaking.mulaw.subarray(speaking.at, speaking.at + SLOT_BYTES))
    speaking.at += SLOT_BYTES
    if (speaking.at >= speaking.mulaw.length) ended('spoke')
    return { frame }
  }

  function ended(how: 'spoke' | 'cut off'): void {
    activity = { kind: 'waiting' }
    ownEndMs = atMs
    voicedMs = 0
    voicedBeforeMs = 0
    if (how === 'spoke') onEvent({ kind: 'spoke', atMs, wish: current })
  }

  return {
    played,
    times,
    get atMs() {
      return atMs
    },
    get complaint() {
      return complaint
    },
    slot(hears) {
      atMs = hears.atMs
      hear(hears)
      if (failure !== undefined) return { frame: idle(), hangUp: { withStop: true, why: failure, gaveUp: true } }
      switch (activity.kind) {
        case 'speaking':
          if (!hears.listening && !goesOn) ended('cut off')
          else return goOn(activity)
          return { frame: idle() }
        case 'ready':
          if (hears.listening) return speak(activity.utterance)
          times[current] = (times[current] ?? 1) - 1
          activity = { kind: 'waiting' }
          return { frame: idle() }
        case 'announcing':
          return { frame: idle() }
        case 'waiting': {
          const index = hears.listening ? next(hears) : undefined
          return index === undefined ? { frame: idle() } : say(index)
        }
      }
    },
  }
}
