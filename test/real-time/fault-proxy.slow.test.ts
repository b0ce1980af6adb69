import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { beforeAll, describe, expect, test } from 'vitest'
import { ADDRESS, callerWho, PARKING, phrases, told } from '../faults/calls.ts'
import { selfSigned } from '../faults/certificate.ts'
import type { WireFault } from '../faults/fault-proxy.ts'
import { EDGES, type Edge, openVendors, type ProxiedCall, proxiedCall } from '../faults/proxied-server.ts'
import { openWeatherTool } from '../faults/weather-tool.ts'

const FAULTS: readonly WireFault[] = [
  { kind: 'drop' },
  { kind: 'reset' },
  { kind: 'half-open' },
  { kind: 'garbage' },
  { kind: 'delay', ms: 300 },
  { kind: 'throttle', bytesPerS: 60_000 },
  { kind: 'slow-tls', ms: 1_200 },
]
/**
 * What comes of the first question. `answered`: its answer is heard, perhaps after "let me see". `excused`: an answer, or
 * the caller is asked to say it again. `carried on`: the line broke, the caller is told so, and the call goes on. `lost`: the
 * server gives the line up, and the carrier does not know of it yet.
 */
type Outcome = 'answered' | 'excused' | 'carried on' | 'lost'
const BREAKS: readonly WireFault['kind'][] = ['drop', 'reset', 'half-open', 'garbage']

function expected(edge: Edge, { kind }: WireFault): Outcome {
  if (!BREAKS.includes(kind)) return 'answered'
  if (edge === 'twilio') return kind === 'half-open' ? 'lost' : 'carried on'
  // Who reads a tool is asked once more; only a server that says nothing at all is given up.
  return edge === 'tools' && kind !== 'half-open' ? 'answered' : 'excused'
}

const CASES = EDGES.flatMap(edge =>
  FAULTS.map(fault => ({ name: `${edge}, ${fault.kind}`, edge, fault, outcome: expected(edge, fault) })),
)
/** Each has a server of its own. */
const AT_ONCE = 18
const WEATHER = 'Please call check weather in Paris.'
const ANSWER: Readonly<Record<Edge, RegExp>> = {
  deepgram: /park for free/,
  openai: /park for free/,
  cartesia: /park for free/,
  twilio: /park for free/,
  tools: /sunny and warm/,
}
const EXCUSE = [phrases.apology, phrases.pardon, phrases['take-your-time'], 'does not work', 'cannot', 'could not']

const calls = new Map<string, ProxiedCall>()
function call(name: string): ProxiedCall {
  const rung = calls.get(name)
  if (!rung) throw new Error(`the call of ${name} was not rung`)
  return rung
}

beforeAll(async () => {
  // Each server listens to the end of the process.
  process.setMaxListeners(2 * AT_ONCE)
  const certificate = selfSigned()
  const trusted = getCACertificates('default')
  setDefaultCACertificates([...trusted, certificate.cert])
  const vendors = await openVendors()
  const tool = await openWeatherTool()
  const cues = [undefined, { after: 'agent-stopped', ms: 2_500 }] as const
  const hangUp = { after: 'agent-stopped', ms: 1_200, withStop: true } as const
  const asking = {
    parking: await callerWho([PARKING, ADDRESS], { cues, hangUp }),
    weather: await callerWho([WEATHER, ADDRESS], { cues, hangUp }),
  }
  const waiting = [...CASES.entries()]
  async function ringOn(): Promise<void> {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [at, { name, edge, fault }] = next
      const script = edge === 'tools' ? asking.weather : asking.parking
      const own = fault.kind === 'slow-tls' ? certificate : undefined
      calls.set(
        name,
        await proxiedCall({ vendors, toolsPort: tool.port, edge, fault, certificate: own, script, seed: at + 1 }),
      )
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, ringOn))
  await Promise.all([vendors.close(), tool.close()])
  setDefaultCACertificates(trusted)
})

describe.each(CASES)('$name: the first question is $outcome', ({ name, edge, fault, outcome }) => {
  test('the fault struck, and what it struck is closed', () => {
    const { struck, leftOpen } = call(name)
    expect(struck).toBeGreaterThan(0)
    expect(leftOpen).toBe(0)
  })

  test('the caller hears it', () => {
    const { outcome: heard, record } = call(name)
    const [, ...said] = heard.agentReplies
    const text = said.join(' ')
    switch (outcome) {
      case 'answered':
        expect(text).toMatch(ANSWER[edge])
        break
      case 'excused':
        expect(ANSWER[edge].test(text) || EXCUSE.some(some => text.includes(some)), text).toBe(true)
        break
      case 'carried on':
        // On a slow machine the caller may begin to speak before its last word.
        expect(text).toContain(phrases['cut-off'].split(' ').slice(0, -1).join(' '))
        expect(record.streams.length).toBeGreaterThan(1)
        break
      case 'lost':
        return expect(told(call(name), 'lost')).toMatchObject([{ why: 'no media for 5 s' }])
    }
    // The caller speaks again only after the agent did, and hangs up by themselves.
    expect(record).toMatchObject({ endedBy: 'caller', gaveUp: false, unplayed: 0, said: [] })
    // Once, and on a slow machine perhaps not to its end.
    const [hello = ''] = phrases.greeting.split(' ')
    expect(heard.agentReplies.filter(reply => reply.startsWith(hello))).toHaveLength(1)
  })

  test('the journal tells of what broke, and the log of nothing unexpected', () => {
    const { lines, logged } = call(name)
    const events = ['stt-failed', 'reply-failed', 'lost', 'tool-result', 'wait-over'].flatMap(kind =>
      told({ lines }, kind),
    )
    if (BREAKS.includes(fault.kind)) expect(events.length).toBeGreaterThan(0)
    expect(logged.filter(line => /"level":(?:50|60)/.test(line))).toEqual([])
  })
})
