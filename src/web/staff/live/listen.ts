import { inCall } from '../server/ask.ts'
import { type Line, linesIn } from '../timeline/lines.ts'

export interface Heard {
  /** Without sound the call is not recorded, and nobody hears it here either. */
  readonly onRate: (rateHz: number, hasSound: boolean) => void
  readonly onLine: (line: Line) => void
  readonly onSound: (pcm: ArrayBuffer) => void
  /** It is connected, or tries again. */
  readonly onState: (state: 'opening' | 'live') => void
}

/** Codes with which the server closes. */
const [OVER, SIGNED_OUT] = [1_000, 4_401]
const WAITS_MS = [500, 1_000, 2_000, 4_000, 8_000]

/**
 * Listens in until the call is over or `signal` is aborted. A connection that drops is opened again; lines that come
 * twice are told once. Resolves with how it ended: `over`, `out` when the session was,
 * or `lost` when it could not be opened again.
 */
export async function listen(callId: string, heard: Heard, signal: AbortSignal): Promise<'over' | 'out' | 'lost'> {
  let [lastSeq, lastAttempt] = [0, 1]
  const once: Told = {
    ...heard,
    onAttempt(attempt) {
      // Each attempt may count its lines anew.
      if (attempt !== lastAttempt) lastSeq = 0
      lastAttempt = attempt
    },
    onLine(line) {
      if (line.seq <= lastSeq) return
      lastSeq = line.seq
      heard.onLine(line)
    },
  }
  for (let tries = 0; tries < WAITS_MS.length; ) {
    heard.onState('opening')
    const end = await connection(callId, once, signal)
    if (end.code === OVER || signal.aborted) return 'over'
    if (end.code === SIGNED_OUT) return 'out'
    tries = end.wasHeard ? 0 : tries + 1
    await wait(WAITS_MS[tries] ?? 0, signal)
  }
  return 'lost'
}

interface Told extends Heard {
  readonly onAttempt: (attempt: number) => void
}
/** Why a connection closed, and whether anything came over it. */
interface End {
  readonly code: number
  readonly wasHeard: boolean
}

function connection(callId: string, heard: Told, signal: AbortSignal): Promise<End> {
  const { promise, resolve } = Promise.withResolvers<End>()
  const path = `/staff/api/live/${inCall(callId).slice('calls/'.length)}/listen`
  const socket = new WebSocket(location.origin.replace(/^http/, 'ws') + path)
  socket.binaryType = 'arraybuffer'
  let wasHeard = false
  const leave = (): void => socket.close()
  signal.addEventListener('abort', leave)
  socket.onopen = () => heard.onState('live')
  socket.onmessage = ({ data }) => {
    if (data instanceof ArrayBuffer) {
      wasHeard = true
      return heard.onSound(data)
    }
    const told = parsed(String(data))
    const field = (name: string): unknown =>
      typeof told === 'object' && told !== null ? Reflect.get(told, name) : undefined
    const [rateHz, attempt] = [field('rateHz'), field('attempt')]
    if (typeof rateHz === 'number') {
      if (typeof attempt === 'number') heard.onAttempt(attempt)
      return heard.onRate(rateHz, field('sound') !== false)
    }
    for (const line of linesIn([told])) {
      wasHeard = true
      heard.onLine(line)
    }
  }
  socket.onclose = ({ code }) => {
    signal.removeEventListener('abort', leave)
    resolve({ code, wasHeard })
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
