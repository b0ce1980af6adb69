import type { Language } from '../conversation/language.ts'
import type { JournalLine } from '../conversation/lines.ts'
import type { PricesInForce } from '../costs/prices.ts'
import { drafts } from './drafts.ts'
import { ends } from './ends.ts'
import { failures } from './failures.ts'
import { overlaps } from './overlaps.ts'
import { type Providers, requests } from './requests.ts'
import { spending } from './spending.ts'
import { stages } from './stages.ts'
import type { Observation } from './table.ts'
import { toolCalls } from './tool-calls.ts'

/** One stream of a call, as it is observed. */
export interface ObservedCall {
  readonly agent: string
  readonly channel: string
  readonly language: Language
  readonly prices: PricesInForce
  readonly providers: Providers
  /** The lines of the call's streams before. */
  readonly before: readonly JournalLine[]
}

const NOTHING: readonly Observation[] = []

/** Takes the lines of one stream of a call, in order, and tells what each of them completes. Pure. */
export function observationsOf(call: ObservedCall): (line: JournalLine) => readonly Observation[] {
  const folds = [
    stages(call.language, call.before.length === 0),
    requests(call.providers),
    overlaps(call.language),
    drafts(),
    failures(call.providers),
    toolCalls(),
    spending(call.prices, call, call.before),
    ends(call),
  ]
  return line => {
    // Most lines, such as each piece of speech, complete nothing.
    let told = NOTHING
    for (const take of folds) {
      const more = take(line)
      if (more.length > 0) told = told.length === 0 ? more : [...told, ...more]
    }
    return told
  }
}
