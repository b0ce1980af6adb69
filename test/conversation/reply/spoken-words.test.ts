import { expect, test } from 'vitest'
import { onTheLine, type TestCall } from '../../fakes/call.ts'
import { toolCall } from '../../fakes/model.ts'

async function ask(call: TestCall): Promise<void> {
  await call.greeted()
  await call.callerSays('what is next')
  await call.until('replying')
}
const given = (call: TestCall): string =>
  call.voice.pieces
    .slice(1)
    .map(({ text }) => text)
    .join('')

test('the caller hears words: no markup, no reasoning, no figures; the history has what was heard', () =>
  onTheLine({}, async call => {
    call.model.scripts.push([
      '<thi',
      'nk>He asks.\n</th',
      'ink>\n\n**You',
      ' owe $1,2',
      '50.50** ',
      'to [Dr.',
      ' Smith](http',
      '://example.com). 🎉',
    ])
    await ask(call)
    await call.until('listening')
    const words = 'You owe one thousand two hundred fifty dollars and fifty cents to Doctor Smith.'
    expect(call.heard().at(-1)).toBe(words)
    expect(call.told().at(-1)).toBe(`agent: ${words}`)
  }))

test('the first clause is spoken early, while the rest is still written', () =>
  onTheLine({}, async call => {
    call.model.scripts.push(['... Well, that would be 5 km, ', { afterMs: 3_000 }, 'all in all.'])
    await ask(call)
    await call.pass(500)
    expect(given(call)).toBe('... Well, that would be five kilometers, ')
    await call.until('listening')
  }))

test.each([['…'], ['👍'], ['<think>Nothing to add.</think>'], ['[silence]'], ['"', ' — ', '..."']])(
  'an answer with nothing to say is no failure: %j',
  (...parts) =>
    onTheLine({}, async call => {
      call.model.scripts.push(parts)
      await call.greeted()
      await call.callerSays('what is next')
      await call.pass(2_000)
      expect(call.turn().kind).toBe('listening')
      expect(call.model.asked).toHaveLength(1)
      expect(call.heard()).toEqual(['Hello, this is Paula.'])
      expect(call.voice.pieces).toHaveLength(1)
      expect(call.events().map(({ kind }) => kind)).not.toContain('reply-failed')
      await call.callerSays('what is next')
      await call.until('replying')
      await call.until('listening')
      expect(call.heard().at(-1)).toBe('Okay.')
    }),
)

test('nothing after a tool is no failure where the model has spoken before it', () =>
  onTheLine({}, async call => {
    call.tools.add('list', false, async () => 'eggs')
    call.model.scripts.push(['All done. ', { tool: toolCall('list') }], [])
    await ask(call)
    await call.until('listening')
    expect(call.heard().at(-1)).toBe('All done.')
    expect(call.events().map(({ kind }) => kind)).not.toContain('reply-failed')
  }))

test('nothing at all after a tool is a failure', () =>
  onTheLine({}, async call => {
    call.tools.add('list', false, async () => 'eggs')
    call.model.scripts.push([{ tool: toolCall('list') }], [])
    await ask(call)
    await call.until('listening')
    expect(call.heard().at(-1)).toBe('Sorry, that went wrong.')
  }))

test('a question is spoken as words and whole, and the yes to it counts', () =>
  onTheLine({}, async call => {
    const question = 'Pay $1,250.50 to Dr. Smith, 12 Main St., at 5:30 p.m. or anna.b@example.com?'
    call.tools.add('pay', true, async (_, __, { agreed }) => (agreed ? 'Paid.' : { kind: 'ask', question }))
    call.model.scripts.push([{ tool: toolCall('pay') }], ['It is paid.'])
    await ask(call)
    await call.until('listening')
    const words =
      'Pay one thousand two hundred fifty dollars and fifty cents to Doctor Smith, twelve Main Street, at five thirty p m or anna dot b at example dot com?'
    expect(call.heard().at(-1)).toBe(words)
    expect(call.voice.pieces.at(-1)?.text).toBe(words)
    await call.callerSays('yes please')
    await call.until('replying')
    await call.until('listening')
    expect(call.tools.runs.map(({ context }) => context.agreed)).toEqual([false, true])
  }))
