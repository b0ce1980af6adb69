import { orAborted } from '../conversation/scope.ts'
import type { AskSecret, SecretAsked, TakenSecret } from '../conversation/secret-asked.ts'

/** What the caller of a test is asked for, until the test gives it. */
export interface GivenSecret {
  readonly ask: AskSecret
  /** What is asked now; undefined where nothing is. */
  readonly asked: () => SecretAsked | undefined
  /** Gives these numbers, or nothing. Resolves with why they were wrong; then it is still asked. Throws where nothing is asked. */
  give(numbers: readonly string[]): Promise<string | undefined>
}

/** A secret in a call by text: it is given as it is, and neither keyed nor said. */
export function givenSecret(): GivenSecret {
  let open:
    | { readonly asked: SecretAsked; readonly take: (taken: TakenSecret) => void; readonly signal: AbortSignal }
    | undefined

  async function ask(asked: SecretAsked, signal: AbortSignal): Promise<TakenSecret> {
    const { promise, resolve: take } = Promise.withResolvers<TakenSecret>()
    open = { asked, take, signal }
    return orAborted(promise, signal).finally(() => {
      open = undefined
    })
  }

  async function give(numbers: readonly string[]): Promise<string | undefined> {
    if (open === undefined) throw new Error('nothing secret is asked')
    const { asked, take, signal } = open
    if (numbers.length === 0) return take({ kind: 'not-taken', why: 'declined' }) ?? undefined
    const wanted = asked.numbers('key or say')
    const unfit = wanted.find(({ judge }, at) =>
      ['part', 'wrong'].includes(judge(numbers[at] ?? '', numbers.slice(0, at))),
    )
    if (unfit) return unfit.wrong
    const took = await asked.take(numbers, signal).catch((): TakenSecret => ({ kind: 'not-taken', why: 'failed' }))
    switch (took.kind) {
      case 'taken':
      case 'not-taken':
        take(took)
        return undefined
      case 'wrong':
        return took.why ?? wanted[0].wrong
      case 'locked':
        return took.words
    }
  }

  return { ask, asked: () => open?.asked, give }
}
