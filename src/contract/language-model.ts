import assert from 'node:assert/strict'
import type { Delta, Message, Prompt, ToolSpec } from '../conversation/ports.ts'
import { scopeOf } from '../conversation/scope.ts'
import type { LanguageModelProvider } from '../providers/entry.ts'
import { cancelChecks } from './cancel.ts'
import type { Breakable, Check, Opened, Subject } from './check.ts'
import { failureChecks } from './failures.ts'
import { assertIdle, outcomeOf, told, type Use, withOpened } from './uses.ts'

/** What only some models can do. */
export interface LanguageModelHas extends Breakable {
  /** The tokens of an answer are told. */
  readonly usage: boolean
  /** Prompts that its stand-in answers with words and with a call of the tool; those of the sandbox if none are given. */
  readonly prompts?: { readonly words: Prompt; readonly call: Prompt; readonly tool: string }
}

type Mind = Opened<LanguageModelProvider>

const caller = (text: string): Message => ({ role: 'caller', text })
const agent = (text: string, interrupted = false): Message => ({ role: 'agent', text, interrupted })
const LOOK_UP: ToolSpec = {
  name: 'look_up',
  description: 'Looks something up.',
  parameters: { type: 'object', properties: { subject: { type: 'string' } }, required: ['subject'] },
  changes: false,
}
const prompt = (...history: readonly Message[]): Prompt => ({ instructions: 'Be brief.', history, tools: [LOOK_UP] })
const result = (id: string, text: string | undefined): Message => ({
  role: 'tool',
  call: { id, name: 'look_up', arguments: '{"subject":"tables"}' },
  result: text,
})
/** Histories as calls leave them behind. Each must be made into something that the service takes. */
const HISTORIES: Readonly<Record<string, readonly Message[]>> = {
  'the agent speaks first': [agent('Hello, this is the restaurant.'), caller('Hello.')],
  'nobody has said anything': [],
  'the agent alone has spoken': [agent('Hello.')],
  'the agent spoke twice': [caller('Hello.'), agent('Hello!'), agent('Are you there?'), caller('Yes.')],
  'the caller spoke twice': [caller('Hello.'), caller('Are you there?')],
  'nothing of an answer was heard': [caller('Hello.'), agent('', true), caller('Hello?')],
  'an empty turn': [caller(''), agent('Pardon?'), caller(' ')],
  'an answer was cut': [caller('Hello.'), agent('Hello, what', true), caller('Wait.')],
  'a tool has answered': [caller('Look up tables.'), result('a', 'Two are free.')],
  'a tool has not answered yet': [caller('Look up tables.'), result('a', undefined), caller('Hello?')],
  'a tool has answered with nothing': [caller('Look up tables.'), result('a', ''), caller('And?')],
  'a tool answered before anybody spoke': [result('a', 'Two are free.'), caller('Hello.')],
  'two tools with the same id': [caller('Look up tables.'), result('a', 'Two.'), result('a', 'Three.')],
  'a tool between two answers': [
    caller('Look up.'),
    agent('A moment.'),
    result('a', 'Two.'),
    agent('Two.'),
    caller('Thanks.'),
  ],
  'a call that was no JSON': [
    caller('Look up tables.'),
    { role: 'tool', call: { id: 'a', name: 'look_up', arguments: '{"subject":' }, result: 'These are no arguments.' },
  ],
  'a tool that is not offered any more': [
    caller('Book.'),
    { role: 'tool', call: { id: 'a', name: 'book', arguments: '{}' }, result: 'Booked.' },
    caller('Thanks.'),
  ],
  'half a character': [caller('Hello \ud83d there.'), agent('Hi \udc4d'), caller('Yes.')],
}
const SANDBOX = {
  words: prompt(caller('Hello.')),
  call: prompt(caller('Look up the tables, please.')),
  tool: LOOK_UP.name,
}

async function* replied(opened: Mind, asked: Prompt, signal: AbortSignal, callId = 'CA1'): AsyncGenerator<Delta> {
  const call = scopeOf(signal)
  try {
    const model = opened.provider.forCall({ callId, language: 'en', traceparent: undefined, signal: call.signal })
    yield* model.reply(asked, signal)
  } finally {
    call.abort(new Error('the call is over'))
  }
}

const textOf = (all: readonly Delta[]): string => all.map(delta => (delta.kind === 'text' ? delta.text : '')).join('')
const callsOf = (all: readonly Delta[]) => all.flatMap(delta => (delta.kind === 'tool-call' ? [delta.call] : []))
const tokensOf = (all: readonly Delta[]) => all.flatMap(delta => (delta.kind === 'tokens' ? [delta] : []))
const summed = (all: readonly Delta[]): string =>
  JSON.stringify([textOf(all), callsOf(all).map(({ name, arguments: given }) => [name, JSON.parse(given)])])

/** What every language model must do. */
export function languageModelChecks(subject: Subject<LanguageModelProvider, LanguageModelHas>): readonly Check[] {
  const { usage, prompts = SANDBOX } = subject.has
  const use: Use<LanguageModelProvider, Delta> = (opened, { signal, step, which }) => {
    step()
    return replied(opened, prompts.words, signal, `CA${which}`)
  }
  async function answer(opened: Mind, asked: Prompt): Promise<readonly Delta[]> {
    const lifetime = new AbortController()
    const idle = opened.busy()
    const { out, error } = await opened.passing(
      outcomeOf(opened, (_, { signal }) => replied(opened, asked, signal), lifetime),
    )
    assert.equal(error, undefined, `it threw ${told(error)}`)
    await assertIdle(opened, idle, 'after the answer', lifetime.signal)
    return out
  }
  const check = (name: string, run: (opened: Mind) => Promise<void>): Check => ({
    name,
    run: () => withOpened(subject, {}, run),
  })

  return [
    check('an answer comes as words, as they are made', async opened => {
      const all = await answer(opened, prompts.words)
      const texts = all.filter(({ kind }) => kind === 'text')
      assert(textOf(all).trim() !== '', 'it has no words')
      assert(texts.length > 1, 'it comes in one piece')
      assert.deepEqual(callsOf(all), [], 'it calls a tool that nobody asked for')
    }),
    check('a tool call has an id, a tool that was offered, and JSON', async opened => {
      const calls = callsOf(await answer(opened, prompts.call))
      assert.equal(calls.length, 1, 'it does not call the tool once')
      assert.equal(calls[0]?.name, prompts.tool)
      assert.notEqual(calls[0]?.id, '')
      const given: unknown = JSON.parse(calls[0]?.arguments ?? '')
      assert(typeof given === 'object' && given !== null, 'its arguments are no object')
    }),
    check('its calls have ids of their own', async opened => {
      const ids = [...callsOf(await answer(opened, prompts.call)), ...callsOf(await answer(opened, prompts.call))]
      assert.equal(new Set(ids.map(({ id }) => id)).size, ids.length)
    }),
    check('it goes on after a tool has answered', async opened => {
      const [call] = callsOf(await answer(opened, prompts.call))
      assert(call, 'it does not call the tool')
      const history: readonly Message[] = [...prompts.call.history, { role: 'tool', call, result: 'Two are free.' }]
      assert(textOf(await answer(opened, { ...prompts.call, history })).trim() !== '', 'it has no words')
    }),
    check('tokens are told once, and those from the cache are among the input', async opened => {
      for (const asked of [prompts.words, prompts.call]) {
        const tokens = tokensOf(await answer(opened, asked))
        assert.equal(tokens.length, usage ? 1 : 0, `they are told ${tokens.length} times`)
        for (const { input, output, cached } of tokens) {
          assert(input > 0 && output > 0, `an answer of ${input} and ${output} tokens`)
          assert(cached >= 0 && cached <= input, `${cached} of ${input} tokens from the cache`)
        }
      }
    }),
    ...Object.entries(HISTORIES).map(([name, history]) =>
      check(`a history can be answered: ${name}`, async opened => {
        const all = await answer(opened, { ...prompts.words, history })
        assert(textOf(all) !== '' || callsOf(all).length > 0, 'the answer is empty')
      }),
    ),
    check('a long history and long instructions can be answered', async opened => {
      const history = Array.from({ length: 200 }, (_, i) =>
        i % 2 === 0 ? caller('Hello.') : agent('Hello! '.repeat(20)),
      )
      const instructions = 'Be brief. '.repeat(500)
      assert(
        textOf(await answer(opened, { ...prompts.words, instructions, history: [...history, caller('Hello.')] })) !==
          '',
      )
    }),
    check('without tools, and with something to look at', async opened => {
      const asked = { ...prompts.words, tools: [], context: 'The screen shows a list.' }
      assert(textOf(await answer(opened, asked)) !== '')
    }),
    check('answers at the same time do not mix', async opened => {
      const signal = new AbortController().signal
      const asked = [prompts.words, prompts.call, prompts.words, prompts.call]
      const alone = await Promise.all([answer(opened, prompts.words).then(summed)])
      const found = await opened.passing(
        Promise.all(asked.map((one, i) => Array.fromAsync(replied(opened, one, signal, `CA${i}`)))),
      )
      assert.deepEqual(
        [found[0], found[2]].map(all => summed(all ?? [])),
        [alone[0], alone[0]],
      )
      assert.deepEqual(
        [found[1], found[3]].map(all => callsOf(all ?? []).length),
        [1, 1],
      )
    }),
    ...cancelChecks(subject, use),
    ...failureChecks(subject, { use, told: summed, mayLose: false }),
  ]
}
