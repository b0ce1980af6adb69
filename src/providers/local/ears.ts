import type { Clock } from '../../conversation/ports.ts'
import { forked, type StartChild } from '../../jobs/child.ts'
import { jobProcess } from '../../jobs/job-process.ts'

/** A final of every call of a busy server. */
const MOST_WAITING = 100
/** The words of a final are worth nothing if they come later. */
export const FINAL_WAITS_MS = 3_000
/** The longest utterance takes a second and a half. */
const HANGS_AFTER_MS = 10_000
const MAIN = new URL('./ears-main.ts', import.meta.url)

export interface EarsParts {
  /** Where the two files of the model lie. */
  readonly modelFolder: string
  readonly clock: Clock
  readonly log: { warn(about: object, message: string): void }
  /** How the process is started. */
  readonly start?: StartChild
}

/** Speech recognition on this machine, in one process for all calls. */
export interface Ears {
  /**
   * The words of mono sound at 16 kHz; "" where there are none. A final waits for its turn, for 3 s at most. An interim is
   * recognised only while there is nothing else to do, and given up for whatever comes: then it resolves with undefined.
   * Rejects with JobError, or on abort.
   */
  recognize(pcm16k: Float32Array | Int16Array, kind: 'final', signal: AbortSignal): Promise<string>
  recognize(
    pcm16k: Float32Array | Int16Array,
    kind: 'interim' | 'final',
    signal: AbortSignal,
  ): Promise<string | undefined>
  /** Starts the process, so that the first words do not wait for it (half a second). Rejects with JobError when it cannot start. */
  warm(signal?: AbortSignal): Promise<void>
  close(): Promise<void>
}

/** The process starts with the first sound, or when it is warmed. */
export function openEars({ modelFolder, clock, log, start = forked(MAIN, [modelFolder]) }: EarsParts): Ears {
  const process = jobProcess<Int16Array, string>({
    ...{ start, name: 'the process of the ears', clock, log },
    mostWaiting: MOST_WAITING,
    hangsAfterMs: HANGS_AFTER_MS,
  })

  function recognize(pcm: Float32Array | Int16Array, kind: 'final', signal: AbortSignal): Promise<string>
  function recognize(pcm: Float32Array | Int16Array, kind: string, signal: AbortSignal): Promise<string | undefined>
  function recognize(pcm: Float32Array | Int16Array, kind: string, signal: AbortSignal): Promise<string | undefined> {
    const pcm16k = pcm instanceof Int16Array ? pcm : Int16Array.from(pcm, sample => toInt16(sample))
    return kind === 'final' ? process.ask(pcm16k, signal, FINAL_WAITS_MS) : process.askInSpareTime(pcm16k, signal)
  }

  return {
    recognize,
    warm: (signal = new AbortController().signal) => process.warm(signal),
    close: process.close,
  }
}

const toInt16 = (sample: number): number => Math.max(-32_768, Math.min(32_767, Math.round(sample * 32_768)))
