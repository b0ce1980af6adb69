import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ADDRESS, callerWho, PARKING } from '../faults/calls.ts'
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
  { kind: 'throttle', bytesPerS: 40_000 },
  { kind: 'slow-tls', ms: 1_200 },
]
const CASES = EDGES.flatMap(edge => FAULTS.map(fault => ({ name: `${edge}: ${fault.kind}`, edge, fault })))
const AT_ONCE = 12
const calls = new Map<string, ProxiedCall>()

const WEATHER = 'Please call check weather in Paris.'

beforeAll(async () => {
  const certificate = selfSigned()
  const trusted = getCACertificates('default')
  setDefaultCACertificates([...trusted, certificate.cert])
  const vendors = await openVendors()
  const tool = await openWeatherTool()
  const scripts = new Map<Edge, Awaited<ReturnType<typeof callerWho>>>()
  for (const edge of EDGES)
    scripts.set(
      edge,
      await callerWho([edge === 'tools' ? WEATHER : PARKING, ADDRESS], {
        cues: [undefined, { after: 'agent-stopped', ms: 2_500 }],
        hangUp: { after: 'agent-stopped', ms: 1_200, withStop: true },
      }),
    )
  const waiting = [...CASES.entries()]
  async function ringOn(): Promise<void> {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [seed, { name, edge, fault }] = next
      const script = scripts.get(edge)
      if (!script) throw new Error(`nobody rings at ${edge}`)
      const own = fault.kind === 'slow-tls' ? certificate : undefined
      const call = await proxiedCall({ vendors, toolsPort: tool.port, edge, fault, certificate: own, script, seed: seed + 1 })
      calls.set(name, call)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, ringOn))
  await Promise.all([vendors.close(), tool.close()])
  setDefaultCACertificates(trusted)
})
afterAll(() => calls.clear())

test('probe', () => {
  for (const [name, call] of calls)
    console.log(
      name,
      JSON.stringify({
        struck: call.struck,
        left: call.leftOpen,
        end: [call.record.endedBy, call.record.why, call.record.gaveUp, call.record.unplayed],
        gaps: call.record.gaps.map(gap => (gap.kind === 'answered' ? Math.round(gap.gapMs) : gap.kind)),
        said: call.outcome.agentReplies.slice(1).map(t => t.slice(0, 50)),
        warn: call.record.warnings,
        say: call.record.said,
        notes: call.lines.flatMap(l =>
          'input' in l && /failed|lost/.test(l.input.kind)
            ? [JSON.stringify(l.input).slice(0, 120)]
            : 'noted' in l && /failed/.test(l.noted.kind)
              ? [JSON.stringify(l.noted)]
              : [],
        ),
      }),
    )
  expect(calls.size).toBe(35)
})
