import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { expect, onTestFinished, test } from 'vitest'
import { systemClock as clock } from '../../src/clock.ts'
import { systemNetwork } from '../../src/network.ts'
import type { Script } from '../../src/sandbox/caller/fixture.ts'
import { ring } from '../../src/sandbox/ringing/ring.ts'
import { openTicker } from '../../src/sandbox/twilio/ticker.ts'
import { selfSigned } from '../faults/certificate.ts'
import { openFaultProxy } from '../faults/fault-proxy.ts'
import { CARRIER, openServer, openVendors, portOf } from '../faults/proxied-server.ts'

const CALLERS = 60
/** They say nothing, and leave when they have been greeted. */
const SCRIPT: Script = {
  ...{ name: 'storm', about: '', from: '+15550100042', voice: 'none', utterances: [], expect: {} },
  hangUp: { after: 'agent-stopped', ms: 500, withStop: true },
}

test('fault 30: sixty callers at once, each with handshakes of TLS both ways: all are greeted, and none is refused', async () => {
  const { signal } = new AbortController()
  const certificate = selfSigned()
  const trusted = getCACertificates('default')
  setDefaultCACertificates([...trusted, certificate.cert])
  const dataDir = await mkdtemp(join(tmpdir(), 'partyline-'))
  const vendors = await openVendors()
  const logged: string[] = []
  const proxyTo = (url: string) => openFaultProxy({ to: portOf(url), certificate, seed: 1 })
  // TLS before the server, and before the vendor to which each call opens a socket of its own.
  const ears = await proxyTo(vendors.deepgram.url)
  const urls = {
    deepgram: `https://localhost:${ears.port}`,
    openai: vendors.openai.url,
    cartesia: vendors.cartesia.url,
  }
  const { partyline, listening } = await openServer({ dataDir, urls, logged, seed: 1, env: {} })
  const door = await proxyTo(listening)
  onTestFinished(async () => {
    await partyline.close()
    await Promise.all([door.close(), ears.close(), vendors.close()])
    await rm(dataDir, { recursive: true })
    setDefaultCACertificates(trusted)
  })
  const ticker = openTicker(clock)
  const records = await Promise.all(
    Array.from({ length: CALLERS }, (_, seed) =>
      ring(
        {
          ...CARRIER,
          ...{ network: systemNetwork, publicUrl: 'http://localhost', ticker, script: SCRIPT, seed: seed + 1 },
          ...{ from: SCRIPT.from, dialUrl: `https://localhost:${door.port}`, announceUrl: vendors.deepgram.url },
        },
        signal,
      ),
    ),
  )
  await partyline.calls.empty(signal)
  await partyline.recordsSealed()
  // Twilio's own limits (5 s for a handshake, 15 s for a document) would have been told as warnings.
  for (const { agentSpans, endedBy, gaveUp, warnings, said, streams } of records) {
    expect({ endedBy, gaveUp, warnings, said, streams: streams.length }).toEqual({
      ...{ endedBy: 'caller', gaveUp: false, warnings: [], said: [], streams: 1 },
    })
    const greetedMs = agentSpans.reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0)
    expect(greetedMs).toBeGreaterThan(2_500)
  }
  expect(logged.filter(line => /"level":(?:50|60)/.test(line))).toEqual([])
  expect(partyline.calls.live()).toBe(0)
})
