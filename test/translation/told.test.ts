import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readJournal } from '../../src/journal/outcome.ts'
import { Story } from '../../src/journal/story.ts'
import { languageOf } from '../../src/languages/languages.ts'
import { saidWords } from '../../src/operations/said-words.ts'
import { replayExactly } from '../../src/replay/exact.ts'
import { fixtureFromCall } from '../../src/replay/fixture-from-call.ts'
import { transcriptOf } from '../../src/staff/calls/transcript.ts'
import { linesIn } from '../../src/web/staff/timeline/lines.ts'
import { timelineOf } from '../../src/web/staff/timeline/timeline.ts'

/** What the guest of the recipe has said, and what they have heard. */
const SAID = ['ich möchte ein Doppelzimmer', 'das ist zu teuer']
const HEARD = 'Das Zimmer kostet neunzig Euro pro Nacht, und das Frühstück ist inbegriffen.'
const german = languageOf('de')
const lines = await readJournal(join(import.meta.dirname, '../../examples/translation/test/call/guest/journal.jsonl'))

test('what was passed on stands in every account of the call', () => {
  const story = new Story(german)
  const told = lines.flatMap(line => story.take(line))
  expect(told.flatMap(one => (one.kind === 'caller' ? [one.text] : []))).toEqual(SAID)
  const { entries } = transcriptOf('CA1', lines, german)
  expect(entries.flatMap(({ who, text }) => (who === 'caller' ? [text] : []))).toEqual(SAID)
  expect(entries.map(({ text }) => text)).toContain(HEARD)
  const timeline = timelineOf(linesIn(lines))
  const words = timeline.transcript.said.map(one => [one.speaker, one.words.map(({ text }) => text).join(' ')])
  expect(words.filter(([speaker]) => speaker === 'caller').map(([, text]) => text)).toEqual(SAID)
  expect(words.filter(([speaker]) => speaker === 'agent').map(([, text]) => text)).toContain(HEARD)
  const facts = timeline.lanes.trouble.spans.flatMap(span => span.facts.map(fact => fact.join(' ')))
  expect(facts).toContain('The other person said The room costs ninety euros per night, and breakfast is included.')
})

test("the other person's words are in no log", () => {
  const said = saidWords()
  for (const line of lines) said.take(line)
  expect(said.without('cannot translate breakfast')).toBe('cannot translate …')
})

test('a fixture has other names in them, and no sound, in which the other person is heard', async () => {
  const named = lines.map(line =>
    JSON.parse(JSON.stringify(line).replaceAll('The room costs', 'My name is Zarah and it costs')),
  )
  let asked = 0
  const call = { callId: 'CA1', lines: named, recording: async () => void asked++ }
  const openVoiceActivity = () => Promise.reject(new Error('nothing is heard'))
  const fixture = await fixtureFromCall(call, { name: 'guest' }, { openVoiceActivity }, new AbortController().signal)
  expect([asked, fixture.recordings.size]).toEqual([0, 0])
  expect(JSON.stringify(fixture.lines)).toContain('and it costs')
  expect(JSON.stringify(fixture.lines)).not.toContain('Zarah')
  expect(replayExactly(fixture.lines, { languageOf })).toMatchObject({ differences: [], notes: [] })
})
