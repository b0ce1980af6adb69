import type { ChosenProvider } from '../chosen/providers.ts'
import type { Settings } from '../config.ts'
import type { AnswersBy } from '../staff/calls/again.ts'

/** The settings that a run needs. There are no others in its process: no key of any vendor's but the model's. */
export interface RunSettings
  extends Pick<Settings, 'AGENT' | 'PARTYLINE_AGENTS' | 'LANGUAGE' | 'LANGUAGES' | 'TIME_ZONE' | 'models'> {
  readonly providers: { readonly LLM: readonly ChosenProvider<'LLM'>[] }
}

/** A process without the model's key cannot ask a live provider, whatever it runs. */
export const runSettings = (
  { AGENT, PARTYLINE_AGENTS, LANGUAGE, LANGUAGES, TIME_ZONE, models, providers }: Settings,
  answersBy: AnswersBy,
): RunSettings => ({
  ...{ AGENT, PARTYLINE_AGENTS, LANGUAGE, LANGUAGES, TIME_ZONE, models },
  providers: { LLM: answersBy === 'sandbox' ? [] : providers.LLM },
})
