import { beforeAll, expect, test } from 'vitest'
import { messagesOf } from '../../../src/conversation/history.ts'
import { restore } from '../../../src/conversation/restore.ts'
import { english } from '../../../src/languages/english.ts'
import { maskedLine, masking } from '../../../src/staff/calls/masked.ts'
import { numberWordsOf } from '../../../src/staff/calls/number-words.ts'
import { ratesOf } from '../../../src/web/staff/timeline/cost-so-far.ts'
import type { LaneName } from '../../../src/web/staff/timeline/lane.ts'
import { linesIn } from '../../../src/web/staff/timeline/lines.ts'
import { Timeline, timelineOf } from '../../../src/web/staff/timeline/timeline.ts'
import type { Said } from '../../../src/web/staff/timeline/transcript.ts'
import { longCall } from './long-call.ts'
import { type RungCall, rungCalls } from './rung-calls.ts'

const calls = new Map<string, RungCall>()
beforeAll(async () => {
  for (const call of await rungCalls(['talks-over', 'backchannels', 'thinks-aloud'])) calls.set(call.name, call)
})

function opened(name: string) {
  const lines = calls.get(name)?.lines ?? []
  const timeline = timelineOf(linesIn(lines))
  const kinds = (lane: LaneName) => timeline.lanes[lane].spans.map(({ kind }) => kind)
  const told = (lane: LaneName) =>
    timeline.lanes[lane].spans.map(({ label, facts }) => [label, ...facts.map(fact => fact.join(' '))].join(' | '))
  return { lines, timeline, kinds, told, said: timeline.transcript.said }
}
const heardIn = ({ words }: Said) => words.flatMap(({ text, heard }) => (heard ? [text] : [])).join(' ')
const wordsIn = ({ words }: Said) => words.map(({ text }) => text).join(' ')

test.each(['talks-over', 'backchannels', 'thinks-aloud'])(
  '%s: the transcript is what the conversation remembers',
  name => {
    const { lines, said } = opened(name)
    const remembered = messagesOf(restore(lines, english).history)
      .filter(({ role }) => role !== 'tool')
      .map(message => [message.role, 'text' in message ? message.text : ''])
    const merged: [string, string][] = []
    for (const one of said) {
      const last = merged.at(-1)
      const text = heardIn(one)
      if (last && last[0] === one.speaker) last[1] = `${last[1]} ${text}`
      else if (text !== '') merged.push([one.speaker, text])
    }
    const flat = (entries: readonly (readonly string[])[]) =>
      entries
        .map(([, text]) => text)
        .join(' ')
        .replaceAll('…', '')
    expect(flat(merged)).toContain(flat(remembered).slice(-60))
    expect(merged.filter(([who]) => who === 'caller').map(([, text]) => text)).toEqual(
      remembered.filter(([who]) => who === 'caller').map(([, text]) => text),
    )
  },
)

test('a listener, who is told no number in pieces, reads the same words, heard and unheard', () => {
  const mask = masking(null, numberWordsOf([english.digits]))
  for (const { lines } of calls.values()) {
    const told = lines.map(line => JSON.parse(maskedLine(line, mask)) as unknown)
    const [whole, masked] = [timelineOf(linesIn(lines)), timelineOf(linesIn(told))]
    const hides = (text: string) => text.includes('•')
    const wordsOf = (timeline: Timeline) =>
      timeline.transcript.said.flatMap(({ speaker, words }) => words.map(({ text, heard }) => [speaker, text, heard]))
    const expected = wordsOf(whole)
    const shown = wordsOf(masked)
    expect(shown.map(([speaker, , heard]) => [speaker, heard])).toEqual(
      expected.map(([speaker, , heard]) => [speaker, heard]),
    )
    // What was heard is readable: no long number was said in these calls.
    const differing = shown.filter(([, text], at) => text !== expected[at]?.[1])
    expect(differing.filter(([, text, heard]) => heard === true || !hides(String(text)))).toEqual([])
  }
})

test('what the caller never heard is marked word by word, up to the end of what was written', () => {
  const interrupted = opened('talks-over').said.find(one => one.interrupted)
  expect(interrupted && heardIn(interrupted)).toBe('Gladly. My grandmother')
  expect(interrupted && wordsIn(interrupted)).toMatch(/^Gladly\. My grandmother opened this house .* same harbor\.$/)
  expect(interrupted?.latencyMs).toBeLessThan(1_000)
})

test('words come in their order, inside the stretch in which they were said', () => {
  for (const name of calls.keys())
    for (const one of opened(name).said) {
      const heard = one.words.filter(word => word.heard)
      expect(heard.map(word => word.fromMs)).toEqual(heard.map(word => word.fromMs).sort((a, b) => a - b))
      for (const word of heard) {
        expect(word.fromMs).toBeGreaterThanOrEqual(one.fromMs - 1)
        expect(word.toMs).toBeLessThanOrEqual(one.toMs + 700)
      }
    }
})

test('a sound over the agent is told with what it was taken for', () => {
  const over = opened('talks-over')
  expect(over.kinds('barge')).toEqual(['interruption'])
  expect(over.told('barge')[0]).toContain('an interruption, “Actually”')
  expect(over.kinds('marks').filter(kind => kind === 'cut')).toHaveLength(1)
  const listening = opened('backchannels')
  expect(new Set(listening.kinds('barge'))).toEqual(new Set(['no-interruption']))
  expect(listening.told('barge')[0]).toContain('a sign of listening or an echo, “Mm-hm')
})

test('patience is told with its reason, and drafts with what became of them', () => {
  const aloud = opened('thinks-aloud')
  expect(aloud.told('patience').join()).toContain('since their words trailed off')
  expect(aloud.told('patience').join()).toContain('since their words sounded complete')
  const over = opened('talks-over')
  expect(over.kinds('draft')).toEqual(['used', 'wasted', 'wasted', 'used', 'used', 'wasted', 'used'])
  expect(over.told('turn').join()).toContain('The draft of the answer was used.')
})

test('tools are told with their arguments and results, models with their tokens', () => {
  const over = opened('talks-over')
  expect(over.told('tools')[0]).toMatch(/^book \| Arguments .*Friday.* \| Result Booked.* \| Took \d+ ms$/)
  expect(over.told('model')[0]).toMatch(/First token after \d+ ms.*messages.*Tokens \d+ in, \d+ out/)
})

test('nothing stays open at the end, and taking the lines one by one makes the same', () => {
  for (const name of calls.keys()) {
    const { lines, timeline } = opened(name)
    for (const lane of Object.values(timeline.lanes))
      for (const span of lane.spans) {
        expect(span.toMs).toBeLessThan(Number.POSITIVE_INFINITY)
        expect(span.toMs).toBeGreaterThanOrEqual(span.fromMs)
      }
    const live = new Timeline()
    for (const line of linesIn(lines)) {
      live.take(line)
      // As a page does that shows what is said while it is said.
      void live.transcript.said
    }
    live.close()
    expect(live.transcript.said).toEqual(timeline.transcript.said)
  }
})

test('words that were not heard yet are not told as never heard while the reply goes on', () => {
  const lines = linesIn(calls.get('talks-over')?.lines ?? [])
  const live = new Timeline()
  let sawComing = false
  for (const line of lines) {
    live.take(line)
    const last = live.transcript.said.at(-1)
    if (last && !last.isOver && last.words.some(({ heard }) => !heard)) sawComing = true
  }
  live.close()
  expect(sawComing).toBe(true)
  expect(live.transcript.said.every(({ isOver }) => isOver)).toBe(true)
})

test('each attempt counts its time anew, and stands behind the one before', () => {
  const lines = linesIn(calls.get('thinks-aloud')?.lines ?? [])
  const once = timelineOf(lines)
  const twice = timelineOf([...lines, ...lines], [0, once.endMs + 5_000])
  expect(twice.endMs).toBe(once.endMs * 2 + 5_000)
  expect(twice.transcript.said).toHaveLength(once.transcript.said.length * 2)
  expect(twice.lanes.trouble.spans.some(({ label }) => label === 'attempt 2')).toBe(true)
})

test('a long call is folded once, and the list of what was said is made once', () => {
  const lines = linesIn(longCall(calls.get('talks-over')?.lines ?? [], 40))
  expect(lines.length).toBeGreaterThan(25_000)
  const timeline = timelineOf(lines)
  expect(timeline.endMs).toBeGreaterThan(1_200_000)
  const said = timeline.transcript.said
  expect(timeline.transcript.said.every((one, index) => one === said[index])).toBe(true)
  expect(new Set(said.map(({ key }) => key)).size).toBe(said.length)
})

test('the cost so far grows from nothing to the cost of the whole call', () => {
  const { timeline, lines } = opened('talks-over')
  const used = lines.flatMap(line => ('used' in line ? [line.used] : []))
  const sum = (read: (one: (typeof used)[number]) => number) => used.reduce((all, one) => all + read(one), 0)
  const parts = [
    {
      what: 'language model x, input',
      unit: 'token',
      amount: sum(one => (one.kind === 'tokens' ? one.input - one.cached : 0)),
      usd: 0.2,
    },
    {
      what: 'language model x, output',
      unit: 'token',
      amount: sum(one => (one.kind === 'tokens' ? one.output : 0)),
      usd: 0.1,
    },
    {
      what: 'voice',
      unit: 'character',
      amount: sum(one => (one.kind === 'tts-characters' ? one.characters : 0)),
      usd: 0.4,
    },
    { what: 'speech-to-text', unit: 'second', amount: timeline.endMs / 1_000, usd: 0.3 },
  ]
  const rates = ratesOf(parts)
  expect(timeline.cost.at(0, rates)).toBe(0)
  expect(timeline.cost.at(timeline.endMs, rates)).toBeCloseTo(1)
  let before = 0
  for (let ms = 0; ms <= timeline.endMs; ms += 500) {
    const now = timeline.cost.at(ms, rates)
    expect(now).toBeGreaterThanOrEqual(before)
    before = now
  }
})

test('lines of kinds that the console does not know are passed over', () => {
  const strange = [null, 'x', { seq: 1 }, { seq: 1, atMs: 0, input: { kind: 'new' } }, { seq: 2, atMs: 5, later: {} }]
  const timeline = timelineOf(linesIn(strange))
  expect(timeline.endMs).toBe(5)
  expect(timeline.transcript.said).toEqual([])
})
