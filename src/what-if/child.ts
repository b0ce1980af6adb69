import { rmSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { systemClock as clock } from '../clock.ts'
import type { JournalLine } from '../conversation/lines.ts'
import { costOf } from '../costs/cost.ts'
import { pricesFor } from '../costs/prices.ts'
import { systemNetwork as network } from '../network.ts'
import { JOURNAL_FILE, readCall } from '../replay/call-folder.ts'
import { CannotReplay } from '../replay/cannot-replay.ts'
import { fixtureFromCall } from '../replay/fixture-from-call.ts'
import type { Change, Fixture, WhatIfReport } from '../replay/report.ts'
import { whatIf } from '../replay/what-if.ts'
import { detectorOfOneRun, openWhatIfParts } from './parts.ts'
import type { RunSettings } from './run-settings.ts'

/** What the server gives this process, once. */
export interface Job {
  readonly settings: RunSettings
  /** With the call's journal and recordings. */
  readonly folder: string
  readonly wish:
    | { readonly kind: 'what-if'; readonly change: Change }
    | { readonly kind: 'fixture'; readonly name: string }
}

/** What it gives back, once. `refused`: the message is for the person who asked. */
export type JobDone =
  | { readonly kind: 'what-if'; readonly report: WhatIfReport }
  | { readonly kind: 'fixture'; readonly fixture: Fixture }
  | { readonly kind: 'refused' | 'failed'; readonly why: string }

async function done({ settings, folder, wish }: Job): Promise<JobDone> {
  const { signal } = new AbortController()
  const call = await readCall({ name: basename(folder), folder, journal: join(folder, JOURNAL_FILE) })
  if (wish.kind === 'fixture') {
    const detector = { openVoiceActivity: detectorOfOneRun }
    return { kind: 'fixture', fixture: await fixtureFromCall(call, { name: wish.name }, detector, signal) }
  }
  const prices = pricesFor(settings.models)
  const { parts, close } = await openWhatIfParts(settings, clock, network, signal)
  try {
    const priced = { ...parts, costUsd: (some: readonly JournalLine[]) => costOf(some, prices, 'phone').usd }
    return { kind: 'what-if', report: await whatIf(call, wish.change, priced, signal) }
  } finally {
    await close()
  }
}

/** The server was killed. What it wrote for this run is somebody's call, and nobody else deletes it. */
function abandon(folder: string): void {
  rmSync(folder, { recursive: true, force: true })
  process.exit(1)
}

// Where memory runs out, the system shall end a run, and not the server with its calls. Other systems have no such file.
writeFile('/proc/self/oom_score_adj', '1000').catch(() => undefined)

process.once('message', (job: Job) => {
  const left = (): void => abandon(job.folder)
  process.once('disconnect', left)
  done(job)
    .catch((error): JobDone => {
      if (error instanceof CannotReplay) return { kind: 'refused', why: error.message }
      return { kind: 'failed', why: error instanceof Error ? (error.stack ?? error.message) : String(error) }
    })
    .then(answer =>
      process.send?.(answer, () => {
        process.off('disconnect', left)
        if (process.connected) process.disconnect()
      }),
    )
})
