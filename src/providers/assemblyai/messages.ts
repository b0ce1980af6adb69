import { z } from 'zod'

/** A session is shorter than a day: a greater number is no time. */
const MOST_MS = 24 * 3_600_000
/** `end` is in ms of the sound that the service was sent. */
const word = z.object({ text: z.string(), end: z.number().nonnegative().max(MOST_MS).optional().catch(undefined) })

/** What the service sends, as far as it is used. */
const message = z.discriminatedUnion('type', [
  z.object({ type: z.literal('Begin') }),
  z.object({ type: z.literal('Heartbeat') }),
  z.object({
    type: z.literal('Turn'),
    turn_order: z.number().int(),
    end_of_turn: z.boolean(),
    /** The words that do not change any more; with the newer models all words. */
    transcript: z.string(),
    /** All words, those that may still change too. */
    words: z.array(word).catch([]),
    // An invalid confidence must not discard the words.
    end_of_turn_confidence: z.number().min(0).max(1).optional().catch(undefined),
  }),
  z.object({ type: z.literal('Error'), error: z.string(), error_code: z.number().optional().catch(undefined) }),
])
export type AssemblyAiMessage = z.infer<typeof message>
export type Turn = Extract<AssemblyAiMessage, { type: 'Turn' }>

/** Undefined for messages of other types, which are not needed, and for broken ones, which cannot be used. */
export function messageIn(text: string): AssemblyAiMessage | undefined {
  try {
    const read = message.safeParse(JSON.parse(text))
    return read.success ? read.data : undefined
  } catch {
    return undefined
  }
}

/** Account and settings: the same session would be refused again. */
const LASTING: ReadonlySet<number> = new Set([1008, 3006, 4000, 4001, 4002, 4003, 4101])

/** 1008 is also "Too many concurrent sessions", which was 3009 later: that passes. */
export const isPassing = (code: number, reason: string): boolean =>
  !LASTING.has(code) || /concurrent|too many/i.test(reason)
