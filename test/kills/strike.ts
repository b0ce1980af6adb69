import { join } from 'node:path'
import { systemClock as clock } from '../../src/clock.ts'
import { journalLinesIn } from '../../src/journal/late-commits.ts'
import { storeIn } from '../../src/journal/store.ts'
import type { PlacedCall } from './placed-call.ts'
import type { Rig } from './rig.ts'
import type { LiveServer } from './servers.ts'

/**
 * What befalls the server that holds a call. `kill`: it dies, and the carrier's stream breaks. `freeze`: it stands still
 * until somebody else has the call, and then goes on. `half-open`: it dies, and the carrier is not told. `alone`: so do
 * all others, and one of them comes up again.
 */
export const STRIKES = ['kill', 'freeze', 'half-open', 'alone'] as const
export type Strike = (typeof STRIKES)[number]

/** What the callers may wait for words. Where the carrier does not notice, a server is dead after 10 s and looked for each 3 s. */
export const WORDS_WITHIN_MS: Readonly<Record<Strike, number>> = {
  kill: 4_000,
  freeze: 18_000,
  'half-open': 18_000,
  // Another one starts first.
  alone: 23_000,
}
/**
 * Where the carrier does not notice, people wait so long before they say it again: what is measured is when the agent speaks,
 * and not how it answers those who talk over it then.
 */
export const WAITS_MS = 25_000
/** A server that was thawed lets go within a look at the others, and its line closes at once. */
const LETS_GO_WITHIN_MS = 5_000
/** After a start of their own, somebody else is alone for longer than it takes to fetch a call back. */
const ALONE_FOR_MS = 40_000
const LOOKS_EVERY_MS = 50

/** A server that was struck. */
export interface Struck {
  readonly server: LiveServer
  /** What it did that it should not have, when the call is over. */
  wrongs(): Promise<readonly string[]>
}

/**
 * Strikes the server that holds the call. With `freeze` resolves when it is thawed: `share` of 1.5 s after the next stream
 * has begun, or when `over` aborts. `draw` gives numbers in [0, 1).
 */
export async function strike(
  how: Strike,
  rig: Rig,
  call: PlacedCall,
  server: LiveServer,
  draw: () => number,
  over: AbortSignal,
): Promise<Struck> {
  const { servers } = rig
  const none = { server, wrongs: async () => [] }
  switch (how) {
    case 'kill':
      servers.kill(server)
      return none
    case 'half-open':
      call.halfOpen()
      servers.kill(server)
      return none
    case 'alone':
      call.halfOpen()
      for (const one of servers.up()) servers.kill(one, one === server ? ALONE_FOR_MS : undefined)
      return none
    case 'freeze':
      return frozen(rig, call, server, draw, over)
  }
}

async function frozen(
  rig: Rig,
  call: PlacedCall,
  server: LiveServer,
  draw: () => number,
  over: AbortSignal,
): Promise<Struck> {
  const store = await storeIn(rig.database)
  const held = call.streams().length
  // The carrier's end of the stream reaches a machine that stands still, but not one that is cut off.
  if (draw() < 0.5) call.halfOpen()
  rig.servers.freeze(server)
  let committed: readonly string[] | undefined
  try {
    while (call.streams().length === held) await clock.sleep(LOOKS_EVERY_MS, over)
    await clock.sleep(1_500 * draw(), over)
    committed = await store.linesOf(call.callSid)
  } catch (error) {
    if (!over.aborted) throw error
  } finally {
    rig.servers.thaw(server)
  }
  const thawedMs = clock.now()
  return {
    server,
    async wrongs() {
      if (!committed) return ['nobody else took the call of a server that was frozen']
      const before = new Set(committed)
      const own = new Set(await journalLinesIn(join(server.dataDir, 'calls', call.callSid)))
      const late = (await store.linesOf(call.callSid)).filter(line => !before.has(line) && own.has(line))
      const { lastSentMs, closedMs } = call.streams()[held - 1] ?? {}
      const untilMs = thawedMs + LETS_GO_WITHIN_MS
      return [
        ...late.map(line => `a server that was thawed committed ${line}`),
        ...((lastSentMs ?? 0) > untilMs ? ['a server that was thawed went on to speak'] : []),
        ...((closedMs ?? Number.POSITIVE_INFINITY) > untilMs ? ['a server that was thawed kept its stream'] : []),
      ]
    },
  }
}
