import type { Inbound, SpeechToText, SttInput, Transcript, VoiceActivity, VoiceEvent } from '../conversation/ports.ts'
import { Queue } from '../conversation/queue.ts'
import type { VirtualClock } from '../replay/virtual-clock.ts'

/** A word takes so long for each letter, and for the pause after it. */
const LETTER_MS = 65
/** A detector reports speech so long after its first sample, and its end so long after the last one. */
const DETECTION_MS = 60
const HANGOVER_MS = 200
/** Words are heard so long after they were spoken, and are final so long after the end was detected. */
const INTERIM_MS = 120
const FINAL_MS = 80
const MOST_WAITING = 1_000

/** A stream that is read by one reader at a time: each gets what comes from then on. */
class Feed<T> {
  #queue = new Queue<T>(MOST_WAITING)

  push(item: T): void {
    this.#queue.push(item)
  }

  async *read(signal: AbortSignal): AsyncGenerator<T, void, undefined> {
    signal.throwIfAborted()
    const queue = new Queue<T>(MOST_WAITING)
    this.#queue = queue
    const stop = (): void => queue.fail(signal.reason)
    signal.addEventListener('abort', stop, { once: true })
    try {
      yield* queue
    } finally {
      signal.removeEventListener('abort', stop)
    }
  }
}

/** How the caller's words reach the agent. */
export interface Hearing {
  /** What the ears make of a word; undefined where they miss it. */
  heardAs(word: string): string | undefined
}

/** The caller's end of a call by text: who speaks, and ears that are told the words. */
export interface CallersVoice {
  readonly voiceActivity: VoiceActivity
  readonly speechToText: SpeechToText
  inbound(signal: AbortSignal): AsyncIterable<Inbound>
  /** Begins to speak now. Returns the time of the Clock at which the words were heard as final. */
  speak(words: string): number
  /** A sound without words, which begins now. Returns the time of the Clock at which its end was detected. */
  noise(lengthMs: number): number
  send(inbound: Inbound): void
}

export function openCallersVoice(clock: VirtualClock, { heardAs }: Hearing): CallersVoice {
  const sounds = new Feed<VoiceEvent>()
  const transcripts = new Feed<Transcript>()
  const sent = new Feed<Inbound>()

  function noise(lengthMs: number): number {
    const fromMs = clock.now()
    const endMs = fromMs + lengthMs
    clock.at(fromMs + DETECTION_MS, () => sounds.push({ kind: 'speech-start', firstVoicedMs: fromMs }))
    clock.at(endMs + HANGOVER_MS, () => sounds.push({ kind: 'speech-end', lastVoicedMs: endMs }))
    return endMs + HANGOVER_MS
  }

  function speak(text: string): number {
    const words = text.split(/\s+/).filter(word => word !== '')
    const heard: string[] = []
    let atMs = clock.now()
    const fromMs = atMs
    for (const word of words) {
      atMs += (word.length + 1) * LETTER_MS
      const as = heardAs(word)
      if (as === undefined) continue
      heard.push(as)
      const soFar = heard.join(' ')
      clock.at(atMs + INTERIM_MS, () => transcripts.push({ text: soFar, final: false, ended: false }))
    }
    const finalMs = noise(atMs - fromMs) + FINAL_MS
    clock.at(finalMs, () => transcripts.push({ text: heard.join(' '), final: true, ended: true }))
    return finalMs
  }

  return {
    voiceActivity: {
      detect(audio, signal) {
        void drained(audio)
        return sounds.read(signal)
      },
    },
    speechToText: {
      transcribe(input, signal) {
        void drained(input)
        return transcripts.read(signal)
      },
    },
    inbound: signal => untilGone(sent.read(signal)),
    speak,
    noise,
    send: inbound => sent.push(inbound),
  }
}

async function* untilGone(inbound: AsyncIterable<Inbound>): AsyncGenerator<Inbound> {
  for await (const some of inbound) {
    yield some
    if (some.kind === 'gone' || some.kind === 'lost') return
  }
}

async function drained(input: AsyncIterable<SttInput>): Promise<void> {
  for await (const _ of input);
}
