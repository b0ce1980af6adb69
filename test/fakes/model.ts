import type { Clock, Delta, LanguageModel, Prompt, ToolCall } from '../../src/conversation/ports.ts'

/** What the model does next: write, call a tool, wait, fail, or stall for ever. */
export type ModelAnswer = string | { readonly afterMs: number } | { readonly tool: ToolCall } | Error | 'stall'

/** A model that follows scripts, one for each request. Without one it says "Okay." */
export class FakeModel implements LanguageModel {
  readonly scripts: (readonly ModelAnswer[])[] = []
  readonly asked: Prompt[] = []
  /** When each request came, and when it was over. */
  readonly askedMs: number[] = []
  readonly overMs: number[] = []
  aborted = 0
  thinking = 0
  readonly #clock: Clock

  constructor(clock: Clock) {
    this.#clock = clock
  }

  async *reply(prompt: Prompt, signal: AbortSignal): AsyncGenerator<Delta> {
    this.asked.push(prompt)
    this.askedMs.push(this.#clock.now())
    this.thinking++
    try {
      signal.throwIfAborted()
      for (const answer of this.scripts.shift() ?? ['Okay.']) {
        if (answer instanceof Error) throw answer
        if (answer === 'stall') await this.#clock.sleep(1e9, signal)
        else if (typeof answer === 'string') yield { kind: 'text', text: answer }
        else if ('tool' in answer) yield { kind: 'tool-call', call: answer.tool }
        else await this.#clock.sleep(answer.afterMs, signal)
      }
      yield { kind: 'tokens', input: 100, output: 10, cached: 0 }
    } finally {
      this.thinking--
      this.overMs.push(this.#clock.now())
      if (signal.aborted) this.aborted++
    }
  }
}

/** A tool call as a model makes it. */
export const toolCall = (name: string, id = 'call-1', args: object = {}): ToolCall => ({
  id,
  name,
  arguments: JSON.stringify(args),
})
