import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { decodeMulaw, encodeMulaw } from '../../src/audio/mulaw.ts'
import { decodeWav } from '../../src/audio/wav.ts'
import { systemClock as clock } from '../../src/clock.ts'
import { SANDBOX_AUTH_TOKEN } from '../../src/config.ts'
import { messagesOf } from '../../src/conversation/history.ts'
import type { JournalLine } from '../../src/conversation/lines.ts'
import { restore } from '../../src/conversation/restore.ts'
import { outcomeOf, readJournal } from '../../src/journal/outcome.ts'
import { transcriptOf } from '../../src/journal/transcript.ts'
import { english } from '../../src/languages/english.ts'
import { loadNamedFixture, type Script } from '../../src/sandbox/caller/fixture.ts'
import { startSandbox } from '../../src/sandbox/process.ts'
import type { CallRecord } from '../../src/sandbox/ringing/call-record.ts'
import { mismatches } from '../../src/sandbox/ringing/expectations.ts'
import { ring } from '../../src/sandbox/ringing/ring.ts'
import type { Span } from '../../src/sandbox/ringing/voiced-spans.ts'
import { startServer } from '../../src/sandbox/server-process.ts'
import { openTicker } from '../../src/sandbox/twilio/ticker.ts'
import { openStore } from '../journal/opened-store.ts'

const FIXTURES = ['plain', 'talks-over', 'thinks-aloud', 'keys', 'backchannels', 'echoes', 'corrects'] as const
/** One frame of the line. */
const FRAME_MS = 20
/** The agent's leg is placed by marks, which come back late on a busy machine: most of all while the call opens. */
const GREETING_SLACK_MS = 150
const AGENT_SLACK_MS = 60
/** So much of a stretch of voice is compared. */
const LIKENESS_MS = 400

/** A call that is over, by all that has been kept of it. */
interface Rung {
  readonly script: Script
  readonly record: CallRecord
  readonly lines: readonly JournalLine[]
  readonly committed: readonly string[]
  readonly transcript: string
  readonly recording: { readonly caller: Uint8Array; readonly agent: Uint8Array }
}

const lifetime = new AbortController()
const calls = new Map<string, Rung>()
let dataDir = ''
let ended: { readonly code: number | null; readonly log: string } = { code: null, log: '' }

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'partyline-'))
  const sandbox = await startSandbox({ port: 0, profile: 'fast' }, lifetime.signal)
  const server = await startServer({ sandbox, dataDir, authToken: SANDBOX_AUTH_TOKEN }, clock, lifetime.signal)
  const ticker = openTicker(clock)
  const rung = await Promise.all(
    FIXTURES.map(async (name, index) => {
      const script = await loadNamedFixture(name)
      const record = await ring(
        {
          ...server.rungBy(script),
          seed: index + 1,
          ticker,
        },
        lifetime.signal,
      )
      return { name, script, record }
    }),
  )
  ended = await server.close()
  await sandbox.close()
  const store = await openStore(`sqlite:${dataDir}/partyline.sqlite`)
  for (const { name, script, record } of rung) {
    const folder = join(dataDir, 'calls', record.callSid)
    const { pcm, channels } = decodeWav(await readFile(join(folder, 'call-1.wav')))
    expect(channels).toBe(2)
    const leg = (side: 0 | 1): Uint8Array => encodeMulaw(pcm.filter((_, i) => i % 2 === side))
    calls.set(name, {
      script,
      record,
      lines: await readJournal(join(folder, 'journal.jsonl')),
      committed: await store.linesOf(record.callSid),
      transcript: await readFile(join(folder, 'transcript.txt'), 'utf8'),
      recording: { caller: leg(0), agent: leg(1) },
    })
  }
  await store.close()
}, 60_000)

afterAll(async () => {
  lifetime.abort()
  await rm(dataDir, { recursive: true })
})

function call(name: string): Rung {
  const rung = calls.get(name)
  if (!rung) throw new Error(`the call "${name}" was not rung`)
  return rung
}

test.each(FIXTURES)('the call "%s" goes as its fixture expects', name => {
  const { script, record, lines } = call(name)
  expect(mismatches(script.expect, record, outcomeOf(lines, english))).toEqual([])
  expect(record.warnings).toEqual([])
})

test('the server ends cleanly, and has warned of nothing in any call', () => {
  expect(ended.code).toBe(0)
  const warnings = ended.log
    .split('\n')
    .filter(line => /"level":(?:50|60)/.test(line) || /"level":40.*"call":/.test(line))
  expect(warnings).toEqual([])
})

test.each(FIXTURES)('the journal of "%s" folds back into the turn and the history that it ended with', name => {
  const { lines, transcript } = call(name)
  const { turn, history } = restore(lines, english)
  const decided = lines.flatMap(line => ('decided' in line && line.decided.kind === 'turn' ? [line.decided.turn] : []))
  expect(turn).toEqual(decided.at(-1))
  expect(turn.kind).toBe('ended')
  expect(transcriptOf(messagesOf(history))).toBe(transcript)
})

test.each(FIXTURES)('at each decision of "%s" the lines so far fold into that decision', name => {
  const { lines } = call(name)
  for (const [index, line] of lines.entries()) {
    if (!('decided' in line) || line.decided.kind !== 'turn') continue
    expect(restore(lines.slice(0, index), english).turn).toEqual(line.decided.turn)
  }
})

test.each(FIXTURES)('every line of "%s" is in the store as it is on disk, numbered without a gap', name => {
  const { lines, committed } = call(name)
  expect(committed.map(line => JSON.parse(line))).toEqual(lines)
  expect(lines.map(({ seq }) => seq)).toEqual(lines.map((_, i) => i + 1))
})

test.each(FIXTURES)('what "%s" has used is in its journal', name => {
  const used = call(name).lines.flatMap(line => ('used' in line ? [line.used.kind] : []))
  expect(used).toEqual(expect.arrayContaining(['tokens', 'tts-characters', 'carrier-seconds']))
})

test.each(FIXTURES)('the recording of "%s" has the sound of both sides where the carrier had it', name => {
  const { record, recording } = call(name)
  // The two timelines begin at different moments: the caller's own voice tells how far apart.
  const callerMs = record.callerSpans.map(span => lateBy(recording.caller, record.legs.caller, span, 0, 1_500))
  const offsetMs = median(callerMs)
  for (const ms of callerMs) expect(Math.abs(ms - offsetMs)).toBeLessThanOrEqual(FRAME_MS)
  for (const span of record.agentSpans) {
    const ms = lateBy(recording.agent, record.legs.agent, span, offsetMs, 200)
    const isGreeting = span.startMs < (record.utterances[0]?.startMs ?? 0)
    expect(Math.abs(ms - offsetMs)).toBeLessThanOrEqual(isGreeting ? GREETING_SLACK_MS : AGENT_SLACK_MS)
  }
})

test('at a barge-in the history has the words that the carrier had played, to the word', () => {
  const { record, lines } = call('talks-over')
  const cut = lines.flatMap(line =>
    'input' in line && line.input.kind === 'heard' && line.input.cut ? [line.input] : [],
  )
  expect(cut).toHaveLength(1)
  const [heard] = cut
  const words = lines.flatMap(line =>
    'input' in line && line.input.kind === 'speech-words' && line.input.reply === heard?.reply ? line.input.words : [],
  )
  const askedMs = record.utterances[0]?.lastVoicedMs ?? 0
  const clearedMs = record.clears[0]?.atMs ?? 0
  const played = record.agentSpans.filter(({ startMs }) => startMs > askedMs && startMs < clearedMs)
  const playedMs = (played.at(-1)?.endMs ?? 0) - (played[0]?.startMs ?? 0)
  const spoken = words.filter(({ endMs }) => endMs <= playedMs).length
  const kept = heard?.text.split(' ').length ?? 0
  expect(
    words
      .slice(0, kept)
      .map(({ text }) => text)
      .join(' '),
  ).toBe(heard?.text)
  expect(kept).toBeGreaterThan(2)
  expect(Math.abs(kept - spoken)).toBeLessThanOrEqual(1)
})

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}

/** By how many ms a stretch of the carrier's leg lies later in ours: where the two are most alike, near `aroundMs`. */
function lateBy(
  ours: Uint8Array,
  theirs: Uint8Array,
  { startMs, endMs }: Span,
  aroundMs: number,
  withinMs: number,
): number {
  const from = Math.round(startMs) * 8
  const stretch = decodeMulaw(theirs.slice(from, Math.min(Math.round(endMs) * 8, from + LIKENESS_MS * 8)))
  const sound = decodeMulaw(ours)
  let best = { likeness: 0, ms: Number.POSITIVE_INFINITY }
  for (let ms = Math.round(aroundMs) - withinMs; ms <= aroundMs + withinMs; ms += 1 / 8) {
    const at = from + ms * 8
    let both = 0
    let power = 0
    for (let i = 0; i < stretch.length; i += 3) {
      const sample = sound[at + i] ?? 0
      both += (stretch[i] ?? 0) * sample
      power += sample ** 2
    }
    // A voice that was turned down is softer than its neighbours, and not the less like itself.
    const likeness = power === 0 ? 0 : both / Math.sqrt(power)
    if (likeness > best.likeness) best = { likeness, ms }
  }
  return best.ms
}
