import { expect } from 'vitest'
import { carriedOn } from '../../src/conversation/carried-on.ts'
import type { JournalLine } from '../../src/conversation/lines.ts'
import { restore } from '../../src/conversation/restore.ts'
import { english } from '../../src/languages/english.ts'
import { replayExactly } from '../../src/replay/exact.ts'
import { type Options, onTheLine, POLICY, type TestCall } from '../fakes/call.ts'

/** When the call began, by the clock of the stream that goes on: longer ago than any wait of its own. */
const BEGAN_MS = -20_000

/** Plays a call up to where its server dies, and gives the lines that it left. */
export async function killed(
  scenario: (call: TestCall) => Promise<void>,
  canTransfer = false,
): Promise<readonly JournalLine[]> {
  const lines: JournalLine[] = []
  await onTheLine({ policy: { canTransfer } }, async call => {
    await scenario(call)
    lines.push(...call.journal.lines)
  })
  return lines
}

/** The same call at another server, from its first moment there. */
export async function carried(
  earlier: readonly JournalLine[],
  scenario: (call: TestCall) => Promise<void>,
  { canTransfer = false, ...options }: Pick<Options, 'prepare' | 'openedMs'> & { readonly canTransfer?: boolean } = {},
): Promise<void> {
  const restored = restore(earlier, english)
  const state = {
    turn: carriedOn(restored, { ...POLICY, canTransfer }, BEGAN_MS, undefined),
    history: restored.history,
  }
  const lines: JournalLine[] = []
  await onTheLine({ state, earlier, policy: { canTransfer }, ...options }, async call => {
    await scenario(call)
    lines.push(...call.journal.lines)
  })
  const { differences } = replayExactly(lines, { languageOf: () => english })
  expect(differences).toEqual([])
}
