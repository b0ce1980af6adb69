import type { Agent } from '../../src/conversation/agent.ts'
import type { Entry } from '../../src/conversation/history.ts'
import type { JournalLine } from '../../src/conversation/lines.ts'
import type { Next } from '../../src/conversation/ports.ts'
import type { ConversationState } from '../../src/conversation/state.ts'
import type { CallerSpeech } from './caller-speech.ts'
import type { Carrier } from './carrier.ts'
import type { Circumstances } from './circumstances.ts'
import type { Ledger } from './ledger.ts'

/** Everything known of a finished simulated call. Times are the clock's; `startMs` is 0 in the journal. */
export interface Evidence {
  readonly circumstances: Circumstances
  readonly agent: Agent
  readonly startMs: number
  /** The lines as written, and for each resolved commit the number of lines that it covers. */
  readonly journal: { readonly lines: readonly string[]; readonly committed: readonly number[] }
  /** What was said in streams before this one. */
  readonly history: readonly Entry[]
  /** The journal's lines, parsed. */
  readonly lines: readonly JournalLine[]
  readonly carrier: Carrier
  readonly ledger: Ledger
  readonly callerSpeech: CallerSpeech
  /** The number of the speech for each part of a reply, by `reply:part`. */
  readonly speechOf: ReadonlyMap<string, number>
  readonly state: ConversationState | undefined
  readonly error: unknown
  /** When the conversation ended; undefined if it never did. */
  readonly overMs: number | undefined
  /** When the caller left or the server was stopped. */
  readonly leftMs: number
  readonly closed: readonly Next[]
  /** Counts of what was still open when the conversation ended, and of what happened afterwards. */
  readonly leftovers: Readonly<Record<string, number>>
  /** The longest stall of the network in either direction. */
  readonly stalledMs: number
  readonly woken: number
}
