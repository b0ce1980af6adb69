import { expect, test } from 'vitest'
import type { JournalLine, Line } from '../../src/conversation/lines.ts'
import { begin } from '../../src/conversation/turn/enter.ts'
import { OTHER } from '../../src/metrics/label-values.ts'
import { openMetrics } from '../../src/metrics/open-metrics.ts'
import { METRICS } from '../../src/metrics/table.ts'
import { seeded } from '../../src/sandbox/chance.ts'
import { AGENT, POLICY } from '../fakes/call.ts'
import { simulate } from '../simulator/simulate.ts'
import { MODELS, placed } from './observed.ts'

const TOOLS = ['book', 'menu']
const SETS: Readonly<Record<string, readonly string[]>> = {
  agents: [AGENT.name],
  models: [...Object.values(MODELS), 'sonic-3'],
  tools: TOOLS,
}
const SLASHED = /\\(.)/g

function opened(tools: () => readonly string[] = () => TOOLS) {
  const metrics = openMetrics({
    ...{
      models: { ...MODELS, voice: 'sonic-3' },
      agent: AGENT.name,
      tools,
      slots: 10,
      speaksHere: false,
      ofProcess: false,
    },
    activeChannels: () => ['phone', 'smoke signals'],
    waiting: () => 0,
    isLate: () => false,
    isReady: async () => true,
    isDegraded: async () => false,
    broken: () => [],
  })
  const headers = { accept: 'application/openmetrics-text' }
  return { ...metrics, text: async () => (await metrics.app.inject({ url: '/metrics', headers })).body }
}

/** Values of labels that no set has, and how many series there are. */
function foundIn(text: string) {
  const strange = new Set<string>()
  const series = new Set<string>()
  for (const line of text.split('\n')) {
    const [, name = '', labels = ''] = line.match(/^partyline_(\w+?)(?:\{(.*?)\})? \S+(?: # .*)?$/) ?? []
    const metric = name.replace(/_(?:bucket|sum|count)$/, '')
    const known = Object.entries(METRICS).find(([one]) => one === metric)?.[1].labels
    if (name === '' || known === undefined) {
      if (line.startsWith('partyline_')) strange.add(line)
      continue
    }
    series.add(`${name}{${labels}}`)
    for (const [, label = '', value = ''] of labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)) {
      if (label === 'le') continue
      const values = Object.entries<readonly string[] | string>(known).find(([one]) => one === label)?.[1] ?? []
      const set = typeof values === 'string' ? (SETS[values] ?? []) : values
      const written = value.replace(SLASHED, '$1')
      if (written !== OTHER && !set.includes(written)) strange.add(`${metric}{${label}="${written}"}`)
    }
  }
  return { strange: [...strange], series: series.size }
}

const ODD = [
  ...['+15551234567', 'Anonymous', 'sip:mallory@evil.example', '', '"}\n# HELP x', '🦜', '\u0000', '__proto__'],
  ...['constructor', 'toString', 'x'.repeat(5_000), '429', 'status 503 of https://example.org/?key=1'],
]

/** A call in which everything that strangers can name is odd. Some of it is right, so that all folds get their turn. */
function oddCall(seed: number): readonly JournalLine[] {
  const chance = seeded(seed)
  const draw = (below: number): number => Math.floor(chance() * below)
  const any = (): string => (chance() < 0.5 ? `${ODD[draw(ODD.length)]}` : `${ODD[draw(ODD.length)]} ${draw(1e9)}`)
  const oddNumber = (): number => [Number.NaN, -1, 1e300, 0, draw(1e6), 0.1, Number.POSITIVE_INFINITY][draw(7)] ?? 0
  const atMs = draw(60_000)
  const id = any()
  const phrases = ['greeting', 'notice', 'back'] as const
  const started = begin(POLICY, 0, phrases[draw(3)])
  const call = { id, name: chance() < 0.2 ? 'book' : any(), arguments: any() }
  const place = { reply: draw(100), part: draw(6) }
  const made: readonly (Line & { readonly atMs?: number })[] = [
    {
      started: {
        ...{ kind: 'call-started', callId: any(), agent: any(), channel: any(), language: any(), wallTime: any() },
        ...{ policy: POLICY, turn: started },
      },
    },
    { input: { kind: 'tool-called', ...place, call, atMs } },
    { noted: { kind: 'tool-failed', tool: any(), why: any() } },
    { input: { kind: 'tool-result', ...place, callId: id, result: any(), atMs } },
    { input: { kind: 'tool-called', ...place, call, atMs } },
    { input: { kind: 'tool-asked', ...place, call, question: any(), atMs } },
    { input: { kind: 'reply-failed', reply: place.reply, provider: any(), why: any(), atMs } },
    { input: { kind: 'stt-failed', session: draw(9), why: any(), retryable: chance() < 0.5, atMs } },
    { decided: { kind: 'model-asked', ...place, messages: draw(9) } },
    { input: { kind: 'delta', ...place, text: any(), atMs }, atMs } as Line,
    { decided: { kind: 'turn', turn: { ...started, kind: 'ended', next: 'hang-up', why: any() } as never } },
    { noted: { kind: 'screen-look', width: oddNumber(), height: oddNumber(), text: any(), tookMs: oddNumber() } },
    { noted: { kind: 'screen-look-failed', error: any() } },
    { noted: { kind: 'line-quality', leg: any(), mos: oddNumber(), lossPercent: oddNumber(), jitterMs: any() } },
    { noted: { kind: any(), [any()]: any() } },
    { noted: { kind: 'lines-lost', lines: any() } },
    { used: { kind: 'tokens', input: oddNumber(), cached: oddNumber(), output: oddNumber() } },
    { used: { kind: 'draft-wasted', reply: draw(9), tokens: oddNumber(), characters: oddNumber() } },
    { used: { kind: 'carrier-seconds', seconds: oddNumber() } },
  ]
  return placed(made)
}

test('10,000 odd calls add no value of a label beyond the documented sets', async () => {
  const metrics = opened()
  const quiet = (await metrics.text()).length
  const agents = [AGENT, { ...AGENT, name: 'Mallory' }]
  let after1000 = 0
  for (let seed = 1; seed <= 10_000; seed++) {
    const channel = ['phone', 'browser', 'sip', ODD[seed % ODD.length] ?? ''][seed % 4] ?? ''
    const agent = agents[seed % 2] ?? AGENT
    const take = metrics.ofCall({ callId: `call-${seed}`, agent, channel, before: [] })
    for (const line of oddCall(seed)) take(line)
    if (seed === 1_000) after1000 = foundIn(await metrics.text()).series
  }
  const text = await metrics.text()
  await metrics.close()
  const { strange, series } = foundIn(text)
  expect(strange).toEqual([])
  expect(text.length).toBeGreaterThan(quiet)
  expect(series).toBe(after1000)
  expect(text).not.toMatch(/mallory@|\+1555/)
})

test('200 simulated calls keep to the sets, too, and are all counted', async () => {
  const metrics = opened()
  const calls = 200
  for (let seed = 1; seed <= calls; seed++) {
    const { lines, agent } = await simulate(seed)
    const take = metrics.ofCall({ callId: `call-${seed}`, agent, channel: 'phone', before: [] })
    for (const line of lines) take(line)
    const atMs = lines.at(-1)?.atMs ?? 0
    take({ v: 2, seq: lines.length + 1, atMs, used: { kind: 'carrier-seconds', seconds: atMs / 1_000 } })
  }
  const text = await metrics.text()
  await metrics.close()
  expect(foundIn(text).strange).toEqual([])
  const ended = [...text.matchAll(/^partyline_calls_total\{.*\} (\d+)(?: #.*)?$/gm)]
  expect(ended.reduce((sum, [, count]) => sum + Number(count), 0)).toBe(calls)
})

test('tools that a server names anew each time get 64 series, and then none', async () => {
  let names: readonly string[] = []
  const metrics = opened(() => names)
  for (let i = 0; i < 1_000; i++) {
    names = [`tool_${i}`]
    const take = metrics.ofCall({ callId: `call-${i}`, agent: AGENT, channel: 'phone', before: [] })
    const call = { id: 'a', name: `tool_${i}`, arguments: '{}' }
    take({ v: 2, seq: 1, atMs: 0, input: { kind: 'tool-called', reply: 1, part: 0, call, atMs: 0 } })
    take({ v: 2, seq: 2, atMs: 9, input: { kind: 'tool-result', reply: 1, part: 0, callId: 'a', result: '', atMs: 9 } })
  }
  const tools = new Set([...(await metrics.text()).matchAll(/tool="(\w+)"/g)].map(([, tool]) => tool))
  await metrics.close()
  expect(tools.size).toBe(65)
  expect(tools).toContain(OTHER)
})
