import { readdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { decodeWav } from '../../src/audio/wav.ts'
import type { JournalLine } from '../../src/conversation/lines.ts'
import { restore } from '../../src/conversation/restore.ts'
import { openDatabase } from '../../src/database/database.ts'
import { openFlite } from '../../src/flite/flite.ts'
import { outcomeOf } from '../../src/journal/outcome.ts'
import { english } from '../../src/languages/english.ts'
import { languageOf } from '../../src/languages/languages.ts'
import { pinsIn } from '../../src/pins/pins.ts'
import { replayExactly } from '../../src/replay/exact.ts'
import type { Cue, Script, Utterance } from '../../src/sandbox/caller/fixture.ts'
import { scriptOfTexts } from '../../src/sandbox/caller/spoken-script.ts'
import { seeded } from '../../src/sandbox/chance.ts'
import { CHEAP } from '../pins/cheap-hashes.ts'
import { openWholeCalls, type WholeCall, type WholeCalls } from './whole-calls.ts'

/**
 * The second number's call has the wrong PINs first; the third never has the right one; the fourth has no PIN; the fifth
 * asks for a person, and comes back; the sixth hangs up while the PIN is asked.
 */
const NUMBERS = {
  keyed: '+15550100021',
  spoken: '+15550100022',
  wrong: '+15550100023',
  none: '+15550100024',
  back: '+15550100025',
  leaves: '+15550100026',
} as const
type Name = keyof typeof NUMBERS
const NAMES: readonly Name[] = ['keyed', 'spoken', 'wrong', 'none', 'back', 'leaves']
const PIN = '4271'
const WRONG_PINS = ['9058', '6306', '8391']
const SAID = 'four two seven one'
const ASKS = 'When do you open?'

const stopped = (ms: number): Cue => ({ after: 'agent-stopped', ms })
const keys = (press: string, cue: Cue): Utterance => ({ kind: 'keys', press, cue })

const calls = new Map<Name, WholeCall>()
let all: WholeCalls
/** How many lines the server logged while it started. */
let loggedBefore = 0

beforeAll(async () => {
  all = await openWholeCalls({ env: { LOG_LEVEL: 'trace', LOG_PII: 'on', TRANSFER_NUMBER: '+15557654321' } })
  loggedBefore = all.logged.length
  const database = await openDatabase(`sqlite:${all.dataDir}/partyline.sqlite`)
  const pins = await pinsIn(database, CHEAP)
  for (const name of NAMES) if (name !== 'none') await pins.set(NUMBERS[name], PIN, all.clock.wallTime())
  await database.close()
  const flite = openFlite()
  const spoken = await scriptOfTexts([SAID, ASKS], 'rms', flite, seeded(5), new AbortController().signal)
  await flite.close()
  const [pinSaid, asks] = spoken.utterances
  if (!pinSaid || !asks) throw new Error('nothing was spoken')
  const over: Cue = { after: 'agent-started', ms: 300 }
  const [one, two, three] = WRONG_PINS.map(pin => keys(`${pin}#`, over))
  if (!one || !two || !three) throw new Error('three wrong ones are needed')
  const does: Readonly<Record<Name, readonly Utterance[]>> = {
    // Over the question, and without a "#".
    keyed: [keys(PIN, over), asks],
    spoken: [one, two, pinSaid, asks],
    wrong: [one, two, three, asks],
    none: [asks],
    back: [keys(`${PIN}#`, over), keys('0', stopped(600)), { ...asks, cue: stopped(2_500) }],
    leaves: [keys('42', over)],
  }
  const rung = NAMES.map(async (name, index) => {
    const hangUp = name === 'leaves' ? ({ after: 'own-utterance', ms: 500, withStop: true } as const) : spoken.hangUp
    const script: Script = { ...spoken, name, from: NUMBERS[name], utterances: does[name], hangUp }
    calls.set(name, await all.ring(script, { seed: 500 + index, dialOutcome: 'busy' }))
  })
  await all.passing(Promise.all(rung))
})

afterAll(() => all.close())

function call(name: Name) {
  const rung = calls.get(name)
  if (!rung) throw new Error(`the call "${name}" was not rung`)
  return rung
}
const withheldIn = (lines: readonly JournalLine[]) =>
  lines.flatMap(line => ('noted' in line && line.noted.kind === 'withheld' ? [line.noted] : []))

test.each([
  ['keyed', 0],
  ['spoken', 2],
] as const)('after the right PIN, %s, the call goes on as always', (name, wrongTries) => {
  const { record, lines } = call(name)
  const { callerTurns, agentReplies } = outcomeOf(lines, english)
  expect(callerTurns).toEqual([ASKS])
  expect(agentReplies[0]).toMatch(/^Hello/)
  expect(agentReplies).toHaveLength(2)
  expect(withheldIn(lines)).toMatchObject([{ what: 'pin', end: 'right', wrongTries, notice: true }])
  expect(record).toMatchObject({ endedBy: 'caller', why: 'hung up', warnings: [] })
})

test('three wrong PINs end the call, and its journal says so', () => {
  const { record, lines } = call('wrong')
  expect(record).toMatchObject({ endedBy: 'agent', warnings: [] })
  expect(withheldIn(lines)).toMatchObject([{ end: 'refused', wrongTries: 3 }])
  const { turn, history } = restore(lines, english)
  expect(turn).toMatchObject({ kind: 'ended', next: 'hang-up', why: 'the PIN was wrong' })
  expect(history).toEqual([])
})

test('a caller who hangs up while the PIN is asked leaves a whole record', () => {
  const { record, lines } = call('leaves')
  expect(record).toMatchObject({ endedBy: 'caller', why: 'hung up', warnings: [] })
  expect(withheldIn(lines)).toMatchObject([{ end: 'gone', wrongTries: 0 }])
  expect(restore(lines, english)).toMatchObject({ turn: { kind: 'ended', next: 'hang-up' }, history: [] })
  expect(lines.at(-1)).toMatchObject({ noted: { kind: 'frames-paced' } })
})

test.each(NAMES)('"%s" replays as it went: what was withheld is not needed', name => {
  expect(replayExactly(call(name).lines, { languageOf })).toMatchObject({ differences: [], notes: [] })
})

test('a number without a PIN is not asked for one', () => {
  const { lines } = call('none')
  expect(withheldIn(lines)).toEqual([])
  expect(outcomeOf(lines, english).callerTurns).toEqual([ASKS])
})

test('a call that comes back is not asked again', () => {
  const { record, lines } = call('back')
  expect(record.streams).toHaveLength(2)
  expect(withheldIn(lines)).toHaveLength(1)
  const { callerTurns, agentReplies } = outcomeOf(lines, english)
  expect(agentReplies.join(' ')).toMatch(/put you through.*nobody could take your call/)
  expect(callerTurns).toContain(ASKS)
})

test('the recording has silence for the caller while the PIN was asked, and their voice afterwards', async () => {
  for (const name of ['keyed', 'spoken', 'wrong', 'leaves'] as const) {
    const { folder, lines } = call(name)
    const { pcm } = decodeWav(await readFile(join(folder, 'call-1.wav')))
    const caller = pcm.filter((_, i) => i % 2 === 0)
    const first = caller.findIndex(sample => sample !== 0)
    const toMs = Number(withheldIn(lines)[0]?.toMs)
    if (name === 'wrong' || name === 'leaves') expect(first).toBe(-1)
    else expect(first / 8).toBeGreaterThan(toMs - 200)
  }
})

test('the server has warned of the wrong PINs, and of nothing else', () => {
  const warned = all.logged.slice(loggedBefore).filter(line => /"level":(?:40|50|60)/.test(line))
  expect(warned.filter(line => !line.includes('"msg":"wrong PIN"'))).toEqual([])
  expect(warned).toHaveLength(5)
})

test('no PIN, right or wrong, is anywhere in what was written', async () => {
  const files = await readdir(all.dataDir, { recursive: true, withFileTypes: true })
  const written = await Promise.all(
    files
      .filter(file => file.isFile())
      .map(async file => {
        const path = join(file.parentPath, file.name)
        return { name: path, bytes: await readFile(path) }
      }),
  )
  const texts = [...written, { name: 'the log', bytes: Buffer.from(all.logged.join('')) }]
    .filter(({ name }) => !name.endsWith('.wav'))
    .map(({ name, bytes }) => ({ name: basename(name).replace(/-wal$/, ''), text: bytes.toString('latin1') }))
  // What may be written is found in all of these places: the PINs would be, too.
  const withQuestion = texts.filter(({ text }) => text.includes(ASKS)).map(({ name }) => name)
  expect(new Set(withQuestion)).toEqual(new Set(['partyline.sqlite', 'journal.jsonl', 'transcript.txt', 'the log']))
  const pins = [PIN, ...WRONG_PINS].map(pin => [...pin])
  const forms = pins.flatMap(pin => [pin.join(' '), pin.join(','), pin.join('","')])
  // Not within words, and not as the value of a time: four digits may well be part of a hash.
  const bare = new RegExp(`(?<![\\w.:-])(?:${[PIN, ...WRONG_PINS].join('|')})(?![\\w.:-])`)
  for (const { name, text } of texts) {
    const found = [...forms, SAID, 'pressed 4', '"digit":"4"'].filter(form => text.toLowerCase().includes(form))
    expect([name, found, bare.exec(text)?.[0]]).toEqual([name, [], undefined])
  }
})
