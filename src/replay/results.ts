import { join } from 'node:path'
import { readJournal } from '../journal/outcome.ts'
import { languageOf } from '../languages/languages.ts'
import type { FoundCall } from './call-folder.ts'
import { replayExactly } from './exact.ts'
import { comesTo, EXPECT_FILE, mismatchesOf, readExpectation } from './expectation.ts'
import { differenceInWords } from './in-words.ts'
import type { ExactReport } from './report.ts'

/** What came of replaying one call. Without problems it went as it was recorded, and as expected. */
export interface CallResult {
  readonly name: string
  /** Missing where the journal could not be replayed at all. */
  readonly report: ExactReport | undefined
  /** A line for each, in words. */
  readonly problems: readonly string[]
  readonly tookMs: number
}

export interface ReplayOptions {
  /** Checks each call's expect.json too. A call without one is a problem then. */
  readonly expects: boolean
  readonly now: () => number
}

/** Replays a call that is kept on this disk. Never rejects: what goes wrong is one of its problems. */
export async function resultOf(call: FoundCall, { expects, now }: ReplayOptions): Promise<CallResult> {
  const startMs = now()
  const { name } = call
  try {
    const lines = await readJournal(call.journal)
    const report = replayExactly(lines, { languageOf })
    const mismatches = expects ? await mismatchesIn(call, lines) : []
    const problems = [...report.differences.map(differenceInWords), ...mismatches]
    return { name, report, problems, tookMs: now() - startMs }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return { name, report: undefined, problems: [why], tookMs: now() - startMs }
  }
}

async function mismatchesIn({ folder }: FoundCall, lines: Awaited<ReturnType<typeof readJournal>>) {
  const started = lines.find(line => 'started' in line)
  if (!started || !('started' in started)) return []
  const expected = await readExpectation(join(folder, EXPECT_FILE))
  return mismatchesOf(expected, comesTo(lines, languageOf(started.started.language)))
}
