import { systemClock } from '../clock.ts'
import { readSettings } from '../config.ts'
import { systemNetwork } from '../network.ts'
import { replayedModel } from '../replay/replayed-model.ts'
import { liveModel } from '../what-if/live-model.ts'
import type { TestModel } from './test-model.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** No answer takes so long. */
const LIMIT_MS = 60_000

/** Whether the settings name a real model whose key is set. Throws SettingsError. */
export const hasRealModel = (environment: Environment): boolean =>
  readSettings(environment).providers.LLM.some(({ isStoodIn }) => !isStoodIn)

/**
 * The first real model of the settings LLM. The call's time stands still while it answers; then its words come as quickly
 * as they came. Throws SettingsError, and an Error where no key is set.
 */
export function settingsModel(environment: Environment): TestModel {
  const { providers } = readSettings(environment)
  return {
    async open({ time, language, fail, signal }) {
      const live = await liveModel({ providers }, systemClock, systemNetwork, signal)
      if (!live)
        throw new Error("model: 'settings' asks a real model, and no key for one is set (LLM, OPENAI_API_KEY …).")
      const during = <T>(work: Promise<T>): Promise<T> =>
        time.during(work, LIMIT_MS).catch(cause => {
          if (!signal.aborted)
            fail(new Error(`The model failed: ${cause instanceof Error ? cause.message : cause}`, { cause }))
          throw cause
        })
      const tell = (): void => undefined
      const open = () => live(undefined, language)
      return {
        model: replayedModel({ recorded: new Map(), live: open, clock: time.clock, during, tell, signal }),
        unasked: () => [],
      }
    },
  }
}
