import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Clock } from '../../conversation/ports.ts'
import { within } from '../../conversation/scope.ts'
import { reasonOf } from '../../failure-reason.ts'
import type { Network } from '../../network.ts'
import { askServer } from '../ringing/rung-server.ts'
import type { ToPage } from './messages.ts'

/** The server that the softphone rings. */
export interface RungAt {
  /** Where it is reached from here, such as http://127.0.0.1:8080. */
  readonly url: string
  /** Its PUBLIC_URL, which signatures cover. */
  readonly publicUrl: string
  readonly authToken: string
}

/** A server as it was just now. */
export interface SeenServer {
  readonly at: RungAt | undefined
  readonly notReady: readonly string[]
  /** Its calls' folder, where that can be read here. */
  readonly callsFolder: string | undefined
  /** What people who talk to it should know. */
  readonly notice?: string | undefined
  /** It tells of callers' tasks. */
  readonly tellsTasks: boolean
}

const LOOK_EVERY_MS = 2_000
const ANSWER_MS = 5_000
const NOBODY = 'No server is known yet. Start one with npm start, or give this sandbox its address: --url URL'

export interface WatchParts {
  readonly rungAt: () => RungAt | undefined
  readonly network: Network
  readonly clock: Clock
}

/** Looks at the server for all pages at once, while there is one: a server bounds how often it may be asked. */
export interface ServerWatch {
  /** Tells the server as it is, and each change. The returned function ends that. */
  join(onChange: (seen: SeenServer) => void): () => void
}

export function openServerWatch({ rungAt, network, clock }: WatchParts): ServerWatch {
  const members = new Set<(seen: SeenServer) => void>()
  let running: AbortController | undefined
  let last: SeenServer | undefined

  async function run(signal: AbortSignal): Promise<void> {
    for (;;) {
      const seen = await look(rungAt(), network, clock, signal)
      const isNew = JSON.stringify(seen) !== JSON.stringify(last)
      last = seen
      if (isNew) for (const tell of members) tell(seen)
      await clock.sleep(LOOK_EVERY_MS, signal)
    }
  }

  return {
    join(onChange) {
      members.add(onChange)
      if (last) onChange(last)
      if (!running) {
        running = new AbortController()
        // It rejects when nobody looks any more, and only then.
        run(running.signal).catch(() => undefined)
      }
      return () => {
        members.delete(onChange)
        if (members.size > 0) return
        running?.abort(new Error('nobody looks any more'))
        running = undefined
        last = undefined
      }
    },
  }
}

async function look(at: RungAt | undefined, network: Network, clock: Clock, signal: AbortSignal): Promise<SeenServer> {
  const unknown = { at, callsFolder: undefined, tellsTasks: false }
  if (!at) return { ...unknown, notReady: [NOBODY] }
  try {
    const ask = (until: AbortSignal) => askServer(at.url, network, until)
    const { notReady, isStandIn, notice, dataDir } = await within(ANSWER_MS, 'its answer', clock, ask, signal)
    const folder = dataDir === undefined ? undefined : join(dataDir, 'calls')
    const callsFolder = folder !== undefined && existsSync(folder) ? folder : undefined
    return { at, notReady, notice, callsFolder, tellsTasks: isStandIn }
  } catch (cause) {
    signal.throwIfAborted()
    return { ...unknown, notReady: [reasonOf(cause)] }
  }
}

export function serverMessage({ at, notReady, callsFolder }: SeenServer): ToPage {
  const isReady = notReady.length === 0
  return { kind: 'server', url: at?.url ?? '', ready: isReady, notReady, follows: callsFolder !== undefined }
}
