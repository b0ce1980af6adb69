import type { LanguageModel } from '../conversation/ports.ts'
import type { CallTime } from './call-time.ts'

/** What a model of one call is opened with. */
export interface ModelParts {
  readonly time: CallTime
  /** BCP 47. */
  readonly language: string
  /** Ends the test's call with this error: the model cannot answer as the test wants it. */
  readonly fail: (error: Error) => void
  /** Whether this reply is for a turn of the caller that is over. Until then it is a draft, which may be thrown away. */
  readonly isDue: (reply: number | undefined) => boolean
  /** Whether this reply was heard, or did something, or came to its end: it is no draft that was thrown away. */
  readonly wasTaken: (reply: number) => boolean
  /** Aborts when the call is over. */
  readonly signal: AbortSignal
}

/** A model of one call. */
export interface OpenedModel {
  readonly model: LanguageModel
  /** The test's answers that nobody asked for, as they are written; for a call that is over. */
  unasked(): readonly string[]
}

/** Whoever answers for the agent in a test. It keeps nothing: each call opens its own. */
export interface TestModel {
  open(parts: ModelParts): OpenedModel | Promise<OpenedModel>
}

/** For a call whose test says nothing of the model. */
export const noModel: TestModel = {
  open: parts => ({
    unasked: () => [],
    model: {
      async *reply({ history, of }, signal) {
        const words = history.findLast(message => message.role === 'caller')
        const error = new Error(
          `The agent's model was asked for an answer to "${words?.text ?? ''}", and the test has none. ` +
            "Give one: call(agent, { model: scripted([…]) }), or model: 'settings' for a real one.",
        )
        return failWhenDue(error, of?.reply, parts, signal)
      },
    },
  }),
}

/** What is missing for a draft fails nothing: the caller may go on, and want another answer. */
export async function failWhenDue(
  error: Error,
  reply: number | undefined,
  { time, isDue, fail }: Pick<ModelParts, 'time' | 'isDue' | 'fail'>,
  signal: AbortSignal,
): Promise<never> {
  while (!isDue(reply)) await time.clock.sleep(LOOKS_EVERY_MS, signal)
  fail(error)
  throw error
}

const LOOKS_EVERY_MS = 20
