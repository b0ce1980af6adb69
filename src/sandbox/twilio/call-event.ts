/** How a <Dial> ended. */
export type DialOutcome = 'answered' | 'no-answer' | 'busy'

/** An event of a live call; `atMs` is on the timeline of its recording (0 before it was answered). */
export type CallEvent = { readonly atMs: number } & (
  | { readonly kind: 'document'; readonly url: string; readonly verbs: readonly string[] }
  | { readonly kind: 'stream-started'; readonly streamSid: string }
  | { readonly kind: 'stream-ended'; readonly by: 'application' | 'twilio'; readonly code: number }
  | { readonly kind: 'utterance'; readonly index: number; readonly say: string }
  /** A live caller pressed a key. */
  | { readonly kind: 'key'; readonly key: string }
  | { readonly kind: 'clear'; readonly droppedMs: number }
  | { readonly kind: 'say'; readonly text: string }
  | { readonly kind: 'dial'; readonly number: string; readonly outcome: DialOutcome }
  | { readonly kind: 'warning'; readonly text: string }
  | { readonly kind: 'hung-up'; readonly why: string }
)
