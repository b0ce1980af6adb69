import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { JournalLine } from '../../src/conversation/lines.ts'
import type { TurnEvent } from '../../src/conversation/turn/turn.ts'
import { readJournal } from '../../src/journal/outcome.ts'
import { languageOf } from '../../src/languages/languages.ts'
import { attemptsOf } from '../../src/replay/attempts.ts'
import { comparedTurns, sidesOf } from '../../src/replay/turns.ts'
import { whatIfInWords } from '../../src/replay/what-if-in-words.ts'
import { FIXTURES_DIR } from '../../src/sandbox/caller/fixture.ts'

const whole = await readJournal(join(FIXTURES_DIR, 'recorded-talks-over', 'journal.jsonl'))

/** The journal up to the last part of a reply that says "welcome", of which only the beginning was heard. */
function endsWith(...more: readonly object[]): readonly JournalLine[] {
  const at = whole.findLastIndex(line => 'input' in line && line.input.kind === 'heard' && line.input.text === "You're")
  const { seq, atMs, v } = whole[at] ?? { seq: 0, atMs: 0, v: whole[0]?.v }
  const added = more.map((input, i) => ({ v, seq: seq + 1 + i, atMs, input: { ...input, atMs } }) as JournalLine)
  return [...whole.slice(0, at + 1), ...added]
}

function sides(lines: readonly JournalLine[]) {
  const [attempt] = attemptsOf(lines, languageOf)
  if (!attempt) throw new Error('the call has no start')
  return sidesOf(attempt, { fromOf: () => 'recorded', costUsd: () => 0, phrases: {} })
}

const lastReply = whole
  .flatMap(line => ('input' in line && line.input.kind === 'heard' ? [line.input.reply] : []))
  .at(-1)
const cut = { kind: 'heard', reply: lastReply, part: 0, text: "You're", cut: true }

test.each<Partial<TurnEvent>>([
  { kind: 'gone', why: 'the caller hung up' },
  { kind: 'lost', why: 'the line closed' },
  { kind: 'stopped', why: 'the recording is over' },
])('an answer during which the call ended ($kind) was not interrupted', event => {
  const before = sides(whole)
  const after = sides(endsWith(event, cut))
  expect(before.map(({ side }) => [side.interrupted, side.ended])).toEqual([
    [true, false],
    ...before.slice(1).map(() => [false, false]),
  ])
  expect(after.at(-1)?.side).toMatchObject({ heard: "You're", interrupted: false, ended: true })
  const words = whatIfInWords('call', {
    ...{ callId: 'CA1', turns: comparedTurns(before, after), indicativeFromTurn: null, notes: [] },
  })
  expect(words).toMatch(/"You're" — the recording ended$/)
  const backwards = comparedTurns(after, before)
  expect(backwards.at(-1)?.changed).toEqual(['words'])
  expect(whatIfInWords('call', { callId: 'CA1', turns: backwards, indicativeFromTurn: null, notes: [] })).toContain(
    `"You're" — the call ended\n`,
  )
})

test('an answer that was heard to its end before the call ended did not end with it', () => {
  const { text } = { text: "You're welcome. Goodbye!" }
  const after = sides(endsWith({ kind: 'gone', why: 'the caller hung up' }, { ...cut, text }))
  expect(after.at(-1)?.side).toMatchObject({ heard: text, interrupted: false, ended: false })
})

test('an answer of which nothing came before the call ended is told of so', () => {
  const sounding = whole.findLastIndex(line => 'input' in line && line.input.kind === 'reply-sounding')
  const { v, seq, atMs } = whole[sounding] ?? { v: whole[0]?.v, seq: 0, atMs: 0 }
  const gone = { v, seq, atMs, input: { kind: 'gone', why: 'the caller hung up', atMs } } as JournalLine
  const last = sides([...whole.slice(0, sounding), gone]).at(-1)?.side
  expect(last).toMatchObject({ heard: '', latencyMs: null, interrupted: false, ended: true })
})
