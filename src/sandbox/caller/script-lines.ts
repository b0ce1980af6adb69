import type { Cue, FixtureFile } from './fixture.ts'

/**
 * A line of a fixture's script: words ([1800] is a pause of 1800 ms), a noise, unintelligible speech (`mumble`), or
 * keys.
 */
export type ScriptLine =
  | {
      readonly say: string
      /** The text for flite, where it would spell or mispronounce the words. */
      readonly sounds?: string
      /** It needs no answer and does not stop the agent. */
      readonly aside?: true
      readonly cue: Cue
    }
  | { readonly noise: 'cough' | 'door' | 'click'; readonly cue: Cue }
  | { readonly mumble: string; readonly cue: Cue }
  | { readonly press: string; readonly cue: Cue }

/** A fixture before synthesis; `voice` is one of flite's, but not the agent's. */
export interface FixtureScript
  extends Pick<FixtureFile, 'name' | 'about' | 'from' | 'agent' | 'voice' | 'echo' | 'hangUp' | 'expect'> {
  readonly lines: readonly ScriptLine[]
}

/** A polite caller's next words, a short pause after the agent has stopped. */
export const next = (say: string, ms = 600): ScriptLine => ({ say, cue: { after: 'agent-stopped', ms } })
/** After a tool the agent may pause between "one moment" and the answer: wait for the answer. */
export const afterTool = (say: string): ScriptLine => next(say, 1500)
export const interrupting = (say: string, ms: number): ScriptLine => ({ say, cue: { after: 'agent-started', ms } })
/** This long after the caller's own last sound, while the agent continues. */
export const later = (ms: number): Cue => ({ after: 'own-utterance', ms })
export const HANG_UP = { after: 'agent-stopped', ms: 800, withStop: true } as const
