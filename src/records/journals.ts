import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import type { JournalLine } from '../conversation/lines.ts'
import { isMissing, JOURNAL } from './call-folder.ts'
import { objectsNamed, textOf } from './objects/kept-objects.ts'
import type { ObjectStore } from './objects/s3.ts'

/** Where journals are: in the folders of this server, and in the database that all servers share. */
export interface JournalSources {
  readonly callsFolder: string
  /** Undefined where records are kept in this server's folder alone. */
  readonly objects?: ObjectStore | undefined
  readonly store: { linesOf(callId: string): Promise<readonly string[]> }
}

/**
 * All lines that are kept of a call, by their numbers. The folder has the last lines of a killed server, the database
 * those of the streams that other servers held, the object store what both have not. Undefined where none knows the call.
 * Throws when one of them cannot be read, unless the others have the call from its first line on.
 */
export async function linesOf(
  callId: string,
  sources: JournalSources,
  signal: AbortSignal,
): Promise<readonly JournalLine[] | undefined> {
  const [local, committed] = await Promise.allSettled([
    localLines(join(sources.callsFolder, callId, JOURNAL), signal),
    sources.store.linesOf(callId).then(lines => linesIn(lines.join('\n'), signal)),
  ])
  const found = [local, committed].flatMap(one => (one.status === 'fulfilled' ? one.value : []))
  const near = joined(found)
  const begins = near[0]?.seq === 1
  if (begins && near.at(-1)?.seq === near.length) return near
  const stored = await Promise.allSettled([storedLines(callId, sources, signal)])
  const lines = joined([...found, ...stored.flatMap(one => (one.status === 'fulfilled' ? one.value : []))])
  signal.throwIfAborted()
  if (lines[0]?.seq === 1) return lines
  const failed = [local, committed, ...stored].find(one => one.status === 'rejected')
  if (failed) throw failed.reason
  return lines.length > 0 ? lines : undefined
}

/** Each line once, in their order. */
const joined = (lines: readonly JournalLine[]): readonly JournalLine[] =>
  [...new Map(lines.map(line => [line.seq, line])).values()].sort((one, other) => one.seq - other.seq)

/** Those of all servers. */
async function storedLines(
  callId: string,
  { objects }: JournalSources,
  signal: AbortSignal,
): Promise<readonly JournalLine[]> {
  const lines: JournalLine[] = []
  if (!objects) return lines
  for (const { key } of await objectsNamed(objects, callId, JOURNAL, signal)) {
    for (const line of await linesIn((await textOf(objects, key, signal)) ?? '', signal)) lines.push(line)
  }
  return lines
}

async function localLines(file: string, signal: AbortSignal): Promise<readonly JournalLine[]> {
  try {
    const text = await readFile(file, 'utf8')
    // A crash may have cut off the last line.
    return await linesIn(text.slice(0, text.lastIndexOf('\n') + 1), signal)
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
}

/** An hour's call has 15 MB of lines, which take 150 ms to parse: live calls get their turn in between. */
const LINES_AT_ONCE = 500

async function linesIn(text: string, signal: AbortSignal): Promise<readonly JournalLine[]> {
  const lines: JournalLine[] = []
  for await (const some of atOnce(text.split('\n'), signal))
    for (const line of some) if (line !== '') lines.push(JSON.parse(line) as JournalLine)
  return lines
}

/** The items a few at a time, with a turn for everything else before each of the next. Throws on abort. */
export async function* atOnce<Item>(items: readonly Item[], signal: AbortSignal): AsyncGenerator<readonly Item[]> {
  for (let from = 0; from < items.length; from += LINES_AT_ONCE) {
    if (from > 0) await setImmediate()
    signal.throwIfAborted()
    yield items.slice(from, from + LINES_AT_ONCE)
  }
}
