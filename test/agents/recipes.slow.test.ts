import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import { readSettings } from '../../src/config.ts'
import { openDatabase } from '../../src/database/database.ts'
import { openFlite } from '../../src/flite/flite.ts'
import { outcomeOf, readJournal } from '../../src/journal/outcome.ts'
import { ingestFolder } from '../../src/knowledge/ingest.ts'
import { knowledgeIn } from '../../src/knowledge/store/store.ts'
import { languageOf } from '../../src/languages/languages.ts'
import { systemNetwork } from '../../src/network.ts'
import { replayExactly } from '../../src/replay/exact.ts'
import { fixtureFromCall } from '../../src/replay/fixture-from-call.ts'
import type { RecordedCall } from '../../src/replay/report.ts'
import { whatIf } from '../../src/replay/what-if.ts'
import { scriptOfTexts } from '../../src/sandbox/caller/spoken-script.ts'
import { seeded } from '../../src/sandbox/chance.ts'
import { openWhatIfParts } from '../../src/what-if/parts.ts'
import { openWholeCalls } from '../whole-call/whole-calls.ts'

/** The recipes, each with a call that it must be able to hold. The sandbox's mind knows them by their tools alone. */
const RECIPES: readonly {
  readonly folder: string
  readonly agent: string
  readonly documents?: { readonly folder: string; readonly source: string }
  readonly says: readonly string[]
  /** The tools that are called, in their order, and those to whom the call is given. */
  readonly tools: readonly string[]
  readonly handedTo?: readonly string[]
  /** The caller hears each of them, in this order. */
  readonly hears: readonly RegExp[]
  /** Guards answer some turns, of which a what-if runs none. */
  readonly guarded?: true
}[] = [
  {
    folder: 'telehealth',
    agent: 'telehealth',
    says: ['Consent is agreed, yes.', 'Should I take ibuprofen?', 'My chest hurts and I can hardly breathe.'],
    tools: ['consent'],
    hears: [
      /May I note your symptoms/,
      /^Thank you\. What is the matter/,
      /not allowed to give any medical advice/,
      /put you through/,
    ],
    guarded: true,
  },
  {
    folder: 'call-centre',
    agent: 'greeter',
    says: ['The line and the speed of my router are bad.', 'Check line for customer 1001.', 'Thank you, goodbye.'],
    tools: ['hand_off_to_support', 'check_line'],
    handedTo: ['support'],
    hears: [/Northwind Internet/, /^This is the support/, /Ann Baker/],
  },
  {
    folder: 'pizza',
    agent: 'pizza',
    says: ['I would like to order a pizza.', 'A small one.', 'With olives.', 'Two, please.', 'I will pick them up.'],
    tools: Array.from({ length: 5 }, () => 'pizza_order'),
    hears: [/Pizza Roma/, /What size/, /Which toppings/, /How many/, /delivery or/, /On which name/],
  },
  {
    folder: 'fitness-coach',
    agent: 'coach',
    says: [
      'What is my plan for today?',
      'I did thirty minutes of running.',
      'Ask specialist agent about my knee.',
      'Goodbye.',
    ],
    tools: ['todays_plan', 'log_workout', 'ask_specialist_agent'],
    hears: [/Your coach here/, /^Today it is three times ten squats/, /minutes of running are written down/, /knee/],
  },
  {
    folder: 'knowledge-line',
    agent: 'museum',
    documents: { folder: 'documents', source: 'museum' },
    says: ['May I bring my dog?', 'Are you open on Mondays?', 'Thank you, goodbye.'],
    tools: ['search_knowledge', 'search_knowledge'],
    hears: [/Harbour Museum/, /^Dogs wait outside/, /Tuesday to Sunday/],
  },
]
const EXAMPLES = fileURLToPath(new URL('../../examples', import.meta.url))
const { signal } = new AbortController()
const flite = openFlite()
const lifetime = new AbortController()
let data: string
let opened: Awaited<ReturnType<typeof openWhatIfParts>>

beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'partyline-recipes-'))
  // Where recipes keep their files, which is known when they are loaded.
  vi.stubEnv('COACH_DATA', join(data, 'coach'))
  vi.stubEnv('INTAKES_DIR', join(data, 'intakes'))
  opened = await openWhatIfParts(
    readSettings({ AGENT: 'pizza', PARTYLINE_AGENTS: RECIPES.map(({ folder }) => join(EXAMPLES, folder)).join(',') }),
    systemClock,
    systemNetwork,
    lifetime.signal,
  )
})
afterAll(async () => {
  lifetime.abort()
  vi.unstubAllEnvs()
  await opened.close()
  await flite.close()
  await rm(data, { recursive: true })
})

describe.each(RECIPES)(
  'the recipe $folder',
  ({ folder, agent, documents, says, tools, handedTo = [], hears, guarded }) => {
    let call: RecordedCall
    const recipe = join(EXAMPLES, folder)

    beforeAll(async () => {
      const all = await openWholeCalls({
        env: { AGENT: agent, PARTYLINE_AGENTS: recipe, TRANSFER_NUMBER: '+15550100099' },
      })
      if (documents) {
        const database = await openDatabase(`sqlite:${all.dataDir}/partyline.sqlite`)
        const store = await knowledgeIn(database)
        const parts = { store, clock: systemClock, replaces: false }
        await ingestFolder(join(recipe, documents.folder), documents.source, parts, signal)
        await database.close()
      }
      const script = await scriptOfTexts(says, 'rms', flite, seeded(1), signal)
      const { lines, folder: kept, record } = await all.passing(all.ring(script, { seed: 1 }))
      expect(record.warnings).toEqual([])
      const wav = await readFile(join(kept, 'call-1.wav'))
      await all.close()
      call = { callId: record.callSid, lines, recording: async attempt => (attempt === 1 ? wav : undefined) }
    })

    test('is rung by sound, calls its tools, and says what it must', () => {
      const events = call.lines.flatMap(line => ('input' in line ? [line.input] : []))
      const { agentReplies } = outcomeOf(call.lines, languageOf('en'))
      expect(events.flatMap(event => (event.kind === 'tool-called' ? [event.call.name] : []))).toEqual(tools)
      expect(events.flatMap(event => (event.kind === 'hand-off' ? [event.agent] : []))).toEqual(handedTo)
      const places = hears.map(words => agentReplies.findIndex(reply => words.test(reply)))
      expect(places).not.toContain(-1)
      expect(places).toEqual(places.toSorted((one, other) => one - other))
    })

    test('its call replays exactly, and so does the fixture that is made of it', async () => {
      expect(replayExactly(call.lines, { languageOf })).toMatchObject({ differences: [], notes: [] })
      const fixture = await fixtureFromCall(call, { name: folder }, opened.parts, signal)
      expect(replayExactly(fixture.lines, { languageOf })).toMatchObject({ differences: [], notes: [] })
      if (guarded) return
      // What a tool has said is said again, and no model is asked for it.
      const recording = async (attempt: number) => fixture.recordings.get(`call-${attempt}.wav`)
      const { turns } = await whatIf({ ...call, lines: fixture.lines, recording }, {}, opened.parts, signal)
      expect(turns.map(({ after }) => after?.from)).toEqual(turns.map(() => 'recorded'))
    })

    test('the call that lies beside it replays exactly', async () => {
      const lines = await readJournal(join(recipe, 'test/call/journal.jsonl'))
      expect(replayExactly(lines, { languageOf })).toMatchObject({ differences: [], notes: [] })
    })
  },
)
