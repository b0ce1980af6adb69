import { inCall } from '../server/ask.ts'
import { type Line, linesIn } from '../timeline/lines.ts'

export interface Heard {
  readonly onRate: (rateHz: number) => void
  readonly onLine: (line: Line) => void
  readonly onSound: (pcm: ArrayBuffer) => void
  /** It is connected, or tries again. */
  readonly onState: (state: 'opening' | 'live') => void
}

const WAITS_MS = [500, 1_000, 2_000, 4_000, 8_000]

/**
 * Listens in until the call is over or `signal` is aborted. A connection that drops is opened again; lines that come
 * twice are told once. Resolves with how it ended: `over`, or `lost` when it could not be opened again.
 */
export async function listen(callId: string, heard: Heard, signal: AbortSignal): Promise<'over' | 'lost'> {
  let lastSeq = 0
  const once: Heard = {
    ...heard,
    onLine(line) {
      if (line.seq <= lastSeq) return
      lastSeq = line.seq
      heard.onLine(line)
    },
  }
  for (let tries = 0; tries < WAITS_MS.length; ) {
    heard.onState('opening')
    const end = await connection(callId, once, signal)
    if (end.isOver || signal.aborted) return 'over'
    tries = end.wasOpen ? 0 : tries + 1
    await wait(WAITS_MS[tries] ?? 0, signal)
  }
  return 'lost'
}

function connection(callId: string, heard: Heard, signal: AbortSignal): Promise<{ isOver: boolean; wasOpen: boolean }> {
  const { promise, resolve } = Promise.withResolvers<{ isOver: boolean; wasOpen: boolean }>()
  const path = `/staff/api/live/${inCall(callId).slice('calls/'.length)}/listen`
  const socket = new WebSocket(location.origin.replace(/^http/, 'ws') + path)
  socket.binaryType = 'arraybuffer'
  let wasOpen = false
  const leave = (): void => socket.close()
  signal.addEventListener('abort', leave)
  socket.onopen = () => {
    wasOpen = true
    heard.onState('live')
  }
  socket.onmessage = ({ data }) => {
    if (data instanceof ArrayBuffer) return heard.onSound(data)
    const told = parsed(String(data))
    const rateHz = typeof told === 'object' && told !== null ? Reflect.get(told, 'rateHz') : undefined
    if (typeof rateHz === 'number') return heard.onRate(rateHz)
    for (const line of linesIn([told])) heard.onLine(line)
  }
  socket.onclose = ({ code }) => {
    signal.removeEventListener('abort', leave)
    resolve({ isOver: code === 1_000, wasOpen })
  }
  return promise
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}

function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const timer = setTimeout(done, ms)
    function done(): void {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    signal.addEventListener('abort', done)
  })
}
