import type { Clock } from '../conversation/ports.ts'
import type { Network } from '../network.ts'
import { entryOf } from '../providers/catalogue/catalogue.ts'
import type { WhatIfParts } from '../replay/report.ts'
import type { RunSettings } from './run-settings.ts'

/** The settings' first model that is no stand-in, or another one of the same vendor. */
export async function liveModel(
  { providers }: Pick<RunSettings, 'providers'>,
  clock: Clock,
  network: Network,
  signal: AbortSignal,
): Promise<WhatIfParts['live']> {
  const chosen = providers.LLM.find(({ isStoodIn }) => !isStoodIn)
  const open = await (chosen && entryOf('LLM', chosen.name))?.load()
  if (!chosen || !open) return undefined
  return async (model, language) => {
    const values = { ...chosen.values, ...(model !== undefined && { model }) }
    const provider = await open(values, { clock, network })
    return provider.forCall({ callId: 'what-if', traceparent: undefined, language, signal })
  }
}
