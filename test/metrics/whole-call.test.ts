import { expect, test } from 'vitest'
import { costOf } from '../../src/costs/cost.ts'
import { pricesFor } from '../../src/costs/prices.ts'
import { Story } from '../../src/journal/story.ts'
import { english } from '../../src/languages/english.ts'
import { loadNamedFixture } from '../../src/sandbox/caller/fixture.ts'
import { openWholeCalls, type WholeCalls } from '../whole-call/whole-calls.ts'
import { samplesOf } from './samples.ts'

const PRICES = pricesFor({ speechToText: 'nova-3', model: 'gpt-4o-mini', sight: 'gemini-2.5-flash' })
const OPENMETRICS = { accept: 'application/openmetrics-text; version=1.0.0' }

async function scraped(all: WholeCalls, headers = {}) {
  const app = all.partyline.metrics?.app
  if (!app) throw new Error('there are no metrics')
  return all.passing(app.inject({ url: '/metrics', headers }))
}

test('a call is in the metrics as its journal and its record tell it', async () => {
  const all = await openWholeCalls({ env: { METRICS_PORT: '0' } })
  const { lines, record } = await all.passing(all.ring(await loadNamedFixture('talks-over'), { seed: 1 }))
  const plain = await scraped(all)
  const open = await scraped(all, OPENMETRICS)
  await all.close()
  const samples = samplesOf(plain.body)
  const sumOf = (start: string): number =>
    [...samples].filter(([name]) => name.startsWith(start)).reduce((sum, [, value]) => sum + value, 0)
  const stage = (name: string, of: string): number => sumOf(`partyline_turn_seconds_${of}{stage="${name}"}`)

  const story = new Story(english)
  const told = lines.flatMap(line => story.take(line))
  const latencies = told.flatMap(one => (one.kind === 'agent' && one.latency ? [one.latency] : []))
  expect(latencies.length).toBeGreaterThan(2)
  const heardMs = latencies.map(latency => latency.heardMs ?? latency.totalMs)
  // A mark is never back before its sound was sent.
  expect(latencies.every((latency, i) => (heardMs[i] ?? 0) >= latency.totalMs)).toBe(true)
  expect(heardMs).not.toEqual(latencies.map(({ totalMs }) => totalMs))
  expect(stage('mouth_to_ear', 'count')).toBe(latencies.length)
  expect(stage('mouth_to_ear', 'sum')).toBeCloseTo(heardMs.reduce((sum, ms) => sum + ms, 0) / 1_000)
  expect(stage('greeting', 'count')).toBe(1)
  expect(stage('tool', 'count')).toBe(told.filter(({ kind }) => kind === 'tool').length)

  const counted = (isIt: (line: (typeof lines)[number]) => boolean): number => lines.filter(isIt).length
  expect(sumOf('partyline_provider_seconds_count{kind="llm",provider="openai",model="gpt-4o-mini"}')).toBe(
    counted(line => 'decided' in line && line.decided.kind === 'model-asked'),
  )
  expect(sumOf('partyline_drafts_total{outcome="wasted"}')).toBe(
    counted(line => 'used' in line && line.used.kind === 'draft-wasted'),
  )
  expect(sumOf('partyline_overlaps_total{judged="interruption"}')).toBe(1)
  expect(sumOf('partyline_tool_calls_total{tool="book",outcome="done"}')).toBe(1)
  expect(sumOf('partyline_calls_total{outcome="goodbye",channel="phone",agent="receptionist"}')).toBe(1)
  expect(sumOf('partyline_calls_total')).toBe(1)
  expect(sumOf('partyline_cost_usd_total')).toBeCloseTo(costOf(lines, PRICES, 'phone').usd, 9)
  const framesSent = record.legs.agent.length / 160
  expect(sumOf('partyline_frame_late_seconds_count')).toBeGreaterThan(framesSent / 4)

  expect(open.headers['content-type']).toContain('application/openmetrics-text')
  expect(open.body).toMatch(
    new RegExp(`^partyline_turn_seconds_bucket\\{.*# \\{call_id="${record.callSid}"\\} [\\d.]+`, 'm'),
  )
  expect(open.body.endsWith('\n# EOF\n')).toBe(true)
  expect(plain.headers['content-type']).toContain('text/plain; version=0.0.4')
  expect(plain.body).not.toMatch(/# EOF| # \{/)
  expect(plain.body).toContain('# TYPE partyline_calls_total counter')
})

test('without a port nothing of it is there, and the public port never has any', async () => {
  const all = await openWholeCalls()
  expect(all.partyline.metrics).toBeUndefined()
  await all.close()
  const measured = await openWholeCalls({ env: { METRICS_PORT: '0' } })
  const asked = await measured.passing(measured.partyline.app.inject({ url: '/metrics' }))
  await measured.close()
  expect(asked.statusCode).toBe(404)
})

test('who is not taken is counted by why', async () => {
  const all = await openWholeCalls({ env: { METRICS_PORT: '0', MAX_CALLS: '1' } })
  await all.passing(all.partyline.app.inject({ method: 'POST', url: '/calls/answer', payload: {} }))
  all.partyline.calls.stop()
  await all.passing(all.ring(await loadNamedFixture('talks-over'), { seed: 1 }).catch(() => undefined))
  const samples = samplesOf((await scraped(all)).body)
  await all.close()
  expect(samples.get('partyline_refused_calls_total{reason="stopping"}')).toBe(1)
  expect(samples.get('partyline_refused_calls_total{reason="unsigned"}')).toBe(1)
  expect(samples.get('partyline_refused_calls_total{reason="full"}')).toBe(0)
  expect(samples.get('partyline_ready')).toBe(0)
  expect(samples.get('partyline_call_slots')).toBe(1)
})
