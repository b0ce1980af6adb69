import { basename, join } from 'node:path'
import { systemClock as clock } from '../clock.ts'
import type { Settings } from '../config.ts'
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

/** What the server gives this process, once. */
export interface Job {
  readonly settings: Settings
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
  const { DEEPGRAM_MODEL: speechToText, OPENAI_MODEL: model, GEMINI_MODEL: sight } = settings
  const prices = pricesFor({ speechToText, model, sight })
  const { parts, close } = await openWhatIfParts(settings, clock, network, signal)
  try {
    const priced = { ...parts, costUsd: (some: readonly JournalLine[]) => costOf(some, prices, 'phone').usd }
    return { kind: 'what-if', report: await whatIf(call, wish.change, priced, signal) }
  } finally {
    await close()
  }
}

process.once('message', (job: Job) => {
  done(job)
    .catch((error): JobDone => {
      if (error instanceof CannotReplay) return { kind: 'refused', why: error.message }
      return { kind: 'failed', why: error instanceof Error ? (error.stack ?? error.message) : String(error) }
    })
    .then(answer => process.send?.(answer, () => process.disconnect()))
})
