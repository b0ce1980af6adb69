import { expect, onTestFinished, test } from 'vitest'
import { loadNamedFixture } from '../../src/sandbox/fixture.ts'
import { FIXTURE_SCRIPTS } from '../../src/sandbox/fixture-scripts.ts'
import { openFlite } from '../../src/sandbox/flite.ts'
import { renderLine } from '../../src/sandbox/record-fixtures.ts'

test.each([
  ['thinks-aloud', 1],
  ['talks-over', 3],
])('line %s %i is rendered byte for byte as it lies among the fixtures', async (name, index) => {
  const script = FIXTURE_SCRIPTS.find(script => script.name === name)
  const flite = openFlite()
  onTestFinished(() => flite.close())
  const rendered = script && (await renderLine(script, index, flite, new AbortController().signal))
  const committed = (await loadNamedFixture(name)).utterances[index]
  expect(committed?.kind === 'speech' && committed.pcm).toEqual(rendered?.pcm)
  expect(committed?.kind === 'speech' && committed.words).toEqual(rendered?.words)
})
