import { systemClock as clock } from '../../src/clock.ts'
import type { JournalLine } from '../../src/conversation/lines.ts'
import { systemNetwork } from '../../src/network.ts'
import { openComfortNoise } from '../../src/sandbox/caller/comfort-noise.ts'
import { seeded } from '../../src/sandbox/chance.ts'
import { announceUtterance } from '../../src/sandbox/deepgram/announce.ts'
import { markScripted } from '../../src/sandbox/deepgram/scripted-calls.ts'
import { type CallOutcome, placeCall } from '../../src/sandbox/twilio/call.ts'
import type { CallEvent } from '../../src/sandbox/twilio/call-event.ts'
import { twilioSid } from '../../src/sandbox/twilio/sid.ts'
import { followWords } from './agent-words.ts'
import type { CarriedStream } from './balancer.ts'
import { openPerson, type Person, type PersonEvent, type Wish } from './person.ts'
import { ACCOUNT_SID, type Rig } from './rig.ts'
import { AUTH_TOKEN, type LiveServer } from './servers.ts'

const PUBLIC_URL = 'http://localhost'
const TIME_LIMIT_MS = 4 * 60_000

/** A call by a person who is not sure that the line holds. */
export interface PlacedCall {
  readonly callSid: string
  readonly person: Person
  /** The server that holds it now, if one does. */
  holder(): LiveServer | undefined
  readonly streams: () => readonly CarriedStream[]
  /** From now on neither end of its stream is told of the other's. */
  readonly halfOpen: () => void
  readonly done: Promise<CallOutcome>
}

export interface PlacedCallParts {
  readonly seed: number
  readonly from: string
  readonly wishes: readonly Wish[]
  readonly goesOn: boolean
  readonly unheardMs?: number
  readonly onEvent?: (event: PersonEvent | CallEvent) => void
  /** `dataDir`: of the server that wrote it. */
  readonly onLine?: (line: JournalLine, dataDir: string) => void
}

export async function placed(rig: Rig, parts: PlacedCallParts, signal: AbortSignal): Promise<PlacedCall> {
  const { carrier, sandbox, servers, balancer } = rig
  const { seed, from, wishes, goesOn, unheardMs, onEvent = () => undefined, onLine = () => undefined } = parts
  const random = seeded(seed)
  const callSid = twilioSid('CA', random)
  const door = await balancer.door()
  const over = new AbortController()
  const alive = AbortSignal.any([signal, over.signal])
  const person = openPerson({
    ...(unheardMs !== undefined && { unheardMs }),
    ...{ wishes, goesOn, onEvent, idle: openComfortNoise(random) },
    words: followWords(callSid, () => servers.dataDirs, onLine, clock, alive),
    announce: utterance => announceUtterance(sandbox.deepgramUrl, callSid, utterance, systemNetwork, alive, 'instead'),
  })
  const to = '+15550100000'
  const call = placeCall(
    {
      ...{ callSid, from, to, random, onEvent, accountSid: ACCOUNT_SID, authToken: AUTH_TOKEN, network: systemNetwork },
      ...{ caller: person, ticker: carrier.ticker, publicUrl: PUBLIC_URL, dialUrl: door.url },
      ...{ jitter: undefined, speak: undefined, dialOutcome: 'no-answer' },
      answerUrl: `${PUBLIC_URL}/calls/answer`,
      // As docs/operations.md has it where there are several servers: a request may be in the hands of the one that dies.
      fallbackUrl: `${PUBLIC_URL}/calls/answer`,
      statusUrl: `${PUBLIC_URL}/calls/status`,
      timeLimitMs: TIME_LIMIT_MS,
      before: until => markScripted(sandbox.deepgramUrl, callSid, systemNetwork, until),
    },
    signal,
  )
  carrier.keep({ call, from, to })
  return {
    ...{ callSid, person, streams: door.streams, halfOpen: door.halfOpen },
    holder() {
      const last = door.streams().at(-1)
      return last?.closedMs === undefined ? servers.known.get(last?.server ?? '') : undefined
    },
    done: call.done.finally(async () => {
      // The last lines of the journal are read, too.
      over.abort(new Error('the call is over'))
      await door.close()
    }),
  }
}
