import { entryOf, type Values } from '../providers/catalogue/catalogue.ts'
import type { ChosenProvider, ChosenProviders } from './providers.ts'

/** Where a provider is reached, and with which key. */
export interface Access {
  readonly apiKey: string
  readonly baseUrl: string
}

/**
 * Where the stand-ins are that are used, by their names in `sandbox/stand-ins.ts`; and where screens are looked at: nothing
 * where they cannot be.
 */
export type ProviderAccess = Readonly<Record<string, Access | undefined>> & { readonly gemini?: Access | undefined }

type Chosen = { readonly providers: ChosenProviders }

/** The values of a provider's settings, with the sandbox's address and key where it stands in. */
export function valuesAt({ port, name, values }: ChosenProvider, access: ProviderAccess): Values {
  const standIn = entryOf(port, name)?.standIn
  return { ...values, ...(standIn === undefined ? undefined : access[standIn]) }
}

/** The address of the stand-in that knows scripted callers' words; undefined where callers are heard by somebody else. */
export function announcedAt({ providers }: Chosen, access: ProviderAccess): string | undefined {
  // What is announced to one of them is known to all.
  const ears = providers.STT.find(({ isStoodIn }) => isStoodIn)
  const url = ears && valuesAt(ears, access).baseUrl
  if (url !== undefined) return new URL(url).origin
  const [mind] = providers.LLM
  const hears = mind?.isStoodIn && entryOf('LLM', mind.name)?.hearsAndSpeaks
  return hears ? new URL(valuesAt(mind, access).baseUrl ?? '').origin : undefined
}

/** Where the language model is asked that is asked first. */
export const modelUrl = ({ providers }: Chosen, access: ProviderAccess): string | undefined =>
  providers.LLM[0] && valuesAt(providers.LLM[0], access).baseUrl
