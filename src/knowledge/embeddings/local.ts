import type { Clock } from '../../conversation/ports.ts'
import { forked, type StartChild } from '../../jobs/child.ts'
import { jobProcess } from '../../jobs/job-process.ts'
import type { Embedder } from './embedder.ts'

const MAIN = new URL('./local-main.ts', import.meta.url)
const MOST_WAITING = 200
/** Few, so that a question waits for no more than these. */
const TEXTS_A_JOB = 8
const HANGS_AFTER_MS = 30_000

export interface LocalParts {
  readonly modelFolder: string
  /** Which model it is. */
  readonly model: string
  readonly clock: Clock
  readonly log: { warn(about: object, message: string): void }
  /** How the process is started. */
  readonly start?: StartChild
}

/** The sentence model of this machine, in a process of its own that starts with the first text. */
export function localEmbedder({
  modelFolder,
  model,
  clock,
  log,
  start = forked(MAIN, [modelFolder]),
}: LocalParts): Embedder {
  const process = jobProcess<readonly string[], readonly Float32Array[]>({
    ...{ start, name: 'the process of the sentence model', clock, log },
    ...{ mostWaiting: MOST_WAITING, hangsAfterMs: HANGS_AFTER_MS },
  })
  return {
    name: `local/${model}`,
    where: `this machine (${model})`,
    most: TEXTS_A_JOB,
    embed: (texts, signal) => process.ask(texts, signal),
    close: process.close,
  }
}
