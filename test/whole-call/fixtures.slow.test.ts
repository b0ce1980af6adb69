import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { decodeMulaw } from '../../src/audio/mulaw.ts'
import { decodeWav } from '../../src/audio/wav.ts'
import { messagesOf } from '../../src/conversation/history.ts'
import { restore } from '../../src/conversation/restore.ts'
import { openDatabase } from '../../src/database/database.ts'
import { outcomeOf } from '../../src/journal/outcome.ts'
import { transcriptOf } from '../../src/journal/transcript.ts'
import { english } from '../../src/languages/english.ts'
import { languageOf } from '../../src/languages/languages.ts'
import { replayExactly } from '../../src/replay/exact.ts'
import { loadNamedFixture, type Script } from '../../src/sandbox/caller/fixture.ts'
import { mismatches, taskMismatches } from '../../src/sandbox/ringing/expectations.ts'
import type { Span } from '../../src/sandbox/ringing/voiced-spans.ts'
import { SLOT_MS } from '../../src/sandbox/twilio/ticker.ts'
import { taskLines } from '../../src/tasks/store/task-lines.ts'
import { openStore } from '../journal/opened-store.ts'
import { openWholeCalls, type WholeCall } from './whole-calls.ts'

const FIXTURES = ['plain', 'talks-over', 'thinks-aloud', 'keys', 'backchannels', 'echoes', 'corrects', 'tasks'] as const
const ZONE = 'Europe/Berlin'
/** So much of a stretch of voice is compared. */
const LIKENESS_MS = 400

/** A fixture's call that is over, by all that has been kept of it. */
interface Rung extends WholeCall {
  readonly script: Script
  readonly committed: readonly string[]
  readonly tasks: readonly string[]
  readonly recording: { readonly caller: Int16Array; readonly agent: Int16Array }
  readonly logged: readonly string[]
  readonly leftOpen: number
}

const calls = new Map<string, Rung>()

async function rung(name: string): Promise<Rung> {
  const script = await loadNamedFixture(name)
  const all = await openWholeCalls({ env: { AGENT: script.agent ?? 'receptionist', TIME_ZONE: ZONE } })
  const call = await all.passing(all.ring(script, { seed: 1 }))
  const { pcm, channels } = decodeWav(await readFile(join(call.folder, 'call-1.wav')))
  expect(channels).toBe(2)
  const leg = (side: 0 | 1): Int16Array => pcm.filter((_, i) => i % 2 === side)
  const url = `sqlite:${all.dataDir}/partyline.sqlite`
  const store = await openStore(url)
  const database = await openDatabase(url)
  const committed = await store.linesOf(call.record.callSid)
  const tasks = await taskLines(database, script.from, { now: all.clock.wallTime(), zone: ZONE })
  await Promise.all([store.close(), database.close()])
  await all.close()
  const recording = { caller: leg(0), agent: leg(1) }
  const leftOpen = all.network.connections() + all.clock.sleepers
  return { ...call, script, committed, tasks, recording, logged: all.logged, leftOpen }
}

beforeAll(async () => {
  for (const name of FIXTURES) calls.set(name, await rung(name))
})

test('the same call goes the same way each time, to the byte and to the sample', async () => {
  const again = await rung('talks-over')
  const first = call('talks-over')
  expect(again.lines).toEqual(first.lines)
  expect(again.record.legs).toEqual(first.record.legs)
  expect(again.recording).toEqual(first.recording)
})

function call(name: string): Rung {
  const rung = calls.get(name)
  if (!rung) throw new Error(`the call "${name}" was not rung`)
  return rung
}

test.each(FIXTURES)('the call "%s" goes as its fixture expects', name => {
  const { script, record, lines, tasks } = call(name)
  expect(mismatches(script.expect, record, outcomeOf(lines, english))).toEqual([])
  expect(record.warnings).toEqual([])
  expect(taskMismatches(script.expect, tasks)).toEqual([])
})

test.each(FIXTURES)('nothing is warned of in "%s", and nothing is left open after it', name => {
  const { logged, leftOpen } = call(name)
  expect(logged.filter(line => /"level":(?:40|50|60)/.test(line))).toEqual([])
  expect(leftOpen).toBe(0)
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

test.each(FIXTURES)('"%s" replays as it went, decision by decision', name => {
  const { lines } = call(name)
  const { decisions, differences, notes } = replayExactly(lines, { languageOf })
  expect({ differences, notes }).toEqual({ differences: [], notes: [] })
  expect(decisions).toBe(lines.filter(line => 'decided' in line).length)
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
  const { caller } = record.legs
  const [first, ...others] = record.callerSpans
  if (!first) throw new Error('the caller was silent')
  const offsetMs = lateBy(recording.caller, caller, first, 0, 1_500)
  for (const span of others) expect(lateBy(recording.caller, caller, span, offsetMs, 10)).toBe(offsetMs)
  for (const span of record.agentSpans) {
    const ms = lateBy(recording.agent, record.legs.agent, span, offsetMs, 2 * SLOT_MS) - offsetMs
    // The carrier plays a frame in its next slot; no message tells how far away that is.
    expect(Math.abs(ms)).toBeLessThanOrEqual(SLOT_MS)
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
  expect(kept).toBe(spoken)
})

/** By how many ms a stretch of the carrier's leg lies later in ours: where the two are most alike, near `aroundMs`. */
function lateBy(
  sound: Int16Array,
  theirs: Uint8Array,
  { startMs, endMs }: Span,
  aroundMs: number,
  withinMs: number,
): number {
  const from = Math.round(startMs) * 8
  const stretch = decodeMulaw(theirs.slice(from, Math.min(Math.round(endMs) * 8, from + LIKENESS_MS * 8)))
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
