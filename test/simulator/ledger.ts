import type { VoiceLevel, Word } from '../../src/conversation/ports.ts'

/** One speech of the simulated voice: the words in its sound, and which of them were reported. */
export interface MadeSpeech {
  readonly number: number
  /** All words in its sound, with their times. */
  readonly words: Word[]
  /** The words that the voice reported. */
  readonly reported: Word[]
  samples: number
}

/** One run of a tool. */
export interface ToolRunRecord {
  readonly callId: string
  readonly name: string
  readonly key: string
  readonly changes: boolean
  /** By the clock. */
  readonly begunMs: number
  /** How often it has changed something. */
  effects: number
  isOver: boolean
}

/** What the simulated providers of one call really did. The journal is checked against it. */
export class Ledger {
  readonly counts = new Map<string, number>()
  readonly speeches: MadeSpeech[] = []
  readonly toolRuns: ToolRunRecord[] = []
  /** The changes of the agent's voice level. */
  readonly levels: { readonly atMs: number; readonly level: VoiceLevel }[] = []
  /** Violations that were noticed during the call. */
  readonly broken: string[] = []
  /** The number of open streams and runs, by kind. */
  readonly open = new Map<string, number>()
  /** The signals that last for the whole call. */
  readonly lifeSignals = new Set<AbortSignal>()

  count(what: string, times = 1): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + times)
  }

  opened(kind: string): void {
    this.open.set(kind, (this.open.get(kind) ?? 0) + 1)
  }

  closed(kind: string): void {
    this.open.set(kind, (this.open.get(kind) ?? 0) - 1)
  }

  newSpeech(): MadeSpeech {
    const speech = { number: this.speeches.length, words: [], reported: [], samples: 0 }
    this.speeches.push(speech)
    return speech
  }

  /** The word of this speech that ends between these times, if any. */
  wordEndingIn(speech: number, fromMs: number, toMs: number): string | undefined {
    return this.speeches[speech]?.words.find(word => word.endMs > fromMs && word.endMs <= toMs)?.text
  }
}
