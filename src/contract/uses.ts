import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { ProviderError } from '../errors.ts'
import type { Opened, Subject, World } from './check.ts'

/** How a provider is used once. */
export interface UseOptions {
  /** Aborts the stream. */
  readonly signal: AbortSignal
  /** Called at each thing that the stream asks of its user. */
  readonly step: () => void
  /** Which of several uses at a time it is, from 0 on. */
  readonly which: number
  /** Goes on until something fails, for 20 s at least. */
  readonly lasting: boolean
}

/** Uses a provider once, from opening it for a call to that call's end. */
export type Use<Provider, Out> = (opened: Opened<Provider>, options: UseOptions) => AsyncIterable<Out>

/** What came of one use. */
export interface Outcome<Out> {
  readonly out: readonly Out[]
  readonly error: unknown
  /** How long it took, by the clock. */
  readonly tookMs: number
}

const LINGERS_MS = 5_000

/** Opens the provider, runs `what`, and closes everything, also when it fails. */
export async function withOpened<Provider>(
  subject: Subject<Provider, unknown>,
  world: World,
  what: (opened: Opened<Provider>) => Promise<void>,
): Promise<void> {
  const opened = await subject.open(world)
  try {
    await what(opened)
  } finally {
    await opened.close()
  }
}

/** Uses the provider to its end; `onOut` is told of each thing that comes, and may abort. */
export async function outcomeOf<Provider, Out>(
  opened: Opened<Provider>,
  use: Use<Provider, Out>,
  options: Partial<UseOptions> = {},
  onOut: (count: number) => void = () => undefined,
): Promise<Outcome<Out>> {
  const { signal = new AbortController().signal, step = () => undefined, which = 0, lasting = false } = options
  const beganMs = opened.clock.now()
  const out: Out[] = []
  let error: unknown
  try {
    for await (const one of use(opened, { signal, step, which, lasting })) {
      out.push(one)
      onOut(out.length)
    }
  } catch (thrown) {
    error = thrown
  }
  return { out, error, tookMs: opened.clock.now() - beganMs }
}

/** The only error that a port may throw, and whether it may be tried again. */
export function assertFailure(error: unknown, retryable: boolean, when: string): asserts error is ProviderError {
  assert(error instanceof ProviderError, `${when}: it must throw a ProviderError, and threw ${told(error)}`)
  assert.equal(error.retryable, retryable, `${when}: retryable must be ${retryable} for ${told(error)}`)
}

export const told = (error: unknown): string =>
  error === undefined ? 'nothing' : error instanceof Error ? `${error.name}: ${error.message}` : String(error)

/** After a use nothing of it is left: connections, waits, and listeners on the signal that it was given. */
export async function assertIdle<Provider>(
  opened: Opened<Provider>,
  idle: number,
  when: string,
  signal?: AbortSignal,
): Promise<void> {
  if (signal) assert.equal(getEventListeners(signal, 'abort').length, 0, `${when}: listeners are left on its signal`)
  await opened.passing(opened.clock.sleep(LINGERS_MS, new AbortController().signal))
  assert.equal(opened.busy(), idle, `${when}: connections or waits are left open`)
}
