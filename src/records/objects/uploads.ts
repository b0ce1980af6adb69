import { createHash } from 'node:crypto'
import { readdir, readFile, rm, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { Clock } from '../../conversation/ports.ts'
import { orAborted, scopeOf } from '../../conversation/scope.ts'
import { isCallId, isMissing, SEALED, statOf, UPLOADED, writeWhole } from '../call-folder.ts'
import { keyOf } from './kept-objects.ts'
import type { ObjectStore } from './s3.ts'

export interface UploadsParts {
  readonly store: ObjectStore
  readonly callsFolder: string
  readonly clock: Clock
  readonly log: { warn(fields: object, message: string): void }
}

/** Brings sealed folders to the object store, one after the other, and tries again until it has them. */
export interface Uploads {
  /** Neither waits nor throws. A call that finds the queue full is found again at the next start. */
  add(callId: string): void
  /** These calls are not uploaded, or no more: resolves when nothing of them is under way. */
  drop(callIds: readonly string[]): Promise<void>
  /** Adds the folders that were sealed, but not uploaded. */
  addLeft(): Promise<void>
  /** Resolves when all calls are uploaded. Rejects on abort. */
  idle(signal: AbortSignal): Promise<void>
  /** Uploads until `signal` aborts. Never rejects. */
  run(signal: AbortSignal): Promise<void>
}

const MOST_WAITING = 10_000
const FIRST_WAIT_MS = 1_000
const LONGEST_WAIT_MS = 5 * 60_000

const seal = z.object({ files: z.record(z.string(), z.object({ sha256: z.string() })) })

export function uploadsTo({ store, callsFolder, clock, log }: UploadsParts): Uploads {
  const queue = new Set<string>()
  let wake: () => void = () => undefined
  let nothingLeft = Promise.withResolvers<void>()
  let current:
    | { readonly callId: string; readonly abort: (why: Error) => void; readonly done: Promise<unknown> }
    | undefined

  function add(callId: string): void {
    if (queue.size >= MOST_WAITING) return log.warn({ call: callId }, 'upload is left for the next start')
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
        nothingLeft.resolve()
        await woken(signal)
        continue
      }
      queue.delete(callId)
      const scope = scopeOf(signal)
      const done = upload(callId, scope.signal)
      current = { callId, abort: why => scope.abort(why), done: done.catch(() => undefined) }
      try {
        await done
        waitMs = FIRST_WAIT_MS
      } catch (error) {
        if (signal.aborted) return
        // One that was dropped is not wanted any more.
        if (scope.signal.aborted) continue
        log.warn({ call: callId, err: error, againInMs: waitMs }, 'upload failed')
        add(callId)
        await clock.sleep(waitMs, signal).catch(() => undefined)
        waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)
      } finally {
        current = undefined
        scope.release()
      }
    }
  }

  function woken(signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    wake = resolve
    return orAborted(promise, signal).catch(() => undefined)
  }

  async function upload(callId: string, signal: AbortSignal): Promise<void> {
    const folder = join(callsFolder, callId)
    const sealed = await textIn(folder)
    // The call has come back, or is deleted.
    if (sealed === undefined) return
    for (const [name, { sha256 }] of Object.entries(seal.parse(JSON.parse(sealed)).files)) {
      if ((await statOf(join(folder, name))) === undefined) continue
      await store.put(keyOf(callId, name), join(folder, name), sha256, signal)
    }
    const sha256 = createHash('sha256').update(sealed).digest('hex')
    // The seal comes last: an object prefix without it is not whole.
    await store.put(keyOf(callId, SEALED), join(folder, SEALED), sha256, signal)
    signal.throwIfAborted()
    await writeWhole(folder, UPLOADED, { sealSha256: sha256 })
    const { mtime } = (await statOf(join(folder, SEALED))) ?? {}
    if (mtime) await utimes(join(folder, UPLOADED), mtime, mtime)
    if ((await textIn(folder)) !== sealed) await rm(join(folder, UPLOADED), { force: true })
  }

  return {
    add,
    run,
    async idle(signal) {
      while (queue.size > 0 || current) await orAborted(nothingLeft.promise, signal)
    },
    async drop(callIds) {
      for (const callId of callIds) queue.delete(callId)
      if (!current || !callIds.includes(current.callId)) return
      const { abort, done } = current
      abort(new Error('the call is deleted'))
      await done
    },
    async addLeft() {
      for (const callId of await readdir(callsFolder).catch(error => (isMissing(error) ? [] : Promise.reject(error)))) {
        if (!isCallId(callId)) continue
        const isSealed = (await statOf(join(callsFolder, callId, SEALED))) !== undefined
        if (isSealed && (await statOf(join(callsFolder, callId, UPLOADED))) === undefined) add(callId)
      }
    },
  }
}

async function textIn(folder: string): Promise<string | undefined> {
  try {
    return await readFile(join(folder, SEALED), 'utf8')
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}
