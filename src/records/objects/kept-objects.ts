import type { ObjectStore } from './s3.ts'

/** All objects of calls are below this. */
export const CALLS_PREFIX = 'calls/'
const RECORDING = /\/call-\d+\.wav$/

export const keyOf = (callId: string, name: string): string => `${CALLS_PREFIX}${callId}/${name}`

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
