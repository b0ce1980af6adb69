import { join } from 'node:path'
import type { Language } from '../conversation/language.ts'
import type { JournalLine } from '../conversation/lines.ts'
import { type ModelsInForce, pricesFor } from '../costs/prices.ts'
import { readAbout } from './about.ts'
import { ABOUT, JOURNAL, readJson, SEALED, sealFolder, statOf } from './call-folder.ts'
import type { CallIndex } from './call-index.ts'
import { foldersIn } from './forgetting.ts'
import type { Forgotten } from './forgotten.ts'
import { atOnce, type JournalSources, linesOf } from './journals.ts'
import { tellingOf } from './summary.ts'

export interface LeftCallsParts extends JournalSources {
  readonly index: CallIndex
  readonly forgotten: Pick<Forgotten, 'among'>
  /** Deletes what is here of a call that was forgotten at another server. */
  readonly forgetAgain: (callId: string) => Promise<void>
  /** These are in the index now. */
  readonly indexed: (callIds: readonly string[]) => Promise<void>
  readonly language: Language
  /** For calls of before there was an `about.json`. */
  readonly models: ModelsInForce
  /** Live calls come first: between two calls everything else gets its turn. */
  readonly pause: () => Promise<void>
  readonly isBusy: (callId: string) => boolean
  /** A journal that was written to after that belongs to a call that may go on. */
  readonly before: Date
}

export interface LeftCalls {
  readonly sealed: readonly string[]
  readonly indexed: readonly string[]
  /** A line for each call that cannot be told. */
  readonly problems: readonly string[]
  /** Some call was written to a moment ago: it may not be over. */
  readonly isLeft: boolean
}

/**
 * Seals and indexes the calls that a killed server left, and those that were never indexed; deletes those whose caller was
 * forgotten at another server. Stops on abort.
 */
export async function finishLeftCalls(parts: LeftCallsParts, signal: AbortSignal): Promise<LeftCalls> {
  const sealed: string[] = []
  const indexed: string[] = []
  const problems: string[] = []
  let isLeft = false
  const calls = await foldersIn(parts.callsFolder)
  const known = await parts.index.known(calls)
  const forgotten = await parts.forgotten.among(calls)
  for (const callId of calls) {
    signal.throwIfAborted()
    try {
      const folder = join(parts.callsFolder, callId)
      if (forgotten.has(callId) && !parts.isBusy(callId)) {
        await parts.forgetAgain(callId)
        continue
      }
      const isSealed = (await statOf(join(folder, SEALED))) !== undefined
      if ((isSealed && known.has(callId)) || parts.isBusy(callId)) continue
      const journal = await statOf(join(folder, JOURNAL))
      if (journal === undefined) continue
      if (journal.mtime >= parts.before) {
        isLeft = true
        continue
      }
      const { models = parts.models, caller } = readAbout(await readJson(join(folder, ABOUT)))
      const lines = (await linesOf(callId, parts, signal)) ?? []
      const telling = tellingOf(parts.language, pricesFor(models))
      for await (const some of atOnce(lines, signal)) for (const line of some) telling.take(line)
      const told = telling.told()
      if (!isSealed) {
        await sealFolder(folder, { killed: told?.isCut ?? true, lost: lines.flatMap(lostIn) })
        sealed.push(callId)
      }
      if (told) {
        await parts.index.keep(callId, told, caller ?? undefined)
        await parts.indexed([callId])
        indexed.push(callId)
      }
      await parts.pause()
    } catch (error) {
      signal.throwIfAborted()
      problems.push(`${callId}: ${error instanceof Error ? error.message : error}`)
    }
  }
  return { sealed, indexed, problems, isLeft }
}

/** What a disk did not take of the recording, as the journal tells it. */
const lostIn = (line: JournalLine): readonly string[] =>
  'noted' in line && line.noted.kind === 'recording-lost' ? [String(line.noted.why)] : []
