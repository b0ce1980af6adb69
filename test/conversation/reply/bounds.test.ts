import { expect, test } from 'vitest'
import { sayAloud } from '../../../src/conversation/reply/say-aloud.ts'
import { onTheLine, type TestCall } from '../../fakes/call.ts'
import { FakeChannel } from '../../fakes/channel.ts'
import { FakeClock } from '../../fakes/clock.ts'
import { toolCall } from '../../fakes/model.ts'
import { FakeVoice } from '../../fakes/text-to-speech.ts'

async function ask(call: TestCall): Promise<void> {
  await call.greeted()
  await call.callerSays('tell me everything')
  await call.until('replying')
}
const lettersSaid = (call: TestCall): number =>
  call.voice.pieces.slice(1).reduce((sum, { text }) => sum + text.length, 0)
const cuts = (call: TestCall) => call.notes().filter(({ kind }) => kind === 'reply-cut')
const sentences = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, i) => `This is sentence ${letters(i)} of many. `)
/** A word of its own for each number. The voice is given words, not digits. */
const letters = (i: number): string =>
  i.toString(26).replace(/[0-9a-p]/g, sign => String.fromCharCode(97 + Number.parseInt(sign, 26)))

test('a reply of more letters than are listened to ends with its last whole sentence, and the model is stopped', () =>
  onTheLine({}, async call => {
    call.model.scripts.push([...sentences(500), 'stall'])
    await ask(call)
    await call.pass(400_000)
    const said = call.heard()[1] ?? ''
    expect(lettersSaid(call)).toBeLessThanOrEqual(3_000)
    expect(said).toMatch(/^This is sentence a of many\. .* of many\.$/)
    expect(said).toBe(sentences(500).join('').slice(0, said.length))
    expect(call.model.thinking).toBe(0)
    expect(cuts(call)).toEqual([
      { kind: 'reply-cut', reply: expect.any(Number), part: 0, why: 'more than 3000 letters' },
    ])
    expect(call.events().filter(({ kind }) => kind === 'reply-failed')).toEqual([])
  }))

test.each([
  ['sentences', 'All is well. '.repeat(80_000)],
  ['words without an end', 'well '.repeat(200_000)],
  ['one word', 'a'.repeat(1_000_000)],
  ['signs alone', '! '.repeat(500_000)],
  ['characters of two units', '😀'.repeat(500_000)],
])('a megabyte of %s in one delta is cut to what is listened to', (_, text) =>
  onTheLine({}, async call => {
    call.model.scripts.push([text])
    await ask(call)
    await call.pass(100)
    expect(lettersSaid(call)).toBeLessThanOrEqual(3_000)
    const deltas = call.journal.lines.flatMap(line =>
      'input' in line && line.input.kind === 'delta' ? [line.input] : [],
    )
    expect(deltas.reduce((sum, delta) => sum + delta.text.length, 0)).toBeLessThanOrEqual(3_000)
    expect(deltas.every(delta => delta.text.isWellFormed())).toBe(true)
    await call.hangsUp()
  }),
)

test('no clause of many short ones is lost', () =>
  onTheLine({}, async call => {
    const text = Array.from({ length: 1_100 }, (_, i) => `${String.fromCharCode(97 + (i % 20))}.`).join('\n')
    call.model.scripts.push([text])
    await ask(call)
    await call.pass(1_000)
    const said = call.voice.pieces.slice(1).map(piece => piece.text)
    expect(text.replaceAll('\n', ' ').startsWith(said.join(' ').replace(/\s+/g, ' ').trim())).toBe(true)
    await call.hangsUp()
  }))

test('a reply of numbers ends by how long its words sound', () =>
  onTheLine({}, async call => {
    call.model.scripts.push(Array.from({ length: 60 }, () => '1,234,567.89 and 9,876,543.21 and 5,555,555. '))
    await ask(call)
    await call.pass(600_000)
    expect(cuts(call)).toMatchObject([{ why: 'more than 180 s of speech' }])
    expect(lettersSaid(call)).toBeLessThan(3_000)
    expect(call.heard()[1]).toMatch(/fifty-five thousand five hundred fifty-five\.$/)
  }))

test('of many tools called at once eight are run; the others have a result in the history, and the answer comes', () =>
  onTheLine({}, async call => {
    call.tools.add('list', false, async () => 'eggs')
    const calls = Array.from({ length: 1_000 }, (_, i) => ({ tool: toolCall('list', `call-${i}`) }))
    call.model.scripts.push(calls, ['You need eggs.'])
    await ask(call)
    await call.until('listening')
    expect(call.tools.runs).toHaveLength(8)
    const told = call.told().filter(line => line.startsWith('tool'))
    expect(told.slice(0, 8)).toEqual(new Array(8).fill('tool list: eggs'))
    expect(new Set(told.slice(8))).toEqual(new Set(['tool list: Not done: too many calls at once.']))
    const tools = call.model.asked[1]?.history.filter(message => message.role === 'tool') ?? []
    expect(tools).toHaveLength(32)
    expect(tools.every(({ result }) => result !== undefined)).toBe(true)
    expect(call.heard().at(-1)).toBe('You need eggs.')
  }))

test('a voice that goes on without text is stopped, and the caller hears an apology', () =>
  onTheLine({}, async call => {
    await call.greeted()
    call.voice.runsOnMs = 3_600_000
    await call.callerSays('tell me everything')
    await call.until('replying')
    await call.pass(1_000)
    expect(call.voice.speaking).toBe(0)
    call.voice.runsOnMs = 0
    await call.pass(20_000)
    expect(call.events()).toContainEqual(expect.objectContaining({ kind: 'reply-failed', why: 'the voice runs away' }))
    expect(call.heard()).toContain('Sorry, that went wrong.')
  }))

test('a question for a secret is bounded too', async () => {
  const clock = new FakeClock()
  const channel = new FakeChannel(clock)
  const voice = new FakeVoice(clock)
  voice.runsOnMs = 3_600_000
  const said = sayAloud(channel, voice, 'Your PIN?', new AbortController().signal).catch(error => error)
  await clock.advance(60_000)
  expect(await said).toEqual(new Error('the voice runs away'))
  expect(clock.pending).toBe(0)
})
