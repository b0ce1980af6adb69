import { createHash } from 'node:crypto'
import { readdir, readFile, rm, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { Clock } from '../../conversation/ports.ts'
import { orAborted, scopeOf } from '../../conversation/scope.ts'
import { readAbout } from '../about.ts'
import { ABOUT, checksumOf, isMissing, readJson, SEALED, statOf, UPLOADED, writeWhole } from '../call-folder.ts'
import { foldersIn } from '../forgetting.ts'
import { keyOf } from './kept-objects.ts'
import type { ObjectStore } from './s3.ts'
import { isOfTheObject } from './whose-fault.ts'

export interface UploadsParts {
  readonly store: ObjectStore
  readonly callsFolder: string
  readonly clock: Clock
  readonly log: { info(fields: object, message: string): void; warn(fields: object, message: string): void }
}

/**
 * Brings sealed folders to the object store, one after the other. Tries again until the store has them, but a folder that
 * is broken itself a few times only: then it is named in the log, and left until the next start or until it is sealed anew.
 */
export interface Uploads {
  /** Neither waits nor throws. A call that finds the queue full is found again at the next start. */
  add(callId: string): void
  /** These calls are not uploaded, or no more: resolves when nothing of them is under way. */
  drop(callIds: readonly string[]): Promise<void>
  /** Adds the folders that were sealed, but not uploaded, and not given up. */
  addLeft(): Promise<void>
  /** Resolves when all calls are uploaded, but for broken ones that are tried again later. Rejects on abort. */
  idle(signal: AbortSignal): Promise<void>
  /** Throws what the store said last, while it is away. Asks nobody: it is known by the calls that wait. */
  check(): Promise<void>
  /** Uploads until `signal` aborts. Never rejects. */
  run(signal: AbortSignal): Promise<void>
}

const MOST_WAITING = 10_000
const FIRST_WAIT_MS = 1_000
const LONGEST_WAIT_MS = 5 * 60_000

/** Of a broken folder: four waits of 5 s to 5 min. */
const MOST_TRIES = 5
const FIRST_TRY_AGAIN_MS = 5_000
const TRY_AGAIN_GROWS = 4

const seal = z.object({ files: z.record(z.string(), z.object({ sha256: z.string() })) })

export function uploadsTo({ store, callsFolder, clock, log }: UploadsParts): Uploads {
  const queue = new Set<string>()
  /** Broken folders that are tried again later, and how often they have failed. */
  const broken = new Map<string, number>()
  const givenUp = new Set<string>()
  /** Since when the store fails, and what it said last. */
  let failing: { readonly sinceMs: number; readonly error: unknown } | undefined
  let isFull = false
  let wake: () => void = () => undefined
  let nothingLeft = Promise.withResolvers<void>()
  let current:
    | { readonly callId: string; readonly abort: (why: Error) => void; readonly done: Promise<unknown> }
    | undefined

  function add(callId: string): void {
    broken.delete(callId)
    givenUp.delete(callId)
    enqueue(callId)
  }

  function enqueue(callId: string): void {
    if (queue.size >= MOST_WAITING && !queue.has(callId)) {
      if (!isFull) log.warn({ call: callId }, 'uploads are left for the next start: too many wait')
      isFull = true
      return
    }
    if (queue.size < MOST_WAITING / 2) isFull = false
    queue.add(callId)
    nothingLeft.resolve()
    nothingLeft = Promise.withResolvers()
    wake()
  }

  async function run(signal: AbortSignal): Promise<void> {
    let waitMs = FIRST_WAIT_MS
    while (!signal.aborted) {
      const [callId] = queue
      if (callId === undefined) {
        // Nobody waits for it any more: whether it is back is found with the next call.
        failing = undefined
        nothingLeft.resolve()
        await woken(signal)
        continue
      }
      queue.delete(callId)
      const scope = scopeOf(signal)
      const done = upload(callId, scope.signal)
      current = { callId, abort: why => scope.abort(why), done: done.catch(() => undefined) }
      try {
        const isSent = await done
        broken.delete(callId)
        if (!isSent) continue
        waitMs = FIRST_WAIT_MS
        works()
      } catch (error) {
        if (signal.aborted) return
        // One that was dropped is not wanted any more.
        if (scope.signal.aborted) continue
        if (await isOwnFault(callId, error)) {
          // The store has answered.
          if (isOfTheObject(error)) works()
          tryLater(callId, error, signal)
          continue
        }
        fails(callId, error)
        enqueue(callId)
        await clock.sleep(waitMs, signal).catch(() => undefined)
        waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)
      } finally {
        current = undefined
        scope.release()
      }
    }
  }

  /** A line when it begins, and one when it works again: it is tried for as long as it takes. */
  function fails(callId: string, error: unknown): void {
    if (!failing)
      log.warn({ store: 's3', call: callId, err: error }, 'the object store is away: sealed calls wait for it')
    failing = { sinceMs: failing?.sinceMs ?? clock.now(), error }
  }

  function works(): void {
    if (!failing) return
    const awaySeconds = Math.round((clock.now() - failing.sinceMs) / 1_000)
    failing = undefined
    log.info({ store: 's3', awaySeconds, waiting: queue.size }, 'the object store is back: what waited is uploaded')
  }

  /** Whether it is the folder that is at fault, and not the store, which is waited for. */
  async function isOwnFault(callId: string, error: unknown): Promise<boolean> {
    if (isOfTheObject(error)) return true
    return !(await isWhole(join(callsFolder, callId)))
  }

  function tryLater(callId: string, error: unknown, signal: AbortSignal): void {
    const tries = (broken.get(callId) ?? 0) + 1
    if (tries >= MOST_TRIES) {
      broken.delete(callId)
      givenUp.add(callId)
      return log.warn(
        { call: callId, err: error, tries },
        'upload is given up until the next start: its folder is broken',
      )
    }
    broken.set(callId, tries)
    clock.sleep(FIRST_TRY_AGAIN_MS * TRY_AGAIN_GROWS ** (tries - 1), signal).then(
      () => (broken.get(callId) === tries ? enqueue(callId) : undefined),
      () => undefined,
    )
  }

  function woken(signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    wake = resolve
    return orAborted(promise, signal).catch(() => undefined)
  }

  /** Whether there was something to upload. */
  async function upload(callId: string, signal: AbortSignal): Promise<boolean> {
    const folder = join(callsFolder, callId)
    const sealed = await textIn(folder)
    // The call has come back, or is deleted.
    if (sealed === undefined) return false
    const first = await firstAttemptIn(folder)
    for (const [name, { sha256 }] of Object.entries(seal.parse(JSON.parse(sealed)).files)) {
      if ((await statOf(join(folder, name))) === undefined) continue
      await store.put(keyOf(callId, name, first), join(folder, name), sha256, signal)
    }
    const sha256 = createHash('sha256').update(sealed).digest('hex')
    // The seal comes last: objects without it are not whole.
    await store.put(keyOf(callId, SEALED, first), join(folder, SEALED), sha256, signal)
    signal.throwIfAborted()
    await writeWhole(folder, UPLOADED, { sealSha256: sha256 })
    const { mtime } = (await statOf(join(folder, SEALED))) ?? {}
    if (mtime) await utimes(join(folder, UPLOADED), mtime, mtime)
    if ((await textIn(folder)) !== sealed) await rm(join(folder, UPLOADED), { force: true })
    return true
  }

  return {
    add,
    run,
    async idle(signal) {
      while (queue.size > 0 || current) await orAborted(nothingLeft.promise, signal)
    },
    async check() {
      if (failing) throw failing.error
    },
    async drop(callIds) {
      for (const callId of callIds) {
        queue.delete(callId)
        broken.delete(callId)
        givenUp.delete(callId)
      }
      if (!current || !callIds.includes(current.callId)) return
      const { abort, done } = current
      abort(new Error('the call is deleted'))
      await done
    },
    async addLeft() {
      for (const callId of await foldersIn(callsFolder)) {
        if (queue.has(callId) || broken.has(callId) || givenUp.has(callId)) continue
        // What cannot be read is tried and named there.
        if (await isLeft(join(callsFolder, callId)).catch(() => true)) enqueue(callId)
      }
    },
  }
}

const isLeft = async (folder: string): Promise<boolean> =>
  (await statOf(join(folder, SEALED))) !== undefined && (await statOf(join(folder, UPLOADED))) === undefined

/** Whether the folder can be read and is as its seal says; files that are gone were too old. */
async function isWhole(folder: string): Promise<boolean> {
  try {
    const sealed = await textIn(folder)
    // The call has come back meanwhile.
    if (sealed === undefined) return true
    for (const [name, { sha256 }] of Object.entries(seal.parse(JSON.parse(sealed)).files)) {
      const file = join(folder, name)
      if ((await statOf(file)) !== undefined && (await checksumOf(file)).sha256 !== sha256) return false
    }
    return true
  } catch {
    return false
  }
}

/** The first stream of the call that this folder has. Before `about.json` said so, recordings did. */
async function firstAttemptIn(folder: string): Promise<number> {
  const { attempt } = readAbout(await readJson(join(folder, ABOUT)).catch(() => undefined))
  if (attempt !== undefined) return attempt
  const attempts = (await readdir(folder)).map(name => Number(/^call-(\d+)\.wav$/.exec(name)?.[1] ?? Number.NaN))
  const known = attempts.filter(Number.isInteger)
  return known.length > 0 ? Math.min(...known) : 1
}

async function textIn(folder: string): Promise<string | undefined> {
  try {
    return await readFile(join(folder, SEALED), 'utf8')
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}
