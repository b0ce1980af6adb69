import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { decodeWav } from '../../src/audio/wav.ts'
import { systemClock } from '../../src/clock.ts'
import { readSettings } from '../../src/config.ts'
import { openFlite } from '../../src/flite/flite.ts'
import { outcomeOf } from '../../src/journal/outcome.ts'
import { english } from '../../src/languages/english.ts'
import { languageOf } from '../../src/languages/languages.ts'
import { systemNetwork } from '../../src/network.ts'
import { replayExactly } from '../../src/replay/exact.ts'
import { whatIf } from '../../src/replay/what-if.ts'
import type { Cue, Script, Utterance } from '../../src/sandbox/caller/fixture.ts'
import { scriptOfTexts } from '../../src/sandbox/caller/spoken-script.ts'
import { seeded } from '../../src/sandbox/chance.ts'
import { openWhatIfParts } from '../../src/what-if/parts.ts'
import { canaryScan, spoken } from '../leaks/canaries.ts'
import { openWholeCalls, type WholeCall } from '../whole-call/whole-calls.ts'

/** Their check digits are right. */
const CARDS = { keyed: '4929174482056614', said: '4916338217405926' }
type Way = keyof typeof CARDS
const WAYS: readonly Way[] = ['keyed', 'said']
const AGENT_FILE = fileURLToPath(new URL('tickets-agent.ts', import.meta.url))
const EXPIRES = '0937'
const CODE = '618'
const stopped = (ms: number): Cue => ({ after: 'agent-stopped', ms })

const calls = new Map<Way, WholeCall>()
const wavs = new Map<Way, Buffer>()
const lifetime = new AbortController()
let opened: Awaited<ReturnType<typeof openWhatIfParts>>
let logged: readonly string[] = []
let written: readonly { readonly name: string; readonly text: string }[] = []

beforeAll(async () => {
  const all = await openWholeCalls({
    env: {
      ...{ AGENT: 'tickets', PARTYLINE_AGENTS: AGENT_FILE },
      ...{ LOG_LEVEL: 'trace', LOG_PII: 'on' },
    },
  })
  const flite = openFlite()
  const says = [
    ...['I would like to buy a ticket please.', spoken(CARDS.said), spoken(EXPIRES), spoken(CODE)],
    ...['Yes please.', 'Goodbye.'],
  ]
  const script = await scriptOfTexts(says, 'rms', flite, seeded(5), new AbortController().signal)
  await flite.close()
  const [wants, card, expires, code, yes, bye] = script.utterances.map(one => ({ ...one, cue: stopped(900) }))
  if (!wants || !card || !expires || !code || !yes || !bye) throw new Error('too little was spoken')
  const keys = (press: string): Utterance => ({ kind: 'keys', press, cue: stopped(900) })
  const given: Readonly<Record<Way, readonly Utterance[]>> = {
    keyed: [keys(`${CARDS.keyed}#`), keys(EXPIRES), keys(`${CODE}#`)],
    said: [card, expires, code],
  }
  for (const [at, way] of WAYS.entries()) {
    const own: Script = { ...script, from: `+1555010003${at}`, utterances: [wants, ...given[way], yes, bye] }
    calls.set(way, await all.passing(all.ring(own, { seed: 70 + at })))
  }
  for (const way of WAYS) wavs.set(way, await readFile(join(call(way).folder, 'call-1.wav')))
  logged = all.logged
  const files = await readdir(all.dataDir, { recursive: true, withFileTypes: true })
  written = await Promise.all(
    files
      .filter(file => file.isFile() && !file.name.endsWith('.wav'))
      .map(async ({ parentPath, name }) => ({ name, text: await readFile(join(parentPath, name), 'latin1') })),
  )
  await all.close()
  const settings = readSettings({ AGENT: 'tickets', PARTYLINE_AGENTS: AGENT_FILE })
  opened = await openWhatIfParts(settings, systemClock, systemNetwork, lifetime.signal)
})
afterAll(async () => {
  lifetime.abort()
  await opened.close()
})

function call(way: Way): WholeCall {
  const rung = calls.get(way)
  if (!rung) throw new Error(`the call "${way}" was not rung`)
  return rung
}

test.each(WAYS)('a card is %s, and paid with', way => {
  const { lines, record } = call(way)
  expect(outcomeOf(lines, english).agentReplies.slice(2)).toEqual([
    `One ticket, on the card ending in ${[...CARDS[way].slice(-4)].map(digit => spoken(digit)).join(' ')}. Shall I book it?`,
    'It is booked, and paid with four nine to one.',
    expect.stringContaining('oodbye'),
  ])
  expect(outcomeOf(lines, english).callerTurns).toEqual([
    ...['I would like to buy a ticket please.', 'Yes please.', 'Goodbye.'],
  ])
  expect(record).toMatchObject({ warnings: [], endedBy: expect.any(String) })
  expect(lines).toContainEqual(
    expect.objectContaining({ noted: expect.objectContaining({ kind: 'withheld', what: 'card', end: 'right' }) }),
  )
})

test.each(WAYS)('a call whose card was %s replays as it went', way => {
  expect(replayExactly(call(way).lines, { languageOf })).toMatchObject({ differences: [], notes: [] })
})

test.each(WAYS)('a call whose card was %s can be run again, without the card', async way => {
  const wav = wavs.get(way)
  const { notes, turns } = await whatIf(
    { callId: way, lines: call(way).lines, recording: async () => wav },
    {},
    opened.parts,
    new AbortController().signal,
  )
  expect(notes).toEqual([])
  // The ears began anew after the card, which may take them some ms more or less.
  expect(turns.flatMap(({ changed }) => changed.filter(what => what !== 'latency'))).toEqual([])
  expect(turns.length).toBeGreaterThan(2)
})

test.each(WAYS)('while a card is %s the recording has the agent alone', way => {
  const { lines } = call(way)
  const { pcm } = decodeWav(wavs.get(way) ?? Buffer.alloc(0))
  const notes = lines.flatMap(line => ('noted' in line && line.noted.kind === 'withheld' ? [line.noted] : []))
  expect(notes).toHaveLength(1)
  const [fromMs, toMs] = [Number(notes[0]?.fromMs), Number(notes[0]?.toMs)]
  expect(toMs - fromMs).toBeGreaterThan(8_000)
  // A frame that began before it is recorded whole, and the recording's own time may be some ms off.
  const leg = (side: number) =>
    pcm.subarray(Math.ceil(fromMs + 100) * 16, Math.floor(toMs - 250) * 16).filter((_, at) => at % 2 === side)
  expect([leg(0).some(sample => sample !== 0), leg(1).some(sample => sample !== 0)]).toEqual([false, true])
})

test('no card is anywhere in what was written, in figures or in words', () => {
  const finds = canaryScan([], Object.values(CARDS))
  expect(finds(`x ${spoken(CARDS.said)} y`)).toHaveLength(1)
  const all = [...written, { name: 'the log', text: logged.join('\n') }]
  expect(all.filter(({ text }) => text.includes('Yes please')).length).toBeGreaterThan(3)
  for (const { name, text } of all) {
    expect([name, finds(text)]).toEqual([name, []])
    expect([name, text.toLowerCase().includes(spoken(EXPIRES)), text.includes('"digit"')]).toEqual([name, false, false])
  }
})
