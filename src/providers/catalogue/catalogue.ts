import type { KeyTest, PartsOf, Port, Ports, SettingSpec } from '../entry.ts'
import { loadPlugIn } from '../plug-in.ts'
import { LLM } from './language-models.ts'
import { STT } from './speech-to-text.ts'
import { TTS } from './voices.ts'

/** Any entry, whatever its settings are. Its values were read by its own settings, so that they fit. */
export interface AnyEntry<P extends Port = Port> {
  readonly port: P
  readonly title: string
  readonly settings: Readonly<Record<string, SettingSpec>>
  readonly standIn?: string
  languagesOf?(values: Values): readonly string[] | undefined
  readonly hearsAndSpeaks?: true
  keyTest?(values: Values): KeyTest
  load(): Promise<(values: Values, parts: PartsOf<P>) => Ports[P] | Promise<Ports[P]>>
}
export type Values = Readonly<Record<string, string | undefined>>

/** Every provider that comes with Partyline: by port, and by the name that the port's setting chooses it by. */
export const CATALOGUE: { readonly [P in Port]: Readonly<Record<string, object>> } = { STT, LLM, TTS }
export const PORTS = ['STT', 'LLM', 'TTS'] as const satisfies readonly Port[]

export const namesOf = (port: Port): readonly string[] => Object.keys(CATALOGUE[port])

/**
 * The entry of this name: one of the catalogue, or a plug-in's (a file or a package, seen from the folder in which the server
 * was started). Throws PlugInError for a plug-in that cannot be used.
 */
export function entryOf<P extends Port>(port: P, name: string): AnyEntry<P> | undefined {
  return Object.hasOwn(CATALOGUE[port], name) ? (CATALOGUE[port][name] as AnyEntry<P>) : loadPlugIn(port, name, '.')
}
