import type { Message } from '../conversation/ports.ts'
import { openCallTime } from './call-time.ts'
import type { TestModel } from './test-model.ts'

/** A model that is asked for words outside of a call: it plays a caller, or judges. */
export interface Mind {
  /** Rejects where the model fails, says nothing, or does not come to an end. */
  ask(instructions: string, history: readonly Message[]): Promise<string>
}

/** More is not read. */
const MOST_LETTERS = 20_000
const LIMIT_MS = 120_000

export async function openMind(model: TestModel, signal: AbortSignal): Promise<Mind> {
  const time = openCallTime()
  let failure: Error | undefined
  const fail = (error: Error): void => {
    failure ??= error
  }
  const opened = await model.open({ time, language: 'en', fail, isDue: () => true, wasTaken: () => true, signal })

  async function written(instructions: string, history: readonly Message[]): Promise<string> {
    let text = ''
    for await (const delta of opened.model.reply({ instructions, history, tools: [] }, signal)) {
      if (delta.kind === 'text') text += delta.text
      if (text.length > MOST_LETTERS) break
    }
    return text.trim()
  }

  return {
    async ask(instructions, history) {
      let isOver = false
      const answer = written(instructions, history).finally(() => {
        isOver = true
      })
      answer.catch(() => undefined)
      await time.pass(() => isOver || signal.aborted, LIMIT_MS)
      signal.throwIfAborted()
      if (failure) throw failure
      if (!isOver) throw new Error('the model did not come to an end')
      const text = await answer
      if (text === '') throw new Error('the model said nothing')
      return text
    },
  }
}
