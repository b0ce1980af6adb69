import type { Clock } from '../../../conversation/ports.ts'
import type { CallOpening, OpenCall } from '../../call-host.ts'
import { callsHere } from '../../calls-here.ts'
import { type RingOutParts, ringOuts } from './ring-out.ts'
import { ringPasses } from './ring-pass.ts'
import { rungBeside } from './rung-beside.ts'
import { twilioCalls } from './twilio-calls.ts'

export interface RingOutSettings {
  readonly TWILIO_API_URL: string
  readonly TWILIO_ACCOUNT_SID?: string | undefined
  readonly TWILIO_AUTH_TOKEN: string
  readonly PUBLIC_URL: string
  readonly PHONE_NUMBER?: string | undefined
  readonly RING_OUT_FROM?: string | undefined
  readonly RING_OUT_TO?: readonly string[] | undefined
  readonly MAX_CALL_MINUTES: number
}

/** A call that reaches its longest time has a minute for its last words. */
const LAST_WORDS_MS = 60_000

/**
 * By the settings; where they name no number of ours, everybody is refused. `open` opens the calls of this server, which are
 * followed: what is given opens them from now on. `numbers`: those that agents answer.
 */
export function openRingOuts(
  settings: RingOutSettings,
  network: { readonly fetch: typeof globalThis.fetch },
  clock: Clock,
  parts: Pick<RingOutParts, 'serverId' | 'admission' | 'limits' | 'log'> & {
    readonly numbers: () => readonly string[]
  },
  open: (opening: CallOpening) => Promise<OpenCall>,
) {
  const { TWILIO_API_URL: apiUrl, TWILIO_ACCOUNT_SID: accountSid = '', TWILIO_AUTH_TOKEN: authToken } = settings
  const { RING_OUT_FROM: from, RING_OUT_TO: to = [], PHONE_NUMBER: phoneNumber, PUBLIC_URL: publicUrl } = settings
  const rings = ringOuts({
    ...parts,
    ...{ clock, publicUrl, from: from ?? '', allowed: from === undefined ? [] : to },
    own: () => [from, phoneNumber, ...parts.numbers()].filter(number => number !== undefined),
    mostCallMs: settings.MAX_CALL_MINUTES * 60_000 + LAST_WORDS_MS,
    passes: ringPasses(authToken, () => clock.wallTime()),
    twilio: twilioCalls({ apiUrl, accountSid, authToken, network, clock }),
    here: callId => here.get(callId),
  })
  const here = callsHere(open, rings)
  return { rings, openCall: here.open, people: rungBeside(rings.ringOut) }
}
