import type { VoiceLevel, Word } from '../../src/conversation/ports.ts'

/** One speech of the simulated voice: what is in its sound, and what of that was told. */
export interface MadeSpeech {
  readonly number: number
  /** All words that are in its sound, each with its place in it. */
  readonly words: Word[]
  /** Those of them that the voice told of. */
  readonly told: Word[]
  samples: number
}

/** One run of a tool. */
export interface ToolRunRecord {
  readonly callId: string
  readonly name: string
  readonly key: string
  readonly changes: boolean
  /** It has done what it does. */
  effects: number
  isOver: boolean
}

/** What the stand-ins of one call did, as they know it themselves: the evidence that the journal is held against. */
export class Ledger {
  readonly counts = new Map<string, number>()
  readonly speeches: MadeSpeech[] = []
  readonly toolRuns: ToolRunRecord[] = []
  /** What the agent's voice was turned to, and when. */
  readonly levels: { readonly atMs: number; readonly level: VoiceLevel }[] = []
  /** Things that must not be at any moment: said when they are. */
  readonly broken: string[] = []
  /** Streams and runs of providers that are open, by their kind. */
  readonly open = new Map<string, number>()
  /** The signals of the call's whole life that its parts were given. */
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
    const speech = { number: this.speeches.length, words: [], told: [], samples: 0 }
    this.speeches.push(speech)
    return speech
  }

  /** The word of this speech that ends in this stretch of it, if one does. */
  wordEndingIn(speech: number, fromMs: number, toMs: number): string | undefined {
    return this.speeches[speech]?.words.find(word => word.endMs > fromMs && word.endMs <= toMs)?.text
  }
}
