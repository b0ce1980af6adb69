import { z } from 'zod'
import type { Clock } from '../conversation/ports.ts'

const times = z.number().int().min(1).max(10_000).default(1)
const when = {
  times,
  afterMessages: z.number().int().min(0).optional(),
  afterMs: z.number().min(0).max(600_000).optional(),
}
/** A fault, as it is asked for. */
const fault = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('drop'), ...when }),
  z.strictObject({ kind: z.literal('stall'), ...when }),
  z.strictObject({ kind: z.literal('malformed'), ...when }),
  z.strictObject({ kind: z.literal('status'), times, status: z.number().int().min(400).max(599) }),
])

/** The body of `POST /sandbox/faults`. */
export const faultsRequest = z.strictObject({ faults: z.array(fault).max(100) })

/**
 * A fault to inject `times` times (default 1). `drop` resets a connection, `stall` sends nothing more on it but keeps it
 * open, `malformed` breaks one message. Each hits one connection (for OpenAI one response), after `afterMessages`
 * messages and `afterMs`, counted from when the fault was set or the connection began, whichever is later.
 * `status` refuses a handshake or a request with that HTTP status.
 */
export type Fault = z.input<typeof fault>
type FullFault = z.output<typeof fault>
type LineFault = Exclude<FullFault, { kind: 'status' }>

/** What happens to the next message. */
export type Fate = 'send' | 'drop' | 'stall' | 'malformed'

/** One connection into which faults can be injected. */
export interface FaultyLine {
  /** Call it once for each message. After `drop` the connection is already reset; after `stall` send nothing more. */
  readonly fate: () => Fate
}

/** The faults that a stand-in still has to inject. */
export interface Faults {
  /** Replaces all faults that are left. Open connections get the new ones first, beginning with the oldest connection. */
  set(faults: readonly Fault[]): void
  readonly left: () => readonly Fault[]
  /** The HTTP status to refuse this handshake or request with; undefined to accept it. */
  status(): number | undefined
  /** Registers a connection that lasts until `signal` aborts. `drop` is called to reset it, at any time until then. */
  join(drop: () => void, signal: AbortSignal): FaultyLine
}

interface Line {
  readonly drop: () => void
  readonly signal: AbortSignal
  armed: { readonly fault: LineFault; readonly fromMs: number; messages: number } | undefined
  isStalled: boolean
}

/** Begins with these faults pending. */
export function openFaults(clock: Clock, initial: readonly Fault[] = []): Faults {
  let pending: { readonly fault: FullFault; left: number }[] = []
  const lines = new Set<Line>()

  function set(faults: readonly Fault[]): void {
    pending = faultsRequest.parse({ faults }).faults.map(fault => ({ fault, left: fault.times }))
    for (const line of lines) {
      line.armed = undefined
      arm(line)
    }
  }

  function arm(line: Line): void {
    const entry = pending.find(({ fault, left }) => left > 0 && fault.kind !== 'status')
    if (!entry || entry.fault.kind === 'status') return
    entry.left--
    line.armed = { fault: entry.fault, fromMs: clock.now(), messages: 0 }
    const { kind, afterMs = 0, afterMessages = 0 } = entry.fault
    if (kind !== 'drop' || afterMessages > 0) return
    const { armed } = line
    clock.sleep(afterMs, line.signal).then(
      () => {
        if (line.armed === armed) inject(line)
      },
      () => undefined,
    )
  }

  function inject(line: Line): Fate {
    const kind = line.armed?.fault.kind
    line.armed = undefined
    if (kind === 'stall') line.isStalled = true
    if (kind === 'drop') {
      lines.delete(line)
      line.drop()
    } else if (kind === 'malformed') arm(line)
    return kind ?? 'send'
  }

  function fate(line: Line): Fate {
    if (line.isStalled) return 'stall'
    if (!line.armed) return 'send'
    const { fault, fromMs, messages } = line.armed
    line.armed.messages++
    const isDue = messages >= (fault.afterMessages ?? 0) && clock.now() >= fromMs + (fault.afterMs ?? 0)
    return isDue ? inject(line) : 'send'
  }

  set(initial)
  return {
    set,
    left: () => pending.filter(({ left }) => left > 0).map(({ fault, left }) => ({ ...fault, times: left })),
    status() {
      const entry = pending.find(({ fault, left }) => left > 0 && fault.kind === 'status')
      if (entry?.fault.kind !== 'status') return undefined
      entry.left--
      return entry.fault.status
    },
    join(drop, signal) {
      const line: Line = { drop, signal, armed: undefined, isStalled: false }
      lines.add(line)
      arm(line)
      const leave = (): void => {
        lines.delete(line)
        disarm(line)
      }
      signal.addEventListener('abort', leave, { once: true })
      return { fate: () => fate(line) }
    },
  }

  /** A fault that was not injected waits for another connection. */
  function disarm({ armed }: Line): void {
    const entry = pending.find(({ fault }) => fault === armed?.fault)
    if (entry) entry.left++
  }
}
