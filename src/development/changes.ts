import type { BigIntStats } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../conversation/ports.ts'

/** What is looked at: files, and folders with what is in them, but for hidden and installed things. */
export type Watched = () => readonly string[]

const LOOKS_EVERY_MS = 200
const MOST_FILES = 2_000
const isPassedOver = (name: string): boolean => name.startsWith('.') || name === 'node_modules'

/**
 * Yields after each change of a file, when nothing changed for a moment: an editor writes a file in several steps. Looks again
 * and again in place of asking the system to tell, which it does not do for folders of containers, of networks and of WSL, nor for
 * a file that an editor replaces. Ends when the signal aborts, without an error.
 */
export async function* changes(watched: Watched, clock: Clock, signal: AbortSignal): AsyncGenerator<void, void> {
  let seen = await snapshotOf(watched())
  let told = seen
  for (;;) {
    try {
      await clock.sleep(LOOKS_EVERY_MS, signal)
    } catch {
      return
    }
    const now = await snapshotOf(watched())
    const isQuiet = now === seen
    seen = now
    if (!isQuiet || now === told) continue
    told = now
    yield
    // What is looked at may be more than before, now that it was loaded.
    if (!signal.aborted) told = seen = await unchangedSince(now, watched)
  }
}

/** What there is now; or, if something that was there before has changed meanwhile, what there was. */
async function unchangedSince(before: string, watched: Watched): Promise<string> {
  const now = await snapshotOf(watched())
  const known = new Set(now.split('\n'))
  return before.split('\n').every(line => known.has(line)) ? now : before
}

/** A line for each file: when and how it was written last. */
async function snapshotOf(places: readonly string[]): Promise<string> {
  const lines = new Set<string>()
  for (const place of places) await look(place, lines)
  return [...lines].toSorted().join('\n')
}

async function look(path: string, lines: Set<string>): Promise<void> {
  if (lines.size >= MOST_FILES) return
  const found: BigIntStats | undefined = await stat(path, { bigint: true }).catch(() => undefined)
  if (!found) return void lines.add(`${path} is away`)
  if (!found.isDirectory()) return void lines.add(`${path} ${found.mtimeNs} ${found.size} ${found.ino}`)
  const names = await readdir(path).catch(() => [])
  for (const name of names) if (!isPassedOver(name)) await look(join(path, name), lines)
}
