import { expect, test } from 'vitest'
import { z } from 'zod'
import { agent } from '../../src/agents/author/agent.ts'
import { say, tool } from '../../src/agents/author/tool.ts'
import { systemClock } from '../../src/clock.ts'
import type { JournalLine } from '../../src/conversation/lines.ts'
import { english } from '../../src/languages/english.ts'
import { languageOf } from '../../src/languages/languages.ts'
import { attemptsOf, stepsOf } from '../../src/replay/attempts.ts'
import { privateWords } from '../../src/replay/private-words.ts'
import { recordedTools } from '../../src/replay/recorded-tools.ts'
import { rewritten } from '../../src/replay/rewritten.ts'
import { call, calls, scripted } from '../../src/testing/testing.ts'

const says = (name: string, words: string) =>
  tool({ name, description: name, parameters: z.object({}), does: 'reads', run: () => say(words) })

/** A call in which two tools of one answer have words of their own for the caller. */
async function held(): Promise<readonly JournalLine[]> {
  const desk = agent({
    name: 'desk',
    greeting: 'Desk.',
    instructions: 'Answer.',
    tools: [says('hours', 'We are open until six.'), says('number', 'Ring Anna Novak at 555 4271.')],
  })
  await using line = await call(desk, { model: scripted([[calls('hours'), calls('number')]]) })
  await line.say('Anna Novak, please')
  line.said('We are open until six. Ring Anna Novak')
  await line.hangUp()
  return line.journal
}

async function wordsAgain(lines: readonly JournalLine[]): Promise<readonly (string | undefined)[]> {
  const [attempt] = attemptsOf(lines, languageOf)
  const steps = attempt ? stepsOf(attempt) : []
  const tools = recordedTools(steps, lines, [], systemClock)
  const words: (string | undefined)[] = []
  for (const { event } of steps) {
    if (event.kind !== 'tool-called') continue
    const context = { callId: 'call', owner: '+1', agent: 'desk', idempotencyKey: 'key', agreed: false }
    const outcome = await tools.run(event.call, context, new AbortController().signal)
    words.push(outcome.kind === 'done' ? outcome.say : undefined)
  }
  return words
}

test('tools of one answer say in a run again what they said together, and once', async () => {
  expect(await wordsAgain(await held())).toEqual(['We are open until six. Ring Anna Novak at 555 4271.', ''])
})

test('a fixture keeps what a tool has said, with what is private replaced', async () => {
  const lines = await held()
  const words = privateWords(['Anna Novak, please'], ['Anna Novak'], [english], 1)
  const made = rewritten(lines, words, languageOf)
  const [said] = await wordsAgain(made.lines)
  expect(said).toMatch(/^We are open until six\. Ring \w+ \w+ at \d{3} \d{4}\.$/)
  expect(JSON.stringify(made.lines)).not.toMatch(/novak|4271/i)
})
