import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { openDatabase } from '../../src/database/database.ts'
import { openFlite } from '../../src/flite/flite.ts'
import { outcomeOf } from '../../src/journal/outcome.ts'
import { english } from '../../src/languages/english.ts'
import { languageOf } from '../../src/languages/languages.ts'
import { callerFactsIn } from '../../src/memory/caller-facts.ts'
import { pinsIn } from '../../src/pins/pins.ts'
import { callerSecrets } from '../../src/records/caller-secrets.ts'
import { replayExactly } from '../../src/replay/exact.ts'
import type { Utterance } from '../../src/sandbox/caller/fixture.ts'
import { scriptOfTexts } from '../../src/sandbox/caller/spoken-script.ts'
import { seeded } from '../../src/sandbox/chance.ts'
import { CHEAP } from '../pins/cheap-hashes.ts'
import { openWholeCalls, type WholeCall, type WholeCalls } from './whole-calls.ts'

const ANNA = '+15550100201'
const BEN = '+15550100202'
const AGENT = `---
name: pizza
greeting: Hello, this is the pizzeria.
memory: { callers: true }
---
Be brief.`
const SECRET = 'r'.repeat(32)
const KEEP = 'Remember caller I never want onions'
const FORGET = 'Forget caller'
const ASKS = 'Thank you very much'
const YES = 'Yes please'

let all: WholeCalls
let folder: string
/** What the model was asked since it was last taken. */
let asked: string[] = []
const utterances = new Map<string, Utterance>()
let nextSeed = 100
let script: Awaited<ReturnType<typeof scriptOfTexts>>

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'partyline-'))
  const flite = openFlite()
  const texts = [KEEP, FORGET, ASKS, YES]
  script = await scriptOfTexts(texts, 'rms', flite, seeded(5), new AbortController().signal)
  await flite.close()
  for (const [index, text] of texts.entries()) utterances.set(text, script.utterances[index] as Utterance)
})

afterAll(() => rm(folder, { recursive: true }))

/** One server at a time: libraries' timers run on its clock. */
async function openServer(agent: string): Promise<void> {
  const file = join(folder, 'pizza.md')
  await writeFile(file, agent)
  all = await openWholeCalls({
    env: { PARTYLINE_AGENTS: file, AGENT: 'pizza', RECORDS_SECRET: SECRET },
    onAsked: body => void (body.includes('"messages"') && asked.push(body)),
  })
}

/** A call in which these are said, and what the model was asked in it. */
async function calls(from: string, texts: readonly (string | Utterance)[], seed = nextSeed++) {
  asked = []
  const says = texts.map(text => (typeof text === 'string' ? (utterances.get(text) as Utterance) : text))
  const call = await all.passing(all.ring({ ...script, name: 'memory', from, utterances: says }, { seed }))
  expect(replayExactly(call.lines, { languageOf })).toMatchObject({ differences: [], notes: [] })
  return { call, told: asked.join('\n'), notes: notesIn(call), said: outcomeOf(call.lines, english).agentReplies }
}
const notesIn = ({ lines }: WholeCall) =>
  lines.flatMap(line => ('noted' in line && line.noted.kind.startsWith('memory-') ? [line.noted] : []))
async function traces(word: string): Promise<readonly string[]> {
  const files = (await readdir(all.dataDir, { recursive: true, withFileTypes: true })).filter(one => one.isFile())
  const paths = files.map(one => join(one.parentPath, one.name))
  const found = await Promise.all(paths.map(async path => (await readFile(path)).includes(word)))
  return paths.filter((_, index) => found[index])
}

test('a caller is remembered with their consent, told to themselves alone, and forgotten', async () => {
  await openServer(AGENT)
  onTestFinished(() => all.close())
  // Asked once, and kept after the yes.
  const first = await calls(ANNA, [KEEP, YES])
  expect(first.said.join(' ')).toMatch(/May I remember for your next calls/)
  expect(first.notes).toEqual([{ kind: 'memory-asked' }, { kind: 'memory-kept', about: 'other' }])
  expect(first.told).not.toContain('<caller>')

  const second = await calls(ANNA, [ASKS])
  expect(second.told).toMatch(/They said: I never want onions \(the caller said on \d+ \w+ \d{4}\)/)
  expect(second.notes).toMatchObject([{ kind: 'memory-told', facts: [{ about: 'other' }] }])
  // The note has none of it: the journal stays, where the caller wants it forgotten.
  expect(JSON.stringify(second.call.lines)).not.toContain('onions')

  // Nobody else is told.
  const other = await calls(BEN, [ASKS])
  expect(other.told).not.toContain('onions')
  expect(other.notes).toEqual([])
  const hidden = await calls('anonymous', [ASKS])
  expect(hidden.told).not.toMatch(/<caller>|remember_caller/)
  expect(hidden.notes).toEqual([])

  // No second question.
  const again = await calls(ANNA, [KEEP])
  expect(again.said.join(' ')).not.toMatch(/May I remember/)
  expect(again.notes.map(({ kind }) => kind)).toEqual(['memory-told', 'memory-kept'])

  // Who has a PIN is told after it alone.
  const database = await openDatabase(`sqlite:${all.dataDir}/partyline.sqlite`)
  const pins = await pinsIn(database, CHEAP)
  await pins.set(ANNA, '4271', all.clock.wallTime())
  const key = (press: string): Utterance => ({ kind: 'keys', press, cue: { after: 'agent-started', ms: 300 } })
  const wrong = await calls(ANNA, [key('9058#'), key('6306#'), key('8391#')])
  expect([wrong.told, wrong.notes]).toEqual(['', []])
  await pins.unlock(ANNA)
  const right = await calls(ANNA, [key('4271#'), ASKS])
  expect(right.told).toContain('onions')
  await pins.remove(ANNA)
  await database.close()

  // Forgotten by voice: not told any more, and not asked about again.
  const forgets = await calls(ANNA, [FORGET, YES, ASKS])
  expect(forgets.said.join(' ')).toContain('Shall I forget all that I have remembered of you?')
  expect(forgets.notes).toContainEqual({ kind: 'memory-forgotten', facts: 1 })
  const after = await calls(ANNA, [KEEP])
  expect(after.told).not.toContain('<caller>')
  expect(after.said.join(' ')).not.toMatch(/May I remember/)
  expect(after.notes).toEqual([])

  // Erased by staff: no byte of it is left.
  await calls(BEN, [KEEP, YES])
  expect(await traces('onions')).not.toEqual([])
  for (const number of [ANNA, BEN])
    await all.passing(all.partyline.records.forgetCaller(number, new AbortController().signal))
  expect(await traces('onions')).toEqual([])
  const anew = await calls(BEN, [ASKS])
  expect(anew.told).not.toContain('onions')
})

test('an answer that needs none of it comes at the very same time with it and without it', async () => {
  const heardMs = async (agent: string, isKnown: boolean) => {
    await openServer(agent)
    try {
      const database = await openDatabase(`sqlite:${all.dataDir}/partyline.sqlite`)
      const facts = await callerFactsIn(database, callerSecrets(SECRET).hashOf)
      const said = { callId: 'CA0', at: all.clock.wallTime() }
      if (isKnown) await facts.remember(ANNA, { about: 'other', text: 'I never want onions' }, said)
      await database.close()
      const { call, told } = await calls(ANNA, [ASKS], 900)
      expect(told.includes('I never want onions')).toBe(isKnown)
      return call.lines.flatMap(line => ('input' in line && line.input.kind === 'reply-sounding' ? [line.atMs] : []))
    } finally {
      await all.close()
    }
  }
  const without = AGENT.replace('memory: { callers: true }', 'memory: { summary: false }')
  expect(await heardMs(AGENT, true)).toEqual(await heardMs(without, false))
})
