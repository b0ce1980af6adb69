import type { ServerResponse } from 'node:http'
import { expect, test } from 'vitest'
import type { Clock } from '../../src/conversation/ports.ts'
import type { MemoryNetwork } from '../whole-call/memory-network.ts'
import type { WholeCalls } from '../whole-call/whole-calls.ts'
import {
  ADDRESS,
  atUtterance,
  type FaultyCallOptions,
  faultyCall,
  PARKING,
  phrases,
  TABLES,
  thinking,
  told,
} from './calls.ts'
import { lateSounds, lateWords } from './heard.ts'
import { type Meddling, openRelay } from './relay.ts'

const PARK = 'You can park for free behind the house, and there is always room in the evening.'
const HARBOR = 'We are at twelve Harbor Street, right beside the old lighthouse.'
const SECOND = { env: { LLM: 'openai,anthropic', ANTHROPIC_API_KEY: 'key' }, more: ['anthropic'] } as const

test.each([429, 500, 402, 401])(
  'fault 5: the model answers %i: one apology, and a goodbye after the second failed turn',
  async status => {
    const call = await faultyCall({
      onEvent: atUtterance(0, all => all.standIns.openai.faults.set([{ kind: 'status', status, times: 99 }])),
    })
    expect(call.outcome.agentReplies.slice(1)).toEqual([phrases.apology, phrases['give-up']])
    expect(lateSounds(call.record)).toEqual([])
    expect(call.record).toMatchObject({ endedBy: 'agent', gaveUp: false, said: [] })
    expect(told(call, 'reply-failed').length).toBeGreaterThanOrEqual(2)
  },
)

test('fault 5: where there is a person to put through to, the second failed turn puts through', async () => {
  const call = await faultyCall({
    env: { TRANSFER_NUMBER: '+15557654321' },
    ring: () => ({ dialOutcome: 'answered' }),
    onEvent: atUtterance(0, all => all.standIns.openai.faults.set([{ kind: 'status', status: 500, times: 99 }])),
  })
  expect(call.outcome.agentReplies.slice(1)).toEqual([phrases.apology, phrases.transfer])
  expect(call.record.endedBy).toBe('transfer')
})

test('fault 5: one failure is forgotten by an answer: the next one is not the second in a row', async () => {
  const call = await faultyCall({
    says: [PARKING, ADDRESS, PARKING, ADDRESS],
    onEvent(event, all) {
      if (event.kind !== 'utterance') return
      all.standIns.openai.faults.set(event.index % 2 === 0 ? [{ kind: 'status', status: 500, times: 99 }] : [])
    },
  })
  const { apology } = phrases
  expect(call.outcome.agentReplies.slice(1)).toEqual([apology, HARBOR, apology, HARBOR])
  expect(call.record.endedBy).toBe('caller')
})

test('fault 5: with a second vendor the answer comes as ever', async () => {
  const call = await faultyCall({
    ...SECOND,
    onEvent: atUtterance(0, all => all.standIns.openai.faults.set([{ kind: 'status', status: 429, times: 99 }])),
  })
  expect(call.outcome.agentReplies.slice(1)).toEqual([PARK, HARBOR])
  expect(lateSounds(call.record)).toEqual([])
  expect(told(call, 'provider-switched')).toMatchObject([{ port: 'LLM', from: 'openai', to: 'anthropic' }])
})

const event = (body: object): string => `data: ${JSON.stringify(body)}\n\n`
const chunk = (delta: object, finish: string | null = null): string =>
  event({
    ...{ id: 'c', object: 'chat.completion.chunk', created: 0, model: 'gpt-4o-mini' },
    choices: [{ index: 0, delta, finish_reason: finish, logprobs: null }],
  })

/** OpenAI, but `answer` answers in its place as often as it likes. */
const instead = (answer: NonNullable<Meddling['answer']>) => ({
  openai: (url: string, network: MemoryNetwork) => openRelay(url, network, { answer }),
})

/** The last message of a request to the model. */
function lastMessage(body: string): { readonly role: string; readonly content: string } {
  const { messages = [] } = JSON.parse(body) as {
    messages?: readonly { readonly role: string; readonly content: unknown }[]
  }
  const { role = '', content } = messages.at(-1) ?? {}
  return { role, content: JSON.stringify(content ?? '') }
}

test('fault 6: the model opens and says nothing: "let me see", then an apology; nothing is silent', async () => {
  const call = await faultyCall({
    onEvent({ kind, ...event }, all) {
      if (kind === 'utterance' && 'index' in event)
        all.standIns.openai.faults.set(event.index === 0 ? [{ kind: 'stall', times: 99 }] : [])
    },
  })
  expect(call.outcome.agentReplies.slice(1, 4)).toEqual([thinking, phrases.apology, HARBOR])
  expect(lateSounds(call.record)).toEqual([])
  expect(told(call, 'reply-failed').length).toBeGreaterThan(0)
})

/** A model that sends a chunk every 300 ms, and never a word, where it is asked about parking. */
function wordless() {
  const clock = Promise.withResolvers<Clock>()
  const between = instead(({ url, body }, response) => {
    if (!url.endsWith('/chat/completions') || !/parking/.test(lastMessage(body).content)) return false
    const over = new AbortController()
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.once('close', () => over.abort())
    const send = async (): Promise<void> => {
      const { sleep } = await clock.promise
      response.write(chunk({ role: 'assistant', content: '' }))
      while (true) {
        await sleep(300, over.signal)
        response.write(chunk({ content: '' }))
        response.write(': keep-alive\n\n')
      }
    }
    send().catch(() => undefined)
    return true
  })
  const onEvent: FaultyCallOptions['onEvent'] = (_, all) =>
    clock.resolve({
      now: () => all.clock.now(),
      wallTime: () => all.clock.wallTime(),
      sleep: (ms, signal) => all.clock.sleep(ms, signal),
    })
  return { between, onEvent }
}

test('fault 6: chunks without a word are no sign of life', async () => {
  const call = await faultyCall(wordless())
  expect(call.outcome.agentReplies.slice(1)).toEqual([thinking, phrases.apology, HARBOR])
  expect(lateSounds(call.record)).toEqual([])
  expect(told(call, 'wait-over').length).toBeGreaterThan(0)
})

test('fault 6: chunks without a word make room for the second vendor', async () => {
  const call = await faultyCall({ ...SECOND, ...wordless() })
  expect(call.outcome.agentReplies[1]?.replace(`${thinking} `, '')).toBe(PARK)
  expect(call.outcome.agentReplies[2]).toBe(HARBOR)
  expect(lateSounds(call.record)).toEqual([])
  expect(told(call, 'provider-switched')).toMatchObject([{ port: 'LLM' }])
})

test('fault 6: with a second vendor the answer comes, at most after "let me see"', async () => {
  const call = await faultyCall({
    ...SECOND,
    onEvent: atUtterance(0, all => all.standIns.openai.faults.set([{ kind: 'stall', times: 99 }])),
  })
  expect(call.outcome.agentReplies[1]?.replace(`${thinking} `, '')).toBe(PARK)
  expect(lateSounds(call.record)).toEqual([])
  expect(told(call, 'provider-switched')).toHaveLength(1)
})

/** Words that were heard twice in a row, four at least. */
const repeated = (text: string): string | undefined => /\b((?:\S+ ){3}\S+)\b.*\b\1\b/.exec(text)?.[1]

const STORY = ['Gladly. ', 'My grandmother opened this house in nineteen sixty two. ', 'She cooked what the boats']
const DEATHS: Readonly<Record<string, (response: ServerResponse) => void>> = {
  'its connection breaks': response => response.destroy(),
  'its answer ends without an end': response => response.end(),
  'it sends an error in the stream': response =>
    response.end(event({ error: { message: 'gone', type: 'server_error' } })),
  'it says nothing more': () => undefined,
}

test.each(Object.keys(DEATHS))(
  'fault 7: the model dies while it is heard, %s: no words twice, and an excuse',
  async how => {
    let all: WholeCalls | undefined
    const call = await faultyCall({
      says: ['Please tell me the story of the restaurant.', ADDRESS],
      between: instead(({ url, body }, response) => {
        if (!url.endsWith('/chat/completions') || !/story/.test(lastMessage(body).content)) return false
        response.writeHead(200, { 'content-type': 'text/event-stream' })
        for (const text of STORY) response.write(chunk({ content: text }))
        const over = new AbortController()
        response.once('close', () => over.abort())
        all?.clock.sleep(2_500, over.signal).then(
          () => DEATHS[how]?.(response),
          () => undefined,
        )
        return true
      }),
      onEvent: (_, whole) => {
        all = whole
      },
    })
    const [, begun = '', ...rest] = call.outcome.agentReplies
    expect(begun).toMatch(/^Gladly\. My grandmother/)
    expect(repeated(call.outcome.agentReplies.join(' '))).toBeUndefined()
    expect(rest).toEqual([phrases.apology, HARBOR])
    expect(lateWords(call.record)).toEqual([])
    expect(told(call, 'reply-failed').length).toBeGreaterThan(0)
  },
)

test('fault 7: with a second vendor the sentence goes on where it broke off', async () => {
  const call = await faultyCall({
    ...SECOND,
    onEvent: atUtterance(0, all => all.standIns.openai.faults.set([{ kind: 'drop', times: 99, afterMessages: 9 }])),
  })
  const said = call.outcome.agentReplies[1] ?? ''
  expect(said).toMatch(/^You can park for free/)
  expect(repeated(said)).toBeUndefined()
  expect(lateSounds(call.record)).toEqual([])
})

const toolCall = (name: string, args: string): readonly string[] => [
  chunk({
    role: 'assistant',
    content: null,
    tool_calls: [{ index: 0, id: 'call_1', type: 'function', function: { name, arguments: '' } }],
  }),
  chunk({ tool_calls: [{ index: 0, function: { arguments: args } }] }),
  chunk({}, 'tool_calls'),
  'data: [DONE]\n\n',
]

test.each([
  ['broken JSON', 'look_up', '{"subject": "tab'],
  ['no arguments', 'look_up', ''],
  ['arguments of the wrong kind', 'look_up', '{"subject": 7, "what": ["x"]}'],
  ['two objects in one', 'look_up', '{}{"subject":"tables"}'],
  ['a tool that there is not', 'look_down', '{}'],
])(
  'fault 8: the model calls a tool with %s: it is told, does it better, and the caller hears the answer alone',
  async (_, name, args) => {
    const asked: string[] = []
    const call = await faultyCall({
      says: [TABLES, ADDRESS],
      onAsked: body => asked.push(body),
      between: instead(({ url, body }, response) => {
        const { role, content } = lastMessage(body)
        const isFirst = role === 'user' && /tables/.test(content)
        const isTold = role === 'tool' && !/tables free on Friday/.test(content)
        if (!url.endsWith('/chat/completions') || !(isFirst || isTold)) return false
        response.writeHead(200, { 'content-type': 'text/event-stream' })
        for (const part of isTold ? toolCall('look_up', '{"subject":"free tables"}') : toolCall(name, args))
          response.write(part)
        response.end()
        return true
      }),
    })
    const said = call.outcome.agentReplies.join(' ')
    expect(said).toContain('tables free on Friday')
    expect(said).not.toMatch(/subject|look_|undefined|JSON|argument|\{/)
    expect(call.outcome.agentReplies.at(-1)).toBe(HARBOR)
    expect(lateWords(call.record)).toEqual([])
    expect(call.record).toMatchObject({ endedBy: 'caller', gaveUp: false })
    expect(told(call, 'reply-failed')).toEqual([])
    expect(told(call, 'tool-called').length).toBeGreaterThan(0)
    // What was kept of it can be sent again.
    const sent = asked.filter(text => text.startsWith('{')).flatMap(text => toolCallsIn(JSON.parse(text)))
    expect(sent.length).toBeGreaterThan(0)
    for (const made of sent) expect(() => JSON.parse(made)).not.toThrow()
  },
)

/** The arguments of all tool calls in a request's history. */
const toolCallsIn = ({
  messages = [],
}: {
  messages?: readonly { readonly tool_calls?: readonly { readonly function: { readonly arguments: string } }[] }[]
}): readonly string[] => messages.flatMap(({ tool_calls = [] }) => tool_calls.map(made => made.function.arguments))
