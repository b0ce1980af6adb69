import type { Cue, FixtureFile } from './fixture.ts'

/**
 * A line of a fixture's script: words (a pause of so many ms stands as [1800]), a noise, a voice whose words nobody makes
 * out, or keys.
 */
export type ScriptLine =
  | {
      readonly say: string
      /** How flite is told to say it, where it reads the words letter by letter or wrong. */
      readonly sounds?: string
      /** It wants no answer, and does not stop the agent. */
      readonly aside?: true
      readonly cue: Cue
    }
  | { readonly noise: 'cough' | 'door' | 'click'; readonly cue: Cue }
  | { readonly mumble: string; readonly cue: Cue }
  | { readonly press: string; readonly cue: Cue }

/** A fixture before it is spoken; `voice` is one of flite's, and not the agent's. */
export interface FixtureScript
  extends Pick<FixtureFile, 'name' | 'about' | 'from' | 'agent' | 'voice' | 'echo' | 'hangUp' | 'expect'> {
  readonly lines: readonly ScriptLine[]
}

/** A polite caller's next words: a breath after the agent has stopped. */
export const next = (say: string, ms = 600): ScriptLine => ({ say, cue: { after: 'agent-stopped', ms } })
/** After a tool the agent may pause between "one moment" and the answer: wait for the answer. */
export const afterTool = (say: string): ScriptLine => next(say, 1500)
export const interrupting = (say: string, ms: number): ScriptLine => ({ say, cue: { after: 'agent-started', ms } })
/** So long after the caller's own last sound, while the agent goes on. */
export const later = (ms: number): Cue => ({ after: 'own-utterance', ms })
export const HANG_UP = { after: 'agent-stopped', ms: 800, withStop: true } as const
