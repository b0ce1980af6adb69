import { z } from 'zod'
import { systemClock } from '../../../src/clock.ts'
import type { Clock, Delta, LanguageModel, Message, Prompt } from '../../../src/conversation/ports.ts'
import type { Network } from '../../../src/network.ts'

/** An answer: pieces of a body of events, or a refusal. */
export type Answer = readonly string[] | { readonly status: number; readonly body: string }
export type Body = Readonly<Record<string, unknown>>
interface AskedOnce {
  readonly url: string
  readonly headers: Headers
  readonly body: Body
}

const record = z.record(z.string(), z.unknown())

/** A server without a socket, which answers as `answer` says and keeps what it was asked. */
export function server(answer: (body: Body, count: number) => Answer) {
  const asked: AskedOnce[] = []
  const network: Network = {
    async fetch(input, init) {
      const body = record.parse(JSON.parse(String(init?.body)))
      asked.push({ url: String(input), headers: new Headers(init?.headers), body })
      const given = answer(body, asked.length)
      if ('status' in given) return new Response(given.body, { status: given.status })
      return new Response(new Blob([...given]).stream())
    },
  }
  return { asked, network }
}

type Open = (
  settings: { apiKey: string; baseUrl: string; model: string },
  clock: Clock,
  network: Network,
) => LanguageModel

/** A model at such a server. `reply` asks it, without an error or with. */
export function asked(open: Open, model: string, answer: (body: Body, count: number) => Answer) {
  const { asked: requests, network } = server(answer)
  const opened = open({ apiKey: 'key', baseUrl: 'https://vendor.example', model }, systemClock, network)
  return {
    requests,
    bodies: () => requests.map(({ body }) => body),
    reply: (prompt: Partial<Prompt> = {}) => repliedBy(opened, prompt),
  }
}

const FOREVER = new AbortController().signal
export const HELLO: Message = { role: 'caller', text: 'Hello.' }
export const TOOL = {
  ...{ name: 'add_task', description: 'Adds a task.', changes: true },
  parameters: { type: 'object', properties: { title: { type: 'string' } } },
}

const repliedBy = (model: LanguageModel, prompt: Partial<Prompt>): Promise<readonly Delta[]> =>
  Array.fromAsync(model.reply({ instructions: 'Be brief.', history: [HELLO], tools: [TOOL], ...prompt }, FOREVER))

export const textOf = (deltas: readonly Delta[]): string =>
  deltas.map(delta => (delta.kind === 'text' ? delta.text : '')).join('')
export const callsOf = (deltas: readonly Delta[]) =>
  deltas.flatMap(delta => (delta.kind === 'tool-call' ? [delta.call] : []))
export const tokensOf = (deltas: readonly Delta[]) => deltas.filter(({ kind }) => kind === 'tokens')
/** One server-sent event. */
export const data = (value: object, event?: string): string =>
  `${event === undefined ? '' : `event: ${event}\n`}data: ${JSON.stringify(value)}\n\n`
