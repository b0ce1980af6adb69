import { expect, onTestFinished, test } from 'vitest'
import { openFlite } from '../../../src/flite/flite.ts'
import { loadNamedFixture } from '../../../src/sandbox/caller/fixture.ts'
import { FIXTURE_SCRIPTS } from '../../../src/sandbox/caller/fixture-scripts.ts'
import { renderLine, renderScript } from '../../../src/sandbox/caller/record-fixtures.ts'

test.each([
  ['thinks-aloud', 1],
  ['talks-over', 3],
  ['backchannels', 1],
])('line %s %i is rendered to the same bytes as in the fixtures', async (name, index) => {
  const script = FIXTURE_SCRIPTS.find(script => script.name === name)
  const flite = openFlite()
  onTestFinished(() => flite.close())
  const rendered = script && (await renderLine(script, index, flite, new AbortController().signal))
  const committed = (await loadNamedFixture(name)).utterances[index]
  expect(committed?.kind === 'speech' && committed.pcm).toEqual(rendered?.pcm)
  expect(committed?.kind === 'speech' && committed.words).toEqual(rendered?.words)
})

test('a script is rendered without files: speech with word times, noises and mumbling without words', async () => {
  const flite = openFlite()
  onTestFinished(() => flite.close())
  const cue = { after: 'answered', ms: 0 } as const
  const { utterances, voice } = await renderScript(
    {
      ...{ name: 'any', about: '', from: '+1', voice: 'kal' },
      lines: [
        { say: 'Mm-hm.', sounds: 'Um hum.', aside: true, cue },
        { noise: 'door', cue },
        { mumble: 'Who knows?', cue },
        { press: '1', cue },
      ],
      hangUp: { ...cue, withStop: true },
      expect: {},
    },
    flite,
    new AbortController().signal,
  )
  expect(voice).toBe('kal')
  expect(utterances).toMatchObject([
    { say: 'Mm-hm.', words: [{ text: 'Mm-hm.' }], aside: true },
    { say: '', words: [] },
    { say: '', words: [], aside: false },
    { kind: 'keys', press: '1' },
  ])
})
