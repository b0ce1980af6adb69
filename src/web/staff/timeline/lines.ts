/** The journal's lines as the API gives them. The console knows these kinds, and passes over all others. */
export interface Line {
  readonly seq: number
  /** From the beginning of the attempt: each stretch on the line counts anew. */
  readonly atMs: number
  readonly started?: { readonly channel?: string; readonly policy?: Policy; readonly turn?: Turn }
  readonly input?: Input
  readonly decided?: Decision
  readonly used?: Usage
  readonly noted?: { readonly kind: string; readonly [detail: string]: unknown }
}

export interface Policy {
  readonly patience: Readonly<Record<string, number>>
  readonly bargeIn: { readonly voice: string; readonly speechMs: number; readonly backChannelMs: number }
}

export interface SpokenWord {
  readonly text: string
  /** From the beginning of the part's sound. */
  readonly startMs: number
  readonly endMs: number
}
interface OfReply {
  readonly reply: number
  readonly part: number
}
interface ToolCall {
  readonly id: string
  readonly name: string
  readonly arguments: string
}

export type Input =
  | { readonly kind: 'speech-start'; readonly firstVoicedMs: number }
  | { readonly kind: 'speech-end'; readonly lastVoicedMs: number }
  | {
      readonly kind: 'words'
      readonly text: string
      readonly final: boolean
      readonly ended: boolean
      readonly complete?: number
    }
  | { readonly kind: 'digit'; readonly digit: string }
  | { readonly kind: 'typed'; readonly text: string }
  | { readonly kind: 'joined' }
  | { readonly kind: 'relayed'; readonly text: string; readonly as: 'translation' | 'words' | 'farewell' }
  | { readonly kind: 'language'; readonly code: string }
  | { readonly kind: 'hand-off'; readonly agent: string }
  | { readonly kind: 'summarised'; readonly text: string }
  | { readonly kind: 'budget'; readonly left: 'little' | 'none'; readonly of: 'call' | 'caller' | 'day' }
  | { readonly kind: 'wait-over'; readonly wait: number; readonly own?: number }
  | ({ readonly kind: 'delta'; readonly text: string } & OfReply)
  | ({ readonly kind: 'speech'; readonly samples: number } & OfReply)
  | ({ readonly kind: 'speech-words'; readonly words: readonly SpokenWord[] } & OfReply)
  | ({ readonly kind: 'reply-sounding' } & OfReply)
  | ({ readonly kind: 'heard'; readonly text: string; readonly cut: boolean } & OfReply)
  | ({ readonly kind: 'tool-called'; readonly call: ToolCall } & OfReply)
  | ({ readonly kind: 'tool-result'; readonly callId: string; readonly result: string } & OfReply)
  | ({ readonly kind: 'tool-asked'; readonly call: ToolCall; readonly question: string } & OfReply)
  | { readonly kind: 'reply-done'; readonly reply: number }
  | { readonly kind: 'reply-failed'; readonly reply: number; readonly provider: string; readonly why: string }
  | { readonly kind: 'stt-failed'; readonly why: string }
  | { readonly kind: 'gone' | 'lost' | 'stopped'; readonly why: string }

export interface Utterance {
  readonly finalWords: string
  readonly late: string
  readonly interimWords: string
  readonly digits: string
  readonly speakers?: readonly { readonly speaker: number; readonly text: string }[]
  readonly complete?: number
  readonly firstVoicedMs: number
  readonly lastVoicedMs: number
}
export interface Wait {
  readonly id: number
  readonly dueMs: number
  readonly why: string
}
export interface Reply {
  readonly id: number
  readonly content: { readonly kind: string; readonly to?: Utterance; readonly phrase?: string }
}
export interface Turn {
  readonly kind: 'listening' | 'hearing' | 'settling' | 'replying' | 'yielding' | 'ended'
  readonly utterance?: Utterance
  readonly draft?: Reply
  readonly reply?: Reply
  readonly patience?: Wait
  readonly judging?: Wait
  readonly silenced?: boolean
  readonly why?: string
  /** `passedOn`: what was given to the other person of an interpreted line. */
  readonly context?: { readonly passedOn?: { readonly id: number; readonly text: string } }
}
export type Decision =
  | { readonly kind: 'turn'; readonly turn: Turn }
  | { readonly kind: 'model-asked'; readonly reply: number; readonly part: number; readonly messages: number }
  | { readonly kind: 'clause'; readonly reply: number; readonly part: number; readonly text: string }
  | { readonly kind: 'tool-refused'; readonly reply: number; readonly call: string; readonly why: string }
export type Usage =
  | { readonly kind: 'stt-seconds' | 'carrier-seconds'; readonly seconds: number }
  | {
      readonly kind: 'tokens'
      readonly input: number
      readonly output: number
      readonly cached: number
      readonly of?: 'summary' | 'warming'
    }
  | { readonly kind: 'tts-characters'; readonly characters: number }
  | { readonly kind: 'draft-wasted'; readonly reply: number; readonly tokens: number; readonly characters: number }

/** The lines among what the API gave. What is not one is left out. */
export function linesIn(values: readonly unknown[]): readonly Line[] {
  return values.filter((value): value is Line => {
    if (typeof value !== 'object' || value === null) return false
    return typeof Reflect.get(value, 'seq') === 'number' && typeof Reflect.get(value, 'atMs') === 'number'
  })
}

/** The words of an utterance so far, and its keys. */
export function textOf({ finalWords, late, interimWords, digits, speakers = [] }: Utterance): string {
  const keys = digits === '' ? '' : `[keys ${[...digits].join(' ')}]`
  // Where there is one alone they are the caller.
  const isOne = speakers.every(({ speaker }) => speaker === 0)
  const said = isOne ? finalWords : speakers.map(({ speaker, text }) => `Speaker ${speaker + 1}: ${text}`).join(' ')
  return [said, late, interimWords, keys].filter(part => part !== '').join(' ')
}
