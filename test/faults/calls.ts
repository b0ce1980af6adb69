import { receptionist } from '../../src/agents/built-in.ts'
import { openFlite } from '../../src/flite/flite.ts'
import { type Outcome, outcomeOf } from '../../src/journal/outcome.ts'
import { english } from '../../src/languages/english.ts'
import type { Cue, Script } from '../../src/sandbox/caller/fixture.ts'
import { scriptOfTexts } from '../../src/sandbox/caller/spoken-script.ts'
import { seeded } from '../../src/sandbox/chance.ts'
import type { RingOptions } from '../../src/sandbox/ringing/ring.ts'
import type { CallEvent } from '../../src/sandbox/twilio/call-event.ts'
import { openWholeCalls, type WholeCall, type WholeCalls, type WholeCallsOptions } from '../whole-call/whole-calls.ts'

/** What the agent answers to each is in the scripted model's topics. */
export const PARKING = 'Do you have parking?'
export const ADDRESS = 'Could you tell me the address of the restaurant?'
/** Answered by a tool that reads. */
export const TABLES = 'Could you check if there are tables free?'

/** Longer than any silence that the agent may keep while it owes words. */
const PAUSE_MS = 5_500

export interface FaultyCall extends WholeCall {
  readonly outcome: Outcome
  readonly logged: readonly string[]
  /** Sockets and waits that are left when the server is closed. */
  readonly leftOpen: number
}
export interface FaultyCallOptions extends WholeCallsOptions {
  readonly says?: readonly string[]
  /** Another caller. */
  readonly script?: Script
  /** When each of them is said. The first: when the greeting has ended. */
  readonly cues?: readonly (Cue | undefined)[]
  readonly hangUp?: Script['hangUp']
  /** Is told each event of the call, and may break something. */
  readonly onEvent?: (event: CallEvent, all: WholeCalls) => void
  readonly ring?: (all: WholeCalls) => Partial<RingOptions>
  /** Looks at the server once the call is over. */
  readonly after?: (all: WholeCalls) => Promise<void> | void
}

const flite = openFlite()

/** A patient caller who says these sentences, one after each answer. */
export async function callerWho(
  says: readonly string[],
  { cues = [], hangUp }: Pick<FaultyCallOptions, 'cues' | 'hangUp'> = {},
): Promise<Script> {
  const { utterances, ...rest } = await scriptOfTexts(says, 'awb', flite, seeded(1), new AbortController().signal)
  return {
    ...rest,
    utterances: utterances.map((utterance, i) => ({
      ...utterance,
      cue: cues[i] ?? { after: 'agent-stopped', ms: i === 0 ? 600 : PAUSE_MS },
    })),
    hangUp: hangUp ?? { after: 'agent-stopped', ms: PAUSE_MS, withStop: true },
  }
}

/** One call, in virtual time, to a server and stand-ins of its own. */
export async function faultyCall(options: FaultyCallOptions = {}): Promise<FaultyCall> {
  const { says = [PARKING, ADDRESS], cues, hangUp, onEvent, ring, after, env = {}, ...rest } = options
  const script = options.script ?? (await callerWho(says, { ...(cues && { cues }), ...(hangUp && { hangUp }) }))
  const all = await openWholeCalls({ ...rest, env: { RECORDING: 'off', ...env } })
  const rung = async (): Promise<WholeCall> => {
    try {
      const seed = options.seed ?? 1
      const call = await all.passing(
        all.ring(script, { ...ring?.(all), seed, onEvent: event => onEvent?.(event, all) }),
      )
      await after?.(all)
      return call
    } finally {
      await all.close()
    }
  }
  const call = await rung()
  const leftOpen = all.network.connections() + all.clock.sleepers
  return { ...call, leftOpen, outcome: outcomeOf(call.lines, english), logged: all.logged }
}

/** Does something once, when the caller begins this utterance. */
export const atUtterance =
  (index: number, act: (all: WholeCalls) => void) =>
  (event: CallEvent, all: WholeCalls): void => {
    if (event.kind === 'utterance' && event.index === index) act(all)
  }

/** Lines of the journal of this kind: notes, inputs and decisions. */
export const told = ({ lines }: Pick<WholeCall, 'lines'>, kind: string) =>
  lines.flatMap(line => {
    const what =
      'noted' in line ? line.noted : 'input' in line ? line.input : 'decided' in line ? line.decided : undefined
    return what?.kind === kind ? [{ ...what, atMs: line.atMs } as Record<string, unknown> & { atMs: number }] : []
  })

export const { phrases, thinking } = receptionist
