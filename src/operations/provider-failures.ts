import type { JournalLine } from '../conversation/lines.ts'
import type { Clock } from '../conversation/ports.ts'

const IN_A_ROW = 3
const WITHIN_MS = 60_000
const SPEECH_TO_TEXT = 'speech-to-text'

/** Which providers fail in all calls of this server, by the calls' journals. */
export interface ProviderFailures {
  /** For one call: is told each of its journal's lines. */
  ofCall(): (line: JournalLine) => void
  /** One for each provider that failed three times in a row within the last minute. */
  reasons(): readonly string[]
}

export function providerFailures(clock: Clock): ProviderFailures {
  const failedAtMs = new Map<string, readonly number[]>()

  const recent = (provider: string): readonly number[] =>
    (failedAtMs.get(provider) ?? []).filter(atMs => clock.now() - atMs < WITHIN_MS)

  function failed(provider: string): void {
    failedAtMs.set(provider, [...recent(provider), clock.now()].slice(-IN_A_ROW))
  }

  /** The model and the voice have made a whole reply. */
  function replied(): void {
    for (const provider of [...failedAtMs.keys()]) if (provider !== SPEECH_TO_TEXT) failedAtMs.delete(provider)
  }

  return {
    ofCall() {
      /** Replies that asked the model. All others may come from the disk, which shows nothing of a provider. */
      const asked = new Set<number>()
      return line => {
        if ('decided' in line && line.decided.kind === 'model-asked') asked.add(line.decided.reply)
        if (!('input' in line)) return
        const { input } = line
        if (input.kind === 'reply-failed') failed(input.provider)
        if (input.kind === 'stt-failed') failed(SPEECH_TO_TEXT)
        if (input.kind === 'words') failedAtMs.delete(SPEECH_TO_TEXT)
        if (input.kind === 'reply-done' && asked.has(input.reply)) replied()
      }
    },
    reasons: () =>
      [...failedAtMs.keys()]
        .filter(provider => recent(provider).length >= IN_A_ROW)
        .map(provider => `${provider}: failed ${IN_A_ROW} times in a row in the last minute`),
  }
}
