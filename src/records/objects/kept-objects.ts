import type { ObjectStore, StoredObject } from './s3.ts'

/** All objects of calls are below this. */
export const CALLS_PREFIX = 'calls/'
const RECORDING = /\/call-\d+\.wav$/

/**
 * Servers with folders of their own share a bucket: what a folder holds from a later stream of the call on is in a place
 * of its own there. No two servers hold the same stream, so `firstAttempt` tells the folders of a call apart.
 */
export const keyOf = (callId: string, name: string, firstAttempt = 1): string =>
  `${CALLS_PREFIX}${callId}/${firstAttempt === 1 ? '' : `from-${firstAttempt}/`}${name}`

/** All objects of a call with this name, that of the earliest stream first. */
export async function objectsNamed(
  store: ObjectStore,
  callId: string,
  name: string,
  signal: AbortSignal,
): Promise<readonly StoredObject[]> {
  const found: (StoredObject & { readonly from: number })[] = []
  for await (const object of store.list(keyOf(callId, ''), signal)) {
    const from = Number(/\/from-(\d+)\/[^/]+$/.exec(object.key)?.[1] ?? 1)
    if (object.key === keyOf(callId, name, from)) found.push({ ...object, from })
  }
  return found.toSorted((one, other) => one.from - other.from)
}

/** Deletes all objects of these calls. */
export async function deleteObjectsOf(
  store: ObjectStore,
  callIds: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  for (const callId of callIds) {
    for await (const { key } of store.list(keyOf(callId, ''), signal)) await store.delete(key, signal)
  }
}

/** Deletes what was stored before these times; undefined keeps it all. Resolves with how many objects. */
export async function deleteOldObjects(
  store: ObjectStore,
  before: { readonly recordings: Date | undefined; readonly others: Date | undefined },
  signal: AbortSignal,
): Promise<number> {
  let deleted = 0
  if (!before.recordings && !before.others) return deleted
  for await (const { key, modified } of store.list(CALLS_PREFIX, signal)) {
    const limit = RECORDING.test(key) ? before.recordings : before.others
    if (limit === undefined || modified >= limit) continue
    await store.delete(key, signal)
    deleted++
  }
  return deleted
}

/** A whole object as text; undefined where there is none. */
export async function textOf(store: ObjectStore, key: string, signal: AbortSignal): Promise<string | undefined> {
  const body = await store.get(key, undefined, signal)
  if (!body) return undefined
  const pieces: Uint8Array[] = []
  for await (const piece of body) pieces.push(piece)
  return Buffer.concat(pieces).toString('utf8')
}
