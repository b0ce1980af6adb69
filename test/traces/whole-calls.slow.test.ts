import { expect, test } from 'vitest'
import { loadNamedFixture } from '../../src/sandbox/caller/fixture.ts'
import { openWholeCalls } from '../whole-call/whole-calls.ts'
import { accepts, openCollector } from './collector.ts'

/** The journal of one and the same call, with or without a collector. */
async function journalOf(env: Readonly<Record<string, string>>) {
  const all = await openWholeCalls({ env })
  const plain = await loadNamedFixture('plain')
  const { lines } = await all.passing(all.ring({ ...plain, utterances: plain.utterances.slice(0, 1) }, { seed: 1 }))
  await all.close()
  return lines.map(line => JSON.stringify(line).replaceAll(/CA[0-9a-f]{32}/g, 'CA'))
}

test('a call goes the same way to the last byte of its journal, whatever becomes of its trace', async () => {
  const plain = await journalOf({})
  expect(plain.length).toBeGreaterThan(50)
  const dead = await openCollector()
  dead.close()
  const collectors = {
    well: (await openCollector(accepts)).url,
    hangs: (await openCollector(() => undefined)).url,
    refuses: (await openCollector(response => void response.writeHead(503, { 'retry-after': '1' }).end())).url,
    dies: (await openCollector(response => void response.destroy())).url,
    dead: dead.url,
  }
  for (const [what, url] of Object.entries(collectors))
    expect([what, await journalOf({ OTEL_EXPORTER_OTLP_ENDPOINT: url })]).toEqual([what, plain])
})
