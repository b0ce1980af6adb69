import { beforeAll, expect, test } from 'vitest'
import { openFlite } from '../../../src/flite/flite.ts'
import { outcomeOf } from '../../../src/journal/outcome.ts'
import { english } from '../../../src/languages/english.ts'
import { loadNamedFixture, type Script } from '../../../src/sandbox/caller/fixture.ts'
import { AGENT_VOICE } from '../../../src/sandbox/cartesia/stand-in.ts'
import type { ModelMessage } from '../../../src/sandbox/openai/scripted-model.ts'
import { scripted } from '../../../src/sandbox/openai-realtime/stand-in.ts'
import { mismatches } from '../../../src/sandbox/ringing/expectations.ts'
import { openWholeCalls, type WholeCall } from '../whole-calls.ts'

/** Each list is what the model was given for one response. */
let call: WholeCall & { readonly script: Script; readonly given: readonly (readonly ModelMessage[])[] }

beforeAll(async () => {
  const script = await loadNamedFixture('talks-over')
  const given: (readonly ModelMessage[])[] = []
  const all = await openWholeCalls({
    env: { LLM: 'openai-realtime' },
    realtime: {
      answer(messages, tools) {
        given.push(messages)
        return scripted(messages, tools)
      },
    },
  })
  const rung = await all.passing(all.ring(script, { seed: 1 }))
  await all.close()
  expect(all.network.connections() + all.clock.sleepers).toBe(0)
  call = { ...rung, script, given }
})

test('a call that is held by one session goes as its fixture expects, with a barge-in and a tool', () => {
  const { script, record, lines } = call
  expect(mismatches(script.expect, record, outcomeOf(lines, english))).toEqual([])
  expect(record.warnings).toEqual([])
})

/** What was heard of the reply that the caller cut. */
function heardOfCut() {
  const cut = call.lines.flatMap(line =>
    'input' in line && line.input.kind === 'heard' && line.input.cut ? [line.input] : [],
  )
  expect(cut).toHaveLength(1)
  if (!cut[0]) throw new Error('nothing was cut')
  return cut[0]
}

test('at a barge-in the history has what the carrier had played, to a word', async () => {
  const { record, lines } = call
  const { text, reply } = heardOfCut()
  const written = lines
    .flatMap(line =>
      'input' in line && line.input.kind === 'delta' && line.input.reply === reply ? [line.input.text] : [],
    )
    .join('')
  const said = written.replace(/\s+/g, ' ')
  expect(said.startsWith(text)).toBe(true)
  const flite = openFlite()
  const truth = await flite.synthesize(
    call.given.length > 0 ? said.trim() : '',
    AGENT_VOICE,
    new AbortController().signal,
  )
  await flite.close()
  const askedMs = record.utterances[0]?.lastVoicedMs ?? 0
  const clearedMs = record.clears[0]?.atMs ?? 0
  const played = record.agentSpans.filter(({ startMs }) => startMs > askedMs && startMs < clearedMs)
  const playedMs = (played.at(-1)?.endMs ?? 0) - (played[0]?.startMs ?? 0)
  // The silence before its first sound is not played.
  const beginsMs = truth.words[0]?.startMs ?? 0
  const spoken = truth.words.filter(({ endMs }) => endMs - beginsMs <= playedMs).length
  const kept = text.split(' ').length
  expect(kept).toBeGreaterThan(1)
  expect(Math.abs(kept - spoken)).toBeLessThanOrEqual(1)
})

test('the model is told of its own answers what was heard, and nothing else', () => {
  const { text } = heardOfCut()
  const last = call.given.at(-1) ?? []
  const agent = last.filter(({ role }) => role === 'assistant').map(({ content }) => content)
  const cut = agent.find(content => content.startsWith(text))
  expect(cut).toMatch(/interrupted by the caller/)
  expect(cut?.slice(text.length)).toMatch(/^ … \[/)
})

test('answers are paid as sound, and phrases as the other voice’s letters; the caller is heard as sound', () => {
  const used = call.lines.flatMap(line => ('used' in line ? [line.used] : []))
  const audio = used.flatMap(one => (one.kind === 'tokens' && one.audio ? [one.audio] : []))
  expect(audio.some(({ output }) => output > 0)).toBe(true)
  expect(audio.some(({ input }) => input > 0)).toBe(true)
  const answers = new Set(
    call.lines.flatMap(line => ('input' in line && line.input.kind === 'model-answered' ? [line.input.reply] : [])),
  )
  const letters = used.filter(one => one.kind === 'tts-characters' && answers.has(one.reply ?? -1))
  expect(letters).toEqual([])
})
