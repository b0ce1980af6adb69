import { describe, expect, test } from 'vitest'
import { openDatabase } from '../../../src/database/database.ts'
import { outcomeOf } from '../../../src/journal/outcome.ts'
import { english } from '../../../src/languages/english.ts'
import { openAnthropicStandIn } from '../../../src/sandbox/anthropic/stand-in.ts'
import { loadNamedFixture } from '../../../src/sandbox/caller/fixture.ts'
import { type Kind, openCompatibleStandIn } from '../../../src/sandbox/compatible/stand-in.ts'
import { mismatches, taskMismatches } from '../../../src/sandbox/ringing/expectations.ts'
import type { StandIn, StandInOptions } from '../../../src/sandbox/stand-in.ts'
import { taskLines } from '../../../src/tasks/store/task-lines.ts'
import { openWholeCalls, type WholeCallsOptions } from '../whole-calls.ts'

/** Talk with a barge-in, a tool that is called again after a correction, and all tools of the Task Manager. */
const FIXTURES = ['talks-over', 'corrects', 'tasks'] as const
const ZONE = 'Europe/Berlin'

const compatible = (kind: Kind) => ({
  env: { LLM: 'compatible', COMPATIBLE_MODEL: 'llama3.2', COMPATIBLE_BASE_URL: 'http://compatible/v1' },
  more: [['compatible', (options: StandInOptions) => openCompatibleStandIn(options, { kind })] as const],
})

const MINDS = {
  responses: { env: { LLM: 'responses', OPENAI_MODEL: 'gpt-6-luna' }, more: [] },
  anthropic: { env: { LLM: 'anthropic', ANTHROPIC_API_KEY: 'key' }, more: ['anthropic'] },
  // It thinks whatever it is told, and what it thought goes back to it.
  'anthropic that thinks': {
    env: { LLM: 'anthropic', ANTHROPIC_API_KEY: 'key', ANTHROPIC_MODEL: 'claude-opus-5-5' },
    more: ['anthropic'],
  },
  gemini: { env: { LLM: 'gemini' }, more: [] },
  'gemini 2.5': { env: { LLM: 'gemini', GEMINI_LLM_MODEL: 'gemini-2.5-flash' }, more: [] },
  groq: { env: { LLM: 'groq', GROQ_API_KEY: 'key' }, more: ['groq'] },
  ollama: compatible('ollama'),
  'vllm without a parser of calls': compatible('vllm'),
  'gemma without tools': compatible('gemma'),
} as const

/** Rings a fixture, and expects of the call what the fixture does. */
async function expectCall(name: string, { env, more, onAsked }: Pick<WholeCallsOptions, 'env' | 'more' | 'onAsked'>) {
  const script = await loadNamedFixture(name)
  const all = await openWholeCalls({
    env: { ...env, AGENT: script.agent ?? 'receptionist', TIME_ZONE: ZONE },
    ...{ ...(more && { more }), ...(onAsked && { onAsked }) },
  })
  const { record, lines } = await all.passing(all.ring(script, { seed: 1 }))
  const database = await openDatabase(`sqlite:${all.dataDir}/partyline.sqlite`)
  const tasks = await taskLines(database, script.from, { now: all.clock.wallTime(), zone: ZONE })
  await database.close()
  await all.close()
  expect(mismatches(script.expect, record, outcomeOf(lines, english))).toEqual([])
  expect(taskMismatches(script.expect, tasks)).toEqual([])
  expect(record.warnings).toEqual([])
  expect(
    lines.flatMap(line => ('input' in line && line.input.kind === 'reply-failed' ? [line.input.why] : [])),
  ).toEqual([])
  expect(all.network.connections() + all.clock.sleepers).toBe(0)
  return { lines, warned: all.logged.filter(line => /"level":(?:40|50|60)/.test(line)) }
}

describe.each(Object.entries(MINDS))('%s', (_name, mind) => {
  test.each(FIXTURES)('the call "%s" goes as its fixture expects', async name => {
    expect((await expectCall(name, mind)).warned).toEqual([])
  })
})

test.each(['gemini', 'openai', 'responses'])('a call that Anthropic has begun goes on with %s', async next => {
  let standIn: StandIn | undefined
  let count = 0
  const { lines } = await expectCall('tasks', {
    env: { LLM: `anthropic,${next}`, ANTHROPIC_API_KEY: 'key', ANTHROPIC_MODEL: 'claude-opus-5-5' },
    more: [['anthropic', async options => (standIn = await openAnthropicStandIn(options))]],
    // By then it has called tools, with thoughts that belong to it alone.
    onAsked(body) {
      if (body.includes('"claude-opus-5-5"') && ++count === 5)
        standIn?.faults.set([{ kind: 'status', status: 529, times: 100 }])
    },
  })
  const switched = lines.flatMap(line =>
    'noted' in line && line.noted.kind === 'provider-switched' ? [[line.noted.from, line.noted.to]] : [],
  )
  expect(switched).toEqual([['anthropic', next]])
})
