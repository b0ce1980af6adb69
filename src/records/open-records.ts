import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { costOf } from '../costs/cost.ts'
import { type ModelsInForce, pricesFor } from '../costs/prices.ts'
import { wasteOf } from '../costs/waste.ts'
import { readAbout } from './about.ts'
import { ABOUT, isCallId, readJson, recordingOf, statOf } from './call-folder.ts'
import type { CallIndex, IndexedCall } from './call-index.ts'
import { type CallerSecrets, isE164, masked } from './caller-secrets.ts'
import { type JournalSources, linesOf } from './journals.ts'
import { objectsNamed, textOf } from './objects/kept-objects.ts'
import type { ObjectStore } from './objects/s3.ts'
import { readQuery, readTags } from './query.ts'
import {
  type CallAudio,
  type CallSummary,
  type ForgottenCaller,
  QueryError,
  type Records,
  type Sees,
} from './records.ts'

export interface RecordsParts extends JournalSources {
  readonly index: CallIndex
  readonly secrets: CallerSecrets
  /** For calls of before there was an `about.json`. */
  readonly models: ModelsInForce
  /** Deletes the calls of the caller with this hash. */
  readonly forget: (callerHash: string, signal: AbortSignal) => Promise<ForgottenCaller>
}

/** The records over this server's folders and the shared database. */
export function openRecords(parts: RecordsParts): Records {
  const { callsFolder, index, secrets, models, objects } = parts
  const folderOf = (callId: string): string => join(callsFolder, callId)
  async function aboutOf(callId: string, signal: AbortSignal): Promise<unknown> {
    const local = await readJson(join(folderOf(callId), ABOUT))
    if (local !== undefined || !objects) return local
    const [first] = await objectsNamed(objects, callId, ABOUT, signal)
    const stored = first && (await textOf(objects, first.key, signal))
    return stored === undefined ? undefined : JSON.parse(stored)
  }
  const lines: Records['lines'] = async (callId, signal) =>
    isCallId(callId) ? linesOf(callId, parts, signal) : undefined

  function shown({ summary, callerSealed }: IndexedCall, sees: Sees): CallSummary {
    const number = callerSealed === undefined ? undefined : secrets.open(callerSealed, summary.callId)
    return { ...summary, caller: number === undefined ? null : sees === 'numbers' ? number : masked(number) }
  }

  return {
    lines,
    async list(query, sees) {
      const read = readQuery(query)
      const { calls, next } = await index.list(read, read.caller && secrets.hashOf(read.caller))
      return { calls: calls.map(call => shown(call, sees)), next }
    },
    async get(callId, sees) {
      const call = isCallId(callId) ? await index.get(callId) : undefined
      return call && shown(call, sees)
    },
    async about(callId, signal) {
      const about = isCallId(callId) ? await aboutOf(callId, signal) : undefined
      // The number is shown by the summary alone, to whom may see it.
      return typeof about === 'object' ? { ...about, caller: undefined } : undefined
    },
    async audio(callId, attempt, signal) {
      if (!isCallId(callId) || !Number.isSafeInteger(attempt) || attempt < 1) return undefined
      const file = join(folderOf(callId), recordingOf(attempt))
      const bytes = (await statOf(file))?.size
      if (bytes === undefined) return objects && storedAudio(objects, callId, attempt, signal)
      return {
        bytes,
        async *read(from, to, signal) {
          const [start, end] = [Math.max(0, from), Math.min(bytes, to) - 1]
          if (start <= end) yield* createReadStream(file, { start, end, signal })
        },
      }
    },
    async cost(callId, signal) {
      const found = await lines(callId, signal)
      if (!found) return undefined
      const inForce = readAbout(await aboutOf(callId, signal)).models ?? models
      const channel = found.find(line => 'started' in line)?.started.channel ?? 'phone'
      const prices = pricesFor(inForce)
      return { ...costOf(found, prices, channel), wasted: wasteOf(found, prices) }
    },
    setTags: async (callId, tags) => {
      const kept = readTags(tags)
      return isCallId(callId) && (await index.setTags(callId, kept))
    },
    async forgetCaller(e164, signal) {
      if (!isE164(e164)) throw new QueryError('caller: must be a phone number like +15551234567')
      return parts.forget(secrets.hashOf(e164), signal)
    },
  }
}

async function storedAudio(
  objects: ObjectStore,
  callId: string,
  attempt: number,
  signal: AbortSignal,
): Promise<CallAudio | undefined> {
  const [found] = await objectsNamed(objects, callId, recordingOf(attempt), signal)
  if (!found) return undefined
  const { key, bytes } = found
  return {
    bytes,
    async *read(from, to, reading) {
      const range = { from: Math.max(0, from), to: Math.min(bytes, to) }
      if (range.from < range.to) yield* (await objects.get(key, range, reading)) ?? []
    },
  }
}
