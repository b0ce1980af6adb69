import { Worker } from 'node:worker_threads'
import type { Word } from '../conversation/ports.ts'

/** The voices that can say anything: `kal` at 8 kHz, the others at 16 kHz. */
export const FLITE_VOICES = ['kal', 'kal16', 'awb', 'rms', 'slt'] as const
export type FliteVoice = (typeof FLITE_VOICES)[number]

const LONGEST_TEXT = 5_000
const MOST_WAITING = 500
const MOST_KEPT_SAMPLES = 16_000_000

/** Speech with its words, in ms from its first sample; silence at both ends is flite's own. */
export interface Spoken {
  readonly pcm: Int16Array
  readonly rateHz: number
  readonly words: readonly Word[]
}

/** Speech synthesis by Carnegie Mellon's flite, in a thread of its own. */
export interface Flite {
  /**
   * Speaks a text with one of FLITE_VOICES; at a `speed` of its own one; asked again for the
   * same it answers with the same object. Rejects with an
   * Error for an unknown voice, a text over 5,000 characters, or more than 500 texts waiting.
   */
  synthesize(text: string, voice: string, signal: AbortSignal, speed?: number): Promise<Spoken>
  /** Ends the thread; what still waits is rejected. */
  close(): Promise<void>
}

/** What the thread is asked. */
export interface FliteJob {
  readonly id: number
  readonly text: string
  readonly voice: FliteVoice
  /** Of the voice's own. */
  readonly speed: number
}

/** What the thread answers. */
export type FliteAnswer =
  | { readonly id: number; readonly spoken: Spoken }
  | { readonly id: number; readonly problem: string }

interface Waiting {
  readonly job: FliteJob
  readonly key: string
  readonly spoken: Promise<Spoken>
  readonly settle: PromiseWithResolvers<Spoken>
  waiters: number
}

/** The thread starts with the first text. An idle one does not keep the process alive. */
export function openFlite(): Flite {
  const kept = new Map<string, Spoken>()
  const waiting = new Map<string, Waiting>()
  let keptSamples = 0
  let jobs = 0
  let worker: Worker | undefined
  let current: Waiting | undefined
  let isClosed = false

  function keep(key: string, spoken: Spoken): void {
    kept.set(key, spoken)
    keptSamples += spoken.pcm.length
    for (const [oldest, { pcm }] of kept) {
      if (keptSamples <= MOST_KEPT_SAMPLES || oldest === key) break
      kept.delete(oldest)
      keptSamples -= pcm.length
    }
  }

  function next(): void {
    if (current) return
    for (const [key, entry] of waiting) {
      if (entry.waiters > 0) {
        current = entry
        worker ??= start()
        worker.ref()
        worker.postMessage(entry.job)
        return
      }
      waiting.delete(key)
    }
    worker?.unref()
  }

  function start(): Worker {
    // The program runs under WASI, which Node still calls experimental at each start.
    const thread = new Worker(new URL('./flite-worker.ts', import.meta.url), {
      execArgv: ['--disable-warning=ExperimentalWarning'],
    })
    thread.on('message', (answer: FliteAnswer) => {
      const entry = current
      if (!entry || entry.job.id !== answer.id) return
      current = undefined
      waiting.delete(entry.key)
      if ('spoken' in answer) {
        keep(entry.key, answer.spoken)
        entry.settle.resolve(answer.spoken)
      } else entry.settle.reject(new Error(`flite cannot speak "${entry.job.text.slice(0, 80)}": ${answer.problem}`))
      next()
    })
    const broke = (cause: unknown): void => {
      if (worker === thread) fail(new Error(`flite broke down: ${String(cause)}`, { cause }))
    }
    thread.once('error', broke)
    // The program may end its thread without an error.
    thread.once('exit', code => broke(`it ended with ${code}`))
    return thread
  }

  function fail(problem: Error): void {
    worker = undefined
    current = undefined
    const entries = [...waiting.values()]
    waiting.clear()
    for (const entry of entries) entry.settle.reject(problem)
  }

  function enqueue(key: string, job: Omit<FliteJob, 'id'>): Waiting {
    const settle = Promise.withResolvers<Spoken>()
    settle.promise.catch(() => undefined)
    const entry: Waiting = { job: { id: ++jobs, ...job }, key, spoken: settle.promise, settle, waiters: 0 }
    waiting.set(key, entry)
    return entry
  }

  return {
    async synthesize(text, voice, signal, speed = 1) {
      signal.throwIfAborted()
      if (isClosed) throw new Error('flite is closed')
      if (!isFliteVoice(voice)) throw new Error(`flite has no voice "${voice}"; it has ${FLITE_VOICES.join(', ')}`)
      if (text.length > LONGEST_TEXT)
        throw new Error(`a text of ${text.length} characters: flite is given ${LONGEST_TEXT} at most`)
      const key = `${voice} ${speed} ${text}`
      const known = kept.get(key)
      if (known) {
        kept.delete(key)
        kept.set(key, known)
        return known
      }
      if (waiting.size >= MOST_WAITING && !waiting.has(key))
        throw new Error(`${MOST_WAITING} texts wait for flite already`)
      const entry = waiting.get(key) ?? enqueue(key, { text, voice, speed })
      entry.waiters++
      next()
      try {
        return await orAborted(entry.spoken, signal)
      } finally {
        entry.waiters--
      }
    },
    async close() {
      isClosed = true
      const thread = worker
      fail(new Error('flite is closed'))
      await thread?.terminate()
    },
  }
}

function isFliteVoice(text: string): text is FliteVoice {
  return FLITE_VOICES.some(voice => voice === text)
}

function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
