import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { systemClock } from '../clock.ts'
import { findCalls, JOURNAL_FILE } from '../replay/call-folder.ts'
import { resultOf } from '../replay/results.ts'
import { ExpectationError } from './expectation-error.ts'
import type { Line } from './line.ts'

/** Writes a call's journal into this folder, which is made if it is not there. */
export async function savedCall({ journal }: Pick<Line, 'journal'>, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, JOURNAL_FILE), journal.map(line => `${JSON.stringify(line)}\n`).join(''))
}

/** Replays the calls at a path. Rejects with what is decided otherwise today, and where there is no call. */
export async function replayedCalls(path: string): Promise<void> {
  const results = []
  for (const call of await findCalls(path))
    results.push(await resultOf(call, { expects: false, now: () => systemClock.now() }))
  const others = results.filter(({ problems }) => problems.length > 0)
  if (others.length === 0) return
  const about = others.map(({ name, problems }) => `${name}:\n${problems.map(line => `  ${line}`).join('\n')}`)
  throw new ExpectationError(`${others.length} of ${results.length} calls go otherwise today.\n${about.join('\n')}`)
}
