import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../conversation/ports.ts'
import { isAway } from '../database/away.ts'
import { isCallId, isMissing } from './call-folder.ts'
import type { CallIndex } from './call-index.ts'
import type { Forgotten } from './forgotten.ts'
import type { HeldCalls } from './held-calls.ts'
import type { ForgottenCaller } from './records.ts'

export interface ForgettingParts {
  readonly callsFolder: string
  readonly clock: Clock
  readonly log: { warn(fields: object, message: string): void }
  readonly index: Pick<CallIndex, 'callsOf'>
  readonly forgotten: Forgotten
  readonly held: Pick<HeldCalls, 'callsOf' | 'elsewhereOf' | 'takeEnded' | 'done' | 'written'>
  /** This server holds the call, or is sealing it. */
  readonly isBusy: (callId: string) => boolean
  /** Deletes what all parts keep of these calls besides the files here, from the index at last. */
  readonly forgetCalls: (callIds: readonly string[]) => Promise<void>
  /** Takes what was deleted off the disk. */
  readonly scrub: () => Promise<void>
}

/** Deletes the calls of callers who want to be forgotten, at all servers. A call that goes on anywhere is put off. */
export interface Forgetting {
  ofCaller(callerHash: string): Promise<ForgottenCaller>
  /** Deletes what this server finds of a call that was forgotten before. */
  again(callId: string): Promise<void>
  /** Deletes here what other servers have forgotten, and everywhere what was put off and is over. Throws on abort. */
  catchUp(signal: AbortSignal): Promise<void>
  /** The same now and then, until `signal` aborts. Never rejects. */
  run(signal: AbortSignal): Promise<void>
}

/** Two small queries, unless somebody was forgotten. */
const EVERY_MS = 30_000

export function forgettingOf(parts: ForgettingParts): Forgetting {
  const { callsFolder, clock, log, index, forgotten, held, isBusy } = parts
  /** Calls that ended here, and have not been compared with the forgotten ones. */
  let unlooked: ReadonlySet<string> = new Set()
  let seen = 0
  /** What was deleted may still be in the database's log. */
  let isScrubOwed = false

  const isHeld = async (callId: string): Promise<boolean> =>
    isBusy(callId) || (await held.elsewhereOf(callId)) !== undefined
  const removeFolder = (callId: string): Promise<void> =>
    rm(join(callsFolder, callId), { recursive: true, force: true })

  /** Their folders here are gone. What fails is found again, as the index and what was put off are last. */
  async function forgetRest(callIds: readonly string[]): Promise<void> {
    if (callIds.length === 0) return
    await forgotten.add(callIds)
    await parts.forgetCalls(callIds)
    await held.done(callIds)
    await forgotten.done(callIds)
    isScrubOwed = true
    await scrub()
  }

  /** Somebody may read the database for long, such as a backup: then it is done later. Never rejects. */
  async function scrub(): Promise<void> {
    try {
      await parts.scrub()
      isScrubOwed = false
    } catch (error) {
      if (!isAway(error)) log.warn({ err: error }, 'what was forgotten is not off the disk yet: it is tried again')
    }
  }

  async function again(callId: string): Promise<void> {
    await removeFolder(callId)
    if (await isHeld(callId)) await forgotten.putOff([callId])
    else await forgetRest([callId])
  }

  async function catchUp(signal: AbortSignal): Promise<void> {
    const ended = new Set([...unlooked, ...held.takeEnded()])
    unlooked = ended
    const count = await forgotten.count()
    const folders = count === seen ? [] : await foldersIn(callsFolder)
    const gone = count === 0 ? [] : await forgotten.among([...new Set([...folders, ...ended])])
    const busy = new Set<string>()
    for (const callId of gone) {
      signal.throwIfAborted()
      if (isBusy(callId)) busy.add(callId)
      else await again(callId)
    }
    // Forgotten elsewhere while it went on here: it is looked at again when it is over.
    unlooked = busy
    seen = count
    for (const callId of await forgotten.waiting()) {
      signal.throwIfAborted()
      if (await isHeld(callId)) continue
      await removeFolder(callId)
      await forgetRest([callId])
    }
    if (isScrubOwed) await scrub()
  }

  return {
    async ofCaller(callerHash) {
      await held.written()
      const [calls, later]: [string[], string[]] = [[], []]
      for (const callId of new Set([...(await index.callsOf(callerHash)), ...(await held.callsOf(callerHash))])) {
        // Asked for each at the last moment: a call may come back meanwhile.
        if (await isHeld(callId)) {
          later.push(callId)
          continue
        }
        await removeFolder(callId)
        calls.push(callId)
      }
      await forgotten.putOff(later)
      await forgetRest(calls)
      return { calls, later }
    },
    again,
    catchUp,
    async run(signal) {
      while (!signal.aborted) {
        await clock.sleep(EVERY_MS, signal).catch(() => undefined)
        if (signal.aborted) return
        await catchUp(signal).catch(error => {
          if (!signal.aborted && !isAway(error))
            log.warn({ err: error }, 'calls of forgotten callers could not be deleted')
        })
      }
    },
  }
}

/** The calls that have a folder here. */
export async function foldersIn(callsFolder: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(callsFolder, { withFileTypes: true })
    return entries.filter(entry => entry.isDirectory() && isCallId(entry.name)).map(({ name }) => name)
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
}
