import type { Agent } from '../../src/conversation/agent.ts'
import type { JournalLine } from '../../src/conversation/lines.ts'
import type { Next } from '../../src/conversation/ports.ts'
import type { ConversationState } from '../../src/conversation/state.ts'
import type { CallerSpeech } from './caller-speech.ts'
import type { Carrier } from './carrier.ts'
import type { Circumstances } from './circumstances.ts'
import type { SimulatedJournal } from './journal.ts'
import type { Ledger } from './ledger.ts'

/** What is known of one simulated call when it is over. Times are the clock's; `startMs` is the call's zero. */
export interface Evidence {
  readonly circumstances: Circumstances
  readonly agent: Agent
  readonly startMs: number
  readonly journal: SimulatedJournal
  /** The journal's lines, read back. */
  readonly lines: readonly JournalLine[]
  readonly carrier: Carrier
  readonly ledger: Ledger
  readonly callerSpeech: CallerSpeech
  /** Which speech each part of a reply was, by `reply:part`. */
  readonly speechOf: ReadonlyMap<string, number>
  readonly state: ConversationState | undefined
  readonly error: unknown
  /** When the conversation was over; nothing, if it never was. */
  readonly overMs: number | undefined
  /** When the caller had gone, or the server was told to stop. */
  readonly leftMs: number
  readonly closed: readonly Next[]
  /** What was still there when the conversation said that it was over, and what happened after. */
  readonly leftovers: Readonly<Record<string, number>>
  /** The worst hold-up of the net, either way. */
  readonly stalledMs: number
  readonly woken: number
}
