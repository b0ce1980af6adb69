import { beforeAll, expect, test } from 'vitest'
import { agentIn } from '../../src/agents/agents.ts'
import { GERMAN } from '../../src/agents/german-words.ts'
import type { Agent } from '../../src/conversation/agent.ts'
import { openDatabase } from '../../src/database/database.ts'
import { openFlite } from '../../src/flite/flite.ts'
import { outcomeOf } from '../../src/journal/outcome.ts'
import { languageOf } from '../../src/languages/languages.ts'
import { pinsIn } from '../../src/pins/pins.ts'
import { replayExactly } from '../../src/replay/exact.ts'
import type { Cue, Script, Utterance } from '../../src/sandbox/caller/fixture.ts'
import { scriptOfTexts } from '../../src/sandbox/caller/spoken-script.ts'
import { seeded } from '../../src/sandbox/chance.ts'
import { CHEAP } from '../pins/cheap-hashes.ts'
import { openWholeCalls, type WholeCall } from '../whole-call/whole-calls.ts'

const NUMBER = '+15550100031'
const PIN = '4271'

/** What callers say, in this order: the PIN by groups, a sign of listening over the greeting, and the wish for a person. */
const CALLS = {
  de: {
    agent: await agentIn({ LANGUAGE: 'de' }),
    says: ['zweiundvierzig einundsiebzig', 'Mhm, ja.', 'Ich möchte bitte mit einem Menschen sprechen.'],
  },
  es: {
    agent: await agentIn({ LANGUAGE: 'es' }),
    says: ['cuarenta y dos setenta y uno', 'Ajá, sí.', 'Quiero hablar con una persona, por favor.'],
  },
} as const satisfies Readonly<Record<string, { readonly agent: Agent; readonly says: readonly string[] }>>
type Code = keyof typeof CALLS
const CODES = Object.keys(CALLS) as Code[]

const calls = new Map<Code, WholeCall>()
const asked = new Map<Code, string[]>()

const plain = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').replaceAll('ß', 'ss')

/** The voice of the tests knows no umlauts: it says the words without, and the recogniser knows how they are written. */
function asWritten(utterance: Utterance, say: string): Utterance {
  if (utterance.kind !== 'speech') return utterance
  const written = say.split(' ')
  expect(utterance.words).toHaveLength(written.length)
  return { ...utterance, say, words: utterance.words.map((word, index) => ({ ...word, text: written[index] ?? '' })) }
}

beforeAll(async () => {
  const flite = openFlite()
  for (const code of CODES) {
    const bodies: string[] = []
    asked.set(code, bodies)
    const all = await openWholeCalls({
      env: { AGENT: 'task-manager', LANGUAGE: code, TRANSFER_NUMBER: '+15557654321' },
      onAsked: body => void bodies.push(body),
    })
    const database = await openDatabase(`sqlite:${all.dataDir}/partyline.sqlite`)
    await (await pinsIn(database, CHEAP)).set(NUMBER, PIN, all.clock.wallTime())
    await database.close()
    const { says } = CALLS[code]
    const spoken = await scriptOfTexts(says.map(plain), 'rms', flite, seeded(5), new AbortController().signal)
    const cues: readonly Cue[] = [
      { after: 'agent-stopped', ms: 400 },
      { after: 'agent-started', ms: 700 },
      { after: 'agent-stopped', ms: 800 },
    ]
    const utterances = spoken.utterances.map((utterance, index) => ({
      ...asWritten(utterance, says[index] ?? ''),
      cue: cues[index] ?? utterance.cue,
    }))
    const script: Script = { ...spoken, name: code, from: NUMBER, utterances }
    calls.set(code, await all.passing(all.ring(script, { seed: 700, dialOutcome: 'answered' })))
    await all.close()
  }
  await flite.close()
})

function call(code: Code): WholeCall {
  const rung = calls.get(code)
  if (!rung) throw new Error(`the call in "${code}" was not rung`)
  return rung
}

test.each(CODES)(
  'a call in "%s" is held in that language: PIN, greeting, listening, and the wish for a person',
  code => {
    const { record, lines } = call(code)
    const { agent, says } = CALLS[code]
    const { agentReplies, callerTurns, bargeIns } = outcomeOf(lines, languageOf(code))
    expect(agentReplies).toEqual([agent.phrases.greeting, agent.phrases.transfer])
    // The sign of listening over the greeting interrupted nothing, and is no turn.
    expect(bargeIns).toBe(0)
    expect(callerTurns).toEqual([says[2]])
    expect(record.warnings).toEqual([])
    expect(lines.some(line => 'noted' in line && line.noted.kind === 'withheld' && line.noted.end === 'right')).toBe(
      true,
    )
    expect(lines.find(line => 'started' in line)).toMatchObject({ started: { language: code } })
  },
)

test.each(CODES)('a call in "%s" replays as it went', code => {
  expect(replayExactly(call(code).lines, { languageOf })).toMatchObject({ differences: [], notes: [] })
})

test('the agent says nothing in English', () => {
  expect(GERMAN.phrases.transfer).toBe(CALLS.de.agent.phrases.transfer)
  expect(call('de').transcript).not.toMatch(/\b(?:the|you|please)\b/)
  expect(call('es').transcript).not.toMatch(/\b(?:the|you|please)\b/)
})
