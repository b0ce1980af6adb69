import { fileURLToPath } from 'node:url'
import { parentPort } from 'node:worker_threads'
import type { FliteAnswer, FliteJob } from './flite.ts'
import { openSpeech } from './speak.ts'

/** Beside what other tools keep there; `npm ci` empties it. */
const KEPT_IN = fileURLToPath(new URL('../../node_modules/.cache/flite', import.meta.url))

const speak = openSpeech(KEPT_IN)

parentPort?.on('message', (job: FliteJob) => parentPort?.postMessage(answerTo(job)))

function answerTo({ id, text, voice, speed }: FliteJob): FliteAnswer {
  try {
    return { id, spoken: speak(text, voice, speed) }
  } catch (cause) {
    return { id, problem: cause instanceof Error ? cause.message : String(cause) }
  }
}
