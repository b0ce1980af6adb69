import type { JournalLine } from '../../conversation/lines.ts'

const MOST = 5

interface Hint {
  readonly text: string
  /** The replies whose model was asked with it. */
  readonly askedFor: Set<number>
}

/** What staff whisper to an agent. A hint is in each prompt until the caller has heard a reply that was made with it. */
export interface Hints {
  add(text: string): void
  take(line: JournalLine): void
  /** For the model, as data; undefined where there are none. */
  context(): string | undefined
}

export function hints(): Hints {
  let pending: readonly Hint[] = []
  return {
    add(text) {
      pending = [...pending, { text, askedFor: new Set<number>() }].slice(-MOST)
    },
    take(line) {
      if (pending.length === 0) return
      if ('decided' in line && line.decided.kind === 'model-asked')
        for (const hint of pending) hint.askedFor.add(line.decided.reply)
      if ('input' in line && line.input.kind === 'reply-done') {
        const { reply } = line.input
        pending = pending.filter(({ askedFor }) => !askedFor.has(reply))
      }
    },
    context: () =>
      pending.length === 0
        ? undefined
        : `Advice for you from support staff of this line, who listen in. The caller does not hear it and knows nothing of it; let it guide what you say next:\n${pending.map(({ text }) => `- ${JSON.stringify(text)}`).join('\n')}`,
  }
}
