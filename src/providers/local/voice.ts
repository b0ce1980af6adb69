import type { Clock, VoiceRateHz, Word } from '../../conversation/ports.ts'
import type { FliteVoice } from '../../flite/flite.ts'
import { forked, type StartChild } from '../../jobs/child.ts'
import { jobProcess } from '../../jobs/job-process.ts'

/** Two clauses of every call of a busy server. */
const MOST_WAITING = 200
/** As with a vendor's voice that falls silent. */
const WAITS_MS = 2_500
/** Half a minute of speech takes a second. */
const HANGS_AFTER_MS = 10_000
const MAIN = new URL('./voice-main.ts', import.meta.url)
/** The one that the sandbox's agent has, too. */
const VOICE: FliteVoice = 'slt'

export interface VoiceJob {
  readonly text: string
  readonly voice: FliteVoice
  readonly rateHz: VoiceRateHz
  /** Of the voice's own. */
  readonly speed?: number | undefined
}

/** Its words are timed in ms from its first sample. */
export interface VoiceAnswer {
  readonly pcm: Int16Array
  readonly words: readonly Word[]
}

export interface VoiceParts {
  readonly clock: Clock
  readonly log: { warn(about: object, message: string): void }
  /** How the process is started. */
  readonly start?: StartChild
}

/** Speech synthesis on this machine, in one process for all calls. */
export interface Voice {
  /** Rejects with JobError, or on abort. */
  say(text: string, rateHz: VoiceRateHz, signal: AbortSignal, speed?: number): Promise<VoiceAnswer>
  /** Starts the process, so that the first words do not wait for it. Rejects with JobError when it cannot start. */
  warm(signal: AbortSignal): Promise<void>
  close(): Promise<void>
}

/** The process starts with the first words, or when it is warmed. */
export function openVoice({
  clock,
  log,
  // The program runs under WASI, which Node still calls experimental at each start.
  start = forked(MAIN, [], ['--disable-warning=ExperimentalWarning']),
}: VoiceParts): Voice {
  const process = jobProcess<VoiceJob, VoiceAnswer>({
    ...{ start, name: 'the process of the voice', clock, log },
    mostWaiting: MOST_WAITING,
    hangsAfterMs: HANGS_AFTER_MS,
  })
  return {
    say: (text, rateHz, signal, speed) => process.ask({ text, voice: VOICE, rateHz, speed }, signal, WAITS_MS),
    warm: process.warm,
    close: process.close,
  }
}
