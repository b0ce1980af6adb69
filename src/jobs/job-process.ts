import type { Clock } from '../conversation/ports.ts'
import { quietFor } from '../conversation/quiet.ts'
import { orAborted } from '../conversation/scope.ts'
import type { Child, StartChild } from './child.ts'
import { JobError } from './job-error.ts'
import type { FromWorker, ToWorker } from './messages.ts'

export interface JobProcessParts {
  readonly start: StartChild
  /** Names it in errors, such as "the ears". */
  readonly name: string
  readonly clock: Clock
  readonly log: { warn(about: object, message: string): void }
  /** More jobs than so many are not taken. */
  readonly mostWaiting: number
  /** A job that takes longer hangs, and the process is replaced. */
  readonly hangsAfterMs: number
  /** So long it may take until it is ready. */
  readonly readyWithinMs?: number
}

/** One process that works for all who ask, one job at a time. It starts with the first job; an idle one does not keep this process alive. */
export interface JobProcess<Job, Answer> {
  /**
   * Does a job after those that wait. Rejects with JobError, or on abort with the signal's reason; an abort is passed on to
   * the process. `waitsMs`: the most that it waits for its turn.
   */
  ask(job: Job, signal: AbortSignal, waitsMs?: number): Promise<Answer>
  /**
   * Does a job only if the process has nothing else to do, and gives it up as soon as somebody asks: then it resolves with
   * undefined. Rejects as `ask` does.
   */
  askInSpareTime(job: Job, signal: AbortSignal): Promise<Answer | undefined>
  /** Starts it if it does not run. Resolves when it is ready; rejects with JobError when it cannot be. */
  warm(signal: AbortSignal): Promise<void>
  /** Ends the process; what still waits is rejected. */
  close(): Promise<void>
}

const READY_WITHIN_MS = 30_000
const ENDED_WITHIN_MS = 2_000
/** One that lived for so long died by chance: the next starts at once. */
const STURDY_MS = 60_000
const LEAST_REST_MS = 500
const MOST_REST_MS = 30_000

interface Asked<Job, Answer> {
  readonly id: number
  readonly job: Job
  readonly isSpare: boolean
  readonly settle: PromiseWithResolvers<Answer | undefined>
  /** Ends the wait for its turn, or the watch over its work. */
  readonly over: AbortController
  /** The process was told that nobody wants its answer. */
  isGivenUp: boolean
}

interface Running {
  readonly child: Child
  readonly startedMs: number
  readonly ended: PromiseWithResolvers<void>
  readonly over: AbortController
  isReady: boolean
  /** Why it can never be ready, in its own words. */
  unfit?: string
  /** Why it was killed. */
  killed?: JobError
}

/**
 * Starts the process anew when it dies: at once the first time, and with a wait that grows when it does so again and again.
 * The job that it had is lost, as it may be the reason; those that wait go to the next one.
 */
export function jobProcess<Job, Answer>(parts: JobProcessParts): JobProcess<Job, Answer> {
  const { start: startChild, name, clock, log, mostWaiting, hangsAfterMs, readyWithinMs = READY_WITHIN_MS } = parts
  const closing = new AbortController()
  const waiting: Asked<Job, Answer>[] = []
  const warming = new Set<PromiseWithResolvers<void>>()
  let current: Asked<Job, Answer> | undefined
  let running: Running | undefined
  let isResting = false
  let deaths = 0
  let ids = 0

  const send = (message: ToWorker<Job>): void => running?.child.send(message)

  function start(): Running {
    const startedMs = clock.now()
    const over = new AbortController()
    const child = startChild({
      message: message => (running === next ? take(message as FromWorker<Answer>) : undefined),
      ended: how => ended(next, how),
    })
    const next: Running = { child, startedMs, over, ended: Promise.withResolvers(), isReady: false }
    watch(next, readyWithinMs, over.signal, new JobError('unfit', `${name} did not start within ${readyWithinMs} ms`))
    return next
  }

  /** Kills the process if the signal does not abort in time. */
  function watch(watched: Running, limitMs: number, signal: AbortSignal, problem: JobError): void {
    quietFor(limitMs, clock, signal).then(
      () => {
        watched.killed = problem
        watched.child.kill()
      },
      () => undefined,
    )
  }

  function take(message: FromWorker<Answer>): void {
    if (!running) return
    switch (message.kind) {
      case 'ready':
        running.isReady = true
        running.over.abort(new Error('it is ready'))
        for (const each of warming) each.resolve()
        warming.clear()
        return next()
      case 'unfit':
        running.unfit = message.why
        return
      case 'done':
        return finish(message.id, asked => asked.settle.resolve(message.answer))
      case 'failed':
        return finish(message.id, asked => asked.settle.reject(new JobError('failed', message.why)))
    }
  }

  function finish(id: number, settle: (asked: Asked<Job, Answer>) => void): void {
    if (current?.id !== id) return
    const asked = current
    current = undefined
    asked.over.abort(new Error('it is done'))
    settle(asked)
    next()
  }

  function ended(dead: Running, how: string): void {
    dead.ended.resolve()
    dead.over.abort(new Error('it has ended'))
    if (running !== dead) return
    running = undefined
    const problem = dead.killed ?? new JobError(dead.isReady ? 'died' : 'unfit', dead.unfit ?? `${name} ended (${how})`)
    log.warn({ how, why: problem.message, lived: Math.round(clock.now() - dead.startedMs) }, `${name} ended`)
    const asked = current
    current = undefined
    asked?.over.abort(problem)
    asked?.settle.reject(problem)
    // One that cannot even start would let them wait for nothing.
    if (!dead.isReady) rejectAll(problem)
    deaths = clock.now() - dead.startedMs >= STURDY_MS ? 1 : deaths + 1
    if (deaths > 1) rest(Math.min(LEAST_REST_MS * 2 ** (deaths - 2), MOST_REST_MS))
    next()
  }

  function rest(ms: number): void {
    isResting = true
    clock.sleep(ms, closing.signal).then(
      () => {
        isResting = false
        next()
      },
      () => undefined,
    )
  }

  function rejectAll(problem: Error): void {
    for (const asked of waiting.splice(0)) {
      asked.over.abort(problem)
      asked.settle.reject(problem)
    }
    for (const each of warming) each.reject(problem)
    warming.clear()
  }

  /** Gives the process its next job, or starts it. */
  function next(): void {
    const isWanted = current !== undefined || waiting.length > 0 || warming.size > 0
    if (isWanted && !running && !isResting && !closing.signal.aborted) running = start()
    running?.child.hold(isWanted)
    if (!running?.isReady || current) return
    current = waiting.shift()
    if (!current) return
    const { id, job, over } = current
    // What was watched until now was its wait.
    over.abort(new Error('it begins'))
    const begun = { ...current, over: new AbortController() }
    current = begun
    send({ kind: 'job', id, job })
    watch(
      running,
      hangsAfterMs,
      begun.over.signal,
      new JobError('hung', `${name} hung: no answer in ${hangsAfterMs} ms`),
    )
  }

  function leave(asked: Asked<Job, Answer>): void {
    const at = waiting.indexOf(asked)
    if (at >= 0) waiting.splice(at, 1)
    asked.over.abort(new Error('nobody waits for it'))
  }

  function add(job: Job, isSpare: boolean): Asked<Job, Answer> {
    const settle = Promise.withResolvers<Answer | undefined>()
    const asked = { id: ++ids, job, isSpare, settle, over: new AbortController(), isGivenUp: false }
    waiting.push(asked)
    if (current?.isSpare) giveUp(current)
    next()
    return asked
  }

  /** The process may end it sooner; nobody waits for its answer, but the next job is sent only after it. */
  function giveUp(asked: Asked<Job, Answer>): void {
    if (!asked.isGivenUp) send({ kind: 'abort', id: asked.id })
    asked.isGivenUp = true
    asked.settle.resolve(undefined)
  }

  async function answerOf(asked: Asked<Job, Answer>, signal: AbortSignal): Promise<Answer | undefined> {
    try {
      return await orAborted(asked.settle.promise, signal)
    } finally {
      if (current?.id === asked.id) giveUp(current)
      else leave(asked)
    }
  }

  return {
    async ask(job, signal, waitsMs) {
      signal.throwIfAborted()
      if (closing.signal.aborted) throw new JobError('closed', `${name} is closed`)
      if (waiting.length >= mostWaiting) throw new JobError('full', `${mostWaiting} jobs wait for ${name} already`)
      const asked = add(job, false)
      if (waitsMs !== undefined && waiting.includes(asked))
        quietFor(waitsMs, clock, asked.over.signal).then(
          () => asked.settle.reject(new JobError('late', `${name} had no time for a job within ${waitsMs} ms`)),
          () => undefined,
        )
      return (await answerOf(asked, signal)) as Answer
    },
    async askInSpareTime(job, signal) {
      signal.throwIfAborted()
      if (closing.signal.aborted) return undefined
      // Who asks in spare time will want more soon: a process that died starts again.
      if (!running && !isResting) running = start()
      if (!running?.isReady || current || waiting.length > 0) return undefined
      return answerOf(add(job, true), signal)
    },
    async warm(signal) {
      signal.throwIfAborted()
      if (closing.signal.aborted) throw new JobError('closed', `${name} is closed`)
      if (running?.isReady) return
      const settle = Promise.withResolvers<void>()
      warming.add(settle)
      next()
      await orAborted(settle.promise, signal).finally(() => warming.delete(settle))
    },
    async close() {
      const problem = new JobError('closed', `${name} is closed`)
      closing.abort(problem)
      const last = running
      running = undefined
      current?.over.abort(problem)
      current?.settle.reject(problem)
      current = undefined
      rejectAll(problem)
      if (!last) return
      last.over.abort(problem)
      last.child.letGo()
      const waited = new AbortController()
      const tooLong = quietFor(ENDED_WITHIN_MS, clock, waited.signal).then(
        () => last.child.kill(),
        () => undefined,
      )
      await last.ended.promise
      waited.abort(new Error('it has ended'))
      await tooLong
    },
  }
}
