import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { receptionist } from '../../src/agents/receptionist.ts'
import { callerWho } from '../faults/calls.ts'
import { selfSigned } from '../faults/certificate.ts'
import type { WireFault } from '../faults/fault-proxy.ts'
import { type Edge, openVendors, type ProxiedCall, proxiedCall, type Vendors } from '../faults/proxied-server.ts'

const { phrases } = receptionist
const certificate = selfSigned()
const trusted = getCACertificates('default')
let vendors: Vendors

beforeAll(async () => {
  setDefaultCACertificates([...trusted, certificate.cert])
  vendors = await openVendors()
})
afterAll(async () => {
  await vendors.close()
  setDefaultCACertificates(trusted)
})

const CASES: readonly (readonly [Edge, WireFault, boolean])[] = (['deepgram', 'openai', 'cartesia', 'twilio'] as const).flatMap(
  edge =>
    ([
      [edge, { kind: 'drop' }, false],
      [edge, { kind: 'reset' }, false],
      [edge, { kind: 'half-open' }, false],
      [edge, { kind: 'garbage' }, false],
      [edge, { kind: 'delay', ms: 300 }, false],
      [edge, { kind: 'throttle', bytesPerS: 20_000 }, false],
      [edge, { kind: 'slow-tls', ms: 1_500 }, true],
    ] as const).map(one => one),
)
test('probe', async () => {
  const script = await callerWho(['Do you have parking?', 'Could you tell me the address of the restaurant?'], {
    cues: [undefined, { after: 'agent-stopped', ms: 2_500 }],
    hangUp: { after: 'agent-stopped', ms: 1_200, withStop: true },
  })
  const calls: (readonly [string, ProxiedCall | string])[] = []
  for (let at = 0; at < CASES.length; at += 10)
    calls.push(
      ...(await Promise.all(
        CASES.slice(at, at + 10).map(async ([edge, fault, tls], i) => {
          const call = await proxiedCall(
            { vendors, toolsFile: undefined, edge, behind: undefined, fault, certificate: tls ? certificate : undefined, script, seed: at + i + 1 },
            async () => undefined,
          ).catch(e => String(e.stack))
          return [`${edge} ${fault.kind}`, call] as const
        }),
      )),
    )
  for (const [name, call] of calls)
    console.log(
      name,
      typeof call === 'string'
        ? call
        : JSON.stringify({
            struck: call.struck,
            left: call.leftOpen,
            end: [call.record.endedBy, call.record.why, call.record.gaveUp, call.record.unplayed],
            gaps: call.record.gaps.map(gap => (gap.kind === 'answered' ? Math.round(gap.gapMs) : gap.kind)),
            said: call.outcome.agentReplies.slice(1).map(t => t.slice(0, 30)),
            warn: call.record.warnings,
            say: call.record.said,
            notes: call.lines.flatMap(l => ('input' in l && /failed|lost/.test(l.input.kind) ? [`${l.input.kind} ${JSON.stringify(l.input).slice(0, 120)}`] : 'noted' in l && /failed/.test(l.noted.kind) ? [JSON.stringify(l.noted)] : [])),
          }),
    )
  expect(phrases).toBeDefined()
})
