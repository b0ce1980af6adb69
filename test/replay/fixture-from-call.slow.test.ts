import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { decodeWav } from '../../src/audio/wav.ts'
import { systemClock } from '../../src/clock.ts'
import { readSettings } from '../../src/config.ts'
import type { JournalLine } from '../../src/conversation/lines.ts'
import { openFlite } from '../../src/flite/flite.ts'
import { english } from '../../src/languages/english.ts'
import { languageOf } from '../../src/languages/languages.ts'
import { systemNetwork } from '../../src/network.ts'
import { attemptsOf } from '../../src/replay/attempts.ts'
import { findCalls, readCall } from '../../src/replay/call-folder.ts'
import { replayExactly } from '../../src/replay/exact.ts'
import { fixtureFromCall, saveFixture } from '../../src/replay/fixture-from-call.ts'
import { inPieces, privateWords, without } from '../../src/replay/private-words.ts'
import type { Fixture, RecordedCall } from '../../src/replay/report.ts'
import { resultOf } from '../../src/replay/results.ts'
import { silenceIn } from '../../src/replay/silenced.ts'
import { whatIf } from '../../src/replay/what-if.ts'
import type { Utterance } from '../../src/sandbox/caller/fixture.ts'
import { scriptOfTexts } from '../../src/sandbox/caller/spoken-script.ts'
import { seeded } from '../../src/sandbox/chance.ts'
import { openWhatIfParts } from '../../src/what-if/parts.ts'
import { openWholeCalls } from '../whole-call/whole-calls.ts'

const TEXTS = [
  'What is on my list?',
  'Add call Doctor Novak on Monday.',
  'My number is five five five four two seven one.',
  'Thank you. Goodbye.',
]
const KEYS = '4271'
/** Nothing of it may be anywhere in a fixture. */
const PRIVATE = /novak|five five five|four two seven|555\s*4271|5554271|CA[0-9a-f]{32}/i

const lifetime = new AbortController()
let opened: Awaited<ReturnType<typeof openWhatIfParts>>
let call: RecordedCall
let made: Fixture
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'partyline-fixtures-'))
  const settings = readSettings({ AGENT: 'task-manager' })
  opened = await openWhatIfParts(settings, systemClock, systemNetwork, lifetime.signal)
  const flite = openFlite()
  const script = await scriptOfTexts(TEXTS, 'rms', flite, seeded(1), lifetime.signal)
  await flite.close()
  const keys: Utterance = { kind: 'keys', press: KEYS, cue: { after: 'agent-stopped', ms: 600 } }
  const utterances = [...script.utterances.slice(0, 3), keys, ...script.utterances.slice(3)]
  const all = await openWholeCalls({ env: { AGENT: 'task-manager' } })
  const { lines, folder: kept, record } = await all.passing(all.ring({ ...script, utterances }, { seed: 1 }))
  const wav = await readFile(join(kept, 'call-1.wav'))
  await all.close()
  call = { callId: record.callSid, lines, recording: async attempt => (attempt === 1 ? wav : undefined) }
  made = await fixtureFromCall(call, { name: 'doctor' }, opened.parts, lifetime.signal)
})
afterAll(async () => {
  lifetime.abort()
  await opened.close()
  await rm(folder, { recursive: true })
})

test('the call has what is private, in its journal', () => {
  const text = JSON.stringify(call.lines)
  for (const some of [/novak/i, /CA[0-9a-f]{32}/, /"digit":"7"/]) expect(text).toMatch(some)
})

test('the preview shows the call with everything replaced, and what was replaced', () => {
  expect(made.transcript).toMatch(/Caller: Add call \w+ \w+ on Monday\./)
  expect(made.transcript).not.toMatch(PRIVATE)
  expect(made.replaced).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^a name by \w+$/),
      'numbers of three digits and more by others',
      expect.stringMatching(/^about \d+\.\d s of the caller's sound by silence$/),
    ]),
  )
  expect(made.replaced.join()).not.toMatch(PRIVATE)
  expect(made.expect.callerSaid).toHaveLength(TEXTS.length + 1)
})

test('a saved fixture has nothing private, and replays as it is expected', async () => {
  const own = await saveFixture(made, folder, made.expect)
  const files = await readdir(own)
  expect(files.toSorted()).toEqual(['about.json', 'call-1.wav', 'expect.json', 'journal.jsonl'])
  for (const file of files.filter(name => !name.endsWith('.wav')))
    expect(await readFile(join(own, file), 'utf8')).not.toMatch(PRIVATE)
  const [found] = await findCalls(own)
  if (!found) throw new Error('no fixture was written')
  expect(await resultOf(found, { expects: true, now: () => 0 })).toMatchObject({ name: 'doctor', problems: [] })
  await expect(saveFixture(made, folder, made.expect)).rejects.toThrow('there is a fixture "doctor" already')
})

test('the sound is silent where something private was said, and only there', async () => {
  const before = decodeWav((await call.recording(1, lifetime.signal)) ?? new Uint8Array())
  const after = decodeWav(made.recordings.get('call-1.wav') ?? new Uint8Array())
  const [attempt] = attemptsOf(made.lines, languageOf)
  const silence = attempt && silenceIn(attempt)
  if (!silence) throw new Error('nothing was silenced')
  const msOf = (index: number): number => silence.fromMs + ((index >> 1) / before.rateHz) * 1_000
  const sideOf = (index: number) => (index % 2 === 0 ? 'caller' : 'agent')
  let kept = 0
  for (let i = 0; i < before.pcm.length; i++) {
    const ms = msOf(i)
    const isWithin = silence.spans.some(
      ({ side, fromMs, toMs }) => side === sideOf(i) && fromMs + 1 < ms && ms < toMs - 1,
    )
    const isBeside = silence.spans.some(
      ({ side, fromMs, toMs }) => side === sideOf(i) && fromMs - 1 < ms && ms < toMs + 1,
    )
    if (isWithin && after.pcm[i] !== 0) throw new Error(`the ${sideOf(i)} is heard at ${ms} ms`)
    if (!isBeside && after.pcm[i] !== before.pcm[i]) throw new Error(`the ${sideOf(i)} is not heard at ${ms} ms`)
    if (after.pcm[i] !== 0) kept++
  }
  expect(kept).toBeGreaterThan(before.rateHz)
})

test('a fixture can be run again with a change, although some of its sound is silent', async () => {
  const own = join(folder, 'doctor')
  const [found] = await findCalls(own)
  if (!found) throw new Error('no fixture was written')
  const { turns } = await whatIf(await readCall(found), {}, opened.parts, lifetime.signal)
  expect(turns).toHaveLength(TEXTS.length + 1)
  expect(turns.map(({ changed }) => changed)).toEqual(turns.map(() => []))
})

test('names that nothing tells are replaced where a person lists them', async () => {
  const { transcript } = await fixtureFromCall(call, { name: 'x', names: ['doctor'] }, opened.parts, lifetime.signal)
  expect(transcript).not.toMatch(/doctor/i)
})

test('notes for operators, which may tell anything, are not in a fixture', async () => {
  const note = (line: JournalLine): JournalLine => ({
    ...{ v: line.v, atMs: line.atMs, seq: 0 },
    noted: { kind: 'seen', text: 'a letter to Novak' },
  })
  const lines = call.lines
    .flatMap((line, i) => (i % 50 === 0 ? [line, note(line)] : [line]))
    .map((line, i) => ({ ...line, seq: i + 1 }))
  const fixture = await fixtureFromCall({ ...call, lines }, { name: 'x' }, opened.parts, lifetime.signal)
  expect(fixture.lines.map(({ seq }) => seq)).toEqual(fixture.lines.map((_, i) => i + 1))
  expect(JSON.stringify(fixture.lines)).not.toMatch(/\bletter\b|novak/i)
  expect(replayExactly(fixture.lines, { languageOf }).differences).toEqual([])
})

test('a journal that is not whole, and a name that is no folder, are refused in words', async () => {
  const broken = { ...call, lines: [...call.lines.slice(0, 40), ...call.lines.slice(50)] }
  await expect(fixtureFromCall(broken, { name: 'x' }, opened.parts, lifetime.signal)).rejects.toThrow(
    /the journal is not whole: 10 lines were lost/,
  )
  await expect(fixtureFromCall(call, { name: '../x' }, opened.parts, lifetime.signal)).rejects.toThrow(
    '"../x" must be small letters, digits and hyphens',
  )
})

const PATTERN = /[0-9]/g
test.each([
  ['I am Anna Brandt, and this is Peter.', 'I am Robin Kim, and this is Alex.'],
  ['My name is Anna Brandt.', 'My name is Alex Robin.'],
  ['Call me on +1 555 010-0123, at 7:30.', 'Call me on +# ### ###-####, at 7:30.'],
  ['Write to anna@example.org.', 'Write to someone@example.com.'],
  ['A table for two on Friday at seven, please.', 'A table for two on Friday at seven, please.'],
])('%s', (said, replaced) => {
  for (let seed = 1; seed <= 20; seed++) {
    const made = without(said, privateWords([said], [], [english], seed))
    expect(made.length).toBe(replaced.length)
    for (const [i, sign] of [...replaced].entries()) {
      if (sign === '#') expect(made[i]).not.toBe(said[i])
      else expect(made[i]).toBe(sign)
    }
  }
})

test('a number that is spoken has other digits in its place, the same wherever it is said', () => {
  const words = privateWords([], [], [english], 7)
  const spoken = without('the code is four two seven one', words).split(' ')
  expect(spoken.slice(0, 3)).toEqual(['the', 'code', 'is'])
  const values = spoken.slice(3).map(word => english.digits.names.get(word))
  expect(values).toEqual(['4', '2', '7', '1'].map(words.otherDigit))
  expect(without('4271', words)).toBe(values.join(''))
  for (const [i, digit] of ['4', '2', '7', '1'].entries()) expect(values[i]).not.toBe(digit)
})

test('what lies across pieces is replaced with the piece in which it begins', () => {
  const words = privateWords(['for Anna'], [], [english], 7)
  const [first, second = '', third] = inPieces(['for An', 'na, 55', '5 12 3, yes'], '', words)
  expect(first).toBe('for Alex')
  expect(second.replace(PATTERN, '#')).toBe(', ### ## #')
  expect(third).toBe(', yes')
  expect(inPieces(['four', 'two', 'seven'], ' ', words).join(' ')).toBe(without('four two seven', words))
})
