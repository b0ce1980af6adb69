import { join } from 'node:path'
import type { JournalLine } from '../../src/conversation/lines.ts'
import type { Clock } from '../../src/conversation/ports.ts'
import { growingJournal } from '../../src/journal/growing-journal.ts'

const LOOKS_EVERY_MS = 100

/** What a caller understands: the agent's words as far as they were heard, at whichever server, by the journals there. */
export interface AgentWords {
  /** Since the caller's own last words. */
  text(): string
  /** The caller speaks now. */
  forget(): void
}

/** Follows a call's journals in the folders of all servers until `signal` aborts; the folders may become more. */
export function followWords(
  callId: string,
  dataDirs: () => readonly string[],
  onLine: (line: JournalLine, dataDir: string) => void,
  clock: Clock,
  signal: AbortSignal,
): AgentWords {
  const readers = new Map<string, ReturnType<typeof growingJournal>>()
  const parts = new Map<string, string>()
  let attempt = 0
  /** The stream that each server held last: one that was frozen may still write of it when the call has another one. */
  const attempts = new Map<string, number>()

  function take(line: JournalLine, dataDir: string): void {
    if ('started' in line) attempts.set(dataDir, ++attempt)
    if ('input' in line && line.input.kind === 'heard' && attempts.get(dataDir) === attempt) {
      const { reply, part, text } = line.input
      parts.set(`${attempt}:${reply}:${part}`, text)
    }
    onLine(line, dataDir)
  }

  async function look(): Promise<void> {
    for (const dataDir of dataDirs()) {
      const reader = readers.get(dataDir) ?? growingJournal(join(dataDir, 'calls', callId, 'journal.jsonl'))
      readers.set(dataDir, reader)
      // A server that was killed leaves half a line, which its next one goes on after.
      for (const line of await reader().catch(() => [])) take(line, dataDir)
    }
  }

  async function follow(): Promise<void> {
    while (!signal.aborted) {
      await look()
      await clock.sleep(LOOKS_EVERY_MS, signal).catch(() => undefined)
    }
  }

  follow()
  return { text: () => [...parts.values()].join(' '), forget: () => parts.clear() }
}
