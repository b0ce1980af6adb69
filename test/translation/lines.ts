import type { CallLine, CallRecorder } from '../../src/channels/call-host.ts'
import type { JournalLine } from '../../src/conversation/lines.ts'
import { begin } from '../../src/conversation/turn/enter.ts'
import type { Relayed } from '../../src/conversation/turn/relayed.ts'
import { bridgeWords } from '../../src/translation/bridge-words.ts'
import { type InterpretingParts, openInterpreting, type RingOther } from '../../src/translation/interpreting.ts'
import { POLICY } from '../fakes/call.ts'
import { FakeClock } from '../fakes/clock.ts'

export const [EN, DE] = [bridgeWords('en'), bridgeWords('de')]
export const CODE = '123456'

/** Interpreted lines of which only the journals are read, and what is told to their people. */
export function open(
  parts: Partial<InterpretingParts> & { readonly rings?: string; readonly ringOut?: RingOther } = {},
) {
  const clock = new FakeClock()
  const server = new AbortController()
  const codes = new Map<string, string>()
  const warned: string[] = []
  const { rings, ringOut = async () => ({ kind: 'not-reached' }) as const, ...others } = parts
  const interpreting = openInterpreting(
    {
      clock,
      signal: server.signal,
      log: { warn: (_, message) => void warned.push(message) },
      agents: () => ({
        legs: new Map([
          ['desk', { other: 'desk-de', isFirst: true, ...(rings !== undefined && { rings }) }],
          ['desk-de', { other: 'desk', isFirst: false }],
          ['clinic', { other: 'clinic-es', isFirst: true }],
          ['clinic-es', { other: 'clinic', isFirst: false }],
        ]),
      }),
      codes: {
        async make(callId) {
          codes.set(CODE, callId)
          return CODE
        },
        async forget(callId) {
          for (const [code, of] of codes) if (of === callId) codes.delete(code)
        },
        async redeem(code) {
          const callId = codes.get(code)
          return callId === undefined ? { kind: 'wrong' } : { kind: 'right', callId }
        },
      },
      ...others,
    },
    ringOut,
  )

  /** A stream of a call, whose conversation has begun. */
  async function stream(callId: string, agent = callId.startsWith('desk') ? 'desk' : 'desk-de') {
    const told: Relayed[] = []
    const notes: { kind: string; [detail: string]: unknown }[] = []
    const heardBeneath: Int16Array[] = []
    const code = agent.includes('-') ? agent.slice(-2) : 'en'
    const leg = interpreting.legOf({
      ...{ callId, owner: callId, rateHz: 8_000 },
      agent: { name: agent, language: { code } },
      note: noted => void notes.push(noted),
    })
    if (!leg) throw new Error(`${agent} interprets nothing`)
    let beneath: ((pcm: Int16Array) => void) | undefined
    const line = {
      rateHz: 8_000,
      relayed: said => void told.push(said),
      background: {
        beneath() {
          const own = (pcm: Int16Array): void => void (beneath === own && heardBeneath.push(pcm))
          beneath = own
          return own
        },
        nothingBeneath() {
          beneath = undefined
        },
      },
    } as Pick<CallLine, 'rateHz' | 'relayed'> as CallLine
    const recorder = leg.tap({ caller: () => undefined } as Pick<CallRecorder, 'caller'> as CallRecorder)
    const { context } = begin({ ...POLICY, interprets: true }, 0)
    const turn = { kind: 'listening', context, prompted: false, idle: { id: 9, dueMs: 0, why: 'idle' } } as const
    let id = 9
    const read = (some: object): void => leg.read({ v: 2, seq: 1, atMs: 0, ...some } as JournalLine)
    leg.on(line)
    read({ started: { turn, agent, callId } })
    await clock.advance(0)
    return {
      told: () => told.splice(0).map(({ text, as }) => (as === 'words' ? text : `${as}: ${text}`)),
      notes,
      heardBeneath,
      says: async (text: string) => {
        id++
        read({ decided: { kind: 'turn', turn: { ...turn, context: { ...context, passedOn: { id, text } } } } })
        await clock.advance(0)
      },
      keys: async (digits: string) => {
        for (const digit of digits) read({ input: { kind: 'digit', digit, atMs: 0 } })
        await clock.advance(0)
      },
      sounds: (pcm: Int16Array) => recorder.caller(pcm, 0, 0),
      over: async (next: 'hang-up' | 'unavailable' = 'hang-up') => {
        leg.over(next)
        await clock.advance(0)
      },
    }
  }

  async function both() {
    const desk = await stream('desk')
    const guest = await stream('guest')
    await guest.keys(CODE)
    desk.told()
    guest.told()
    return { desk, guest }
  }
  return { clock, server, codes, warned, interpreting, stream, both }
}
