import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { z } from 'zod'
import { oneCall, reportOf } from './one-call.ts'

/** What one worker has done since its last message. */
const progress = z.object({
  calls: z.number(),
  counters: z.map(z.string(), z.number()),
  broken: z.array(z.object({ seed: z.number(), invariants: z.array(z.string()), report: z.string() })),
  cpuMs: z.number(),
})
export type Progress = z.infer<typeof progress>

const share = z.object({ first: z.number(), last: z.number(), step: z.number() })
const PROGRESS_EVERY = 50

/** Simulates the calls with these seeds on `workers` threads. Calls `onProgress` after each batch. */
export async function simulateAll(
  seed: number,
  calls: number,
  workers: number,
  onProgress: (progress: Progress) => void,
): Promise<void> {
  const shares = Array.from({ length: workers }, (_, index) => ({
    first: seed + index,
    last: seed + calls - 1,
    step: workers,
  }))
  await Promise.all(
    shares.map(
      workerData =>
        new Promise<void>((resolve, reject) => {
          const worker = new Worker(new URL(import.meta.url), { workerData })
          worker.on('message', message => onProgress(progress.parse(message)))
          worker.on('error', reject)
          worker.on('exit', code => (code === 0 ? resolve() : reject(new Error(`a worker ended with ${code}`))))
        }),
    ),
  )
}

async function work(): Promise<void> {
  const { first, last, step } = share.parse(workerData)
  let done: Progress = { calls: 0, counters: new Map(), broken: [], cpuMs: 0 }
  let usage = process.threadCpuUsage()
  const sendProgress = (): void => {
    const { user, system } = process.threadCpuUsage(usage)
    parentPort?.postMessage({ ...done, cpuMs: (user + system) / 1_000 })
    usage = process.threadCpuUsage()
    done = { calls: 0, counters: new Map(), broken: [], cpuMs: 0 }
  }
  for (let seed = first; seed <= last; seed += step) {
    const outcome = await oneCall(seed)
    done.calls++
    for (const [what, times] of outcome.counters) done.counters.set(what, (done.counters.get(what) ?? 0) + times)
    if (outcome.breaches.length > 0) {
      const invariants = [...new Set(outcome.breaches.map(({ invariant }) => invariant))]
      done.broken.push({ seed, invariants, report: reportOf(outcome) })
    }
    if (done.calls === PROGRESS_EVERY) sendProgress()
  }
  sendProgress()
}

if (!isMainThread) await work()
