import type { Clock } from '../conversation/ports.ts'
import { checkFolder } from './disk.ts'
import { readiness } from './readiness.ts'

export interface ReadyParts {
  readonly clock: Clock
  readonly log: Parameters<typeof readiness>[0]['log']
  /** Ends the checks. */
  readonly signal: AbortSignal
  readonly database: { readonly check: () => Promise<void> }
  readonly callsFolder: string
  readonly objectsThere: () => Promise<void>
  readonly calls: { readonly isStopped: () => boolean }
  readonly phrasesMissing: () => boolean
  readonly localSpeech: { readonly notReady: () => readonly string[] } | undefined
  readonly failures: { readonly reasons: () => readonly string[] }
}

/** What calls need, and why none are taken now. */
export const readyToAnswer = (parts: ReadyParts) =>
  readiness({
    ...{ clock: parts.clock, log: parts.log, signal: parts.signal },
    needs: [
      { what: 'database', check: parts.database.check },
      { what: 'DATA_DIR', check: () => checkFolder(parts.callsFolder) },
      { what: 'object store', check: parts.objectsThere },
    ],
    known: () => [
      ...(parts.calls.isStopped() ? ['shutting down'] : []),
      ...(parts.phrasesMissing() ? ['phrases are being rendered'] : []),
      ...(parts.localSpeech?.notReady() ?? []),
      ...parts.failures.reasons(),
    ],
  })
