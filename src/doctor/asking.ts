import type { Clock } from '../conversation/ports.ts'
import { within } from '../conversation/scope.ts'
import type { Network } from '../network.ts'

/** What a server answered. */
export interface Answer {
  readonly status: number
  /** Undefined where it is no JSON. */
  readonly json: unknown
  readonly text: string
  /** It is a page for people: a proxy, a firewall or another server answered. */
  readonly isPage: boolean
}

/** How far this machine's clock is ahead of another's, in ms; its Date has seconds alone. */
export interface Skew {
  readonly host: string
  readonly aheadMs: number
}

export interface Asker {
  /** Throws as `fetch` does, on abort, and where the answer takes longer than 8 s. Redirects are not followed. */
  ask(url: string, init: RequestInit, signal: AbortSignal): Promise<Answer>
  /** The clocks of those who answered so far. */
  skews(): readonly Skew[]
}

/** Lists of models are large. Nothing that is looked for comes after that. */
const MOST_BYTES = 4 * 1024 * 1024
const HALF_A_SECOND_MS = 500
const ANSWER_WITHIN_MS = 8_000

export function askerOver({ fetch }: Network, clock: Clock): Asker {
  const skews: Skew[] = []
  return {
    skews: () => skews,
    ask: (url, init, signal) => within(ANSWER_WITHIN_MS, 'an answer', clock, inner => asked(url, init, inner), signal),
  }

  async function asked(url: string, init: RequestInit, signal: AbortSignal): Promise<Answer> {
    const sentMs = clock.wallTime().getTime()
    const response = await fetch(url, { ...init, redirect: 'manual', signal })
    const nowMs = clock.wallTime().getTime()
    const dateMs = Date.parse(response.headers.get('date') ?? '')
    if (!Number.isNaN(dateMs))
      skews.push({ host: new URL(url).host, aheadMs: (sentMs + nowMs) / 2 - (dateMs + HALF_A_SECOND_MS) })
    const text = await beginningOf(response)
    const json = jsonOf(text)
    const isPage = json === undefined && /^\s*<(?:!doctype|html|head|body)/i.test(text)
    return { status: response.status, json, text, isPage }
  }
}

async function beginningOf({ body }: Response): Promise<string> {
  if (!body) return ''
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of body) {
    text += decoder.decode(chunk, { stream: true })
    if (text.length > MOST_BYTES) break
  }
  return text
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
