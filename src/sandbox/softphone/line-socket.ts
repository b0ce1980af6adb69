import type { WebSocket } from 'ws'
import { scopeOf } from '../../conversation/scope.ts'
import { reasonOf } from '../../failure-reason.ts'
import { SLOT_BYTES } from '../twilio/playout.ts'
import { type EndedCall, type HeldCall, type HoldingParts, holdCall } from './held-call.ts'
import { type FromPage, readFromPage, type ToPage } from './messages.ts'
import { type SeenServer, type ServerWatch, serverMessage } from './rung-at.ts'

/** Sound of more than 400 ms in one message is nobody's microphone. */
const MOST_SOUND_BYTES = 20 * SLOT_BYTES
/** Two seconds of what is heard, and then a page that reads too slowly loses some of it. */
const MOST_UNREAD_BYTES = 100 * SLOT_BYTES
/** A page that reads nothing at all. */
const TOO_MUCH_BYTES = 4 * 1024 * 1024
const PING_EVERY_MS = 10_000
/** WebSocket: the other side broke a rule. */
const POLICY_VIOLATION = 1008
/** WebSocket: this side cannot go on. */
const INTERNAL_ERROR = 1011

/** Serves one page: its calls one after the other, until the socket is closed or `signal` aborts. */
export function serveLine(socket: WebSocket, parts: HoldingParts, watch: ServerWatch, signal: AbortSignal): void {
  const { clock } = parts
  const scope = scopeOf(signal)
  let seen: SeenServer | undefined
  let call: HeldCall | undefined
  let last: EndedCall | undefined
  let isSaving = false
  let isAlive = true

  function tell(message: ToPage): void {
    if (socket.readyState !== socket.OPEN) return
    if (socket.bufferedAmount > TOO_MUCH_BYTES) socket.terminate()
    else socket.send(JSON.stringify(message))
  }

  function sound(frame: Uint8Array): void {
    if (socket.readyState === socket.OPEN && socket.bufferedAmount < MOST_UNREAD_BYTES) socket.send(frame)
  }

  const refuse = (what: Extract<ToPage, { kind: 'refused' }>['what'], why: string): void =>
    tell({ kind: 'refused', what, why })

  function ring(from: string): void {
    if (call) return refuse('call', 'There is a call already: hang up first.')
    if (!seen?.at)
      return refuse('call', seen?.notReady[0] ?? 'The server was not looked at yet: try again in a moment.')
    last = undefined
    call = holdCall(parts, { at: seen.at, seen, from }, { tell, sound }, scope.signal)
    call.done.then(
      over => {
        call = undefined
        last = over
      },
      // A journal or a recording that nobody thought of. The page asks for its line anew.
      () => socket.close(INTERNAL_ERROR, 'what came of the call cannot be told'),
    )
  }

  async function save(asked: Extract<FromPage, { kind: 'save' }>): Promise<void> {
    if (!last) return refuse('save', call ? 'The call goes on: hang up first.' : 'There is no call to keep.')
    if (isSaving) return refuse('save', 'It is being kept already.')
    isSaving = true
    try {
      tell({ kind: 'saved', path: await last.save(asked) })
    } catch (cause) {
      refuse('save', reasonOf(cause))
    } finally {
      isSaving = false
    }
  }

  function take(message: FromPage): void {
    switch (message.kind) {
      case 'call':
        return ring(message.from)
      case 'key':
        if (!call) return refuse('key', 'There is no call.')
        if (!call.press(message.key)) refuse('key', 'Too many keys wait already.')
        return
      case 'hang-up':
        return call?.hangUp('hung up')
      case 'save':
        return void save(message)
    }
  }

  function hear(mulaw: Buffer): void {
    if (mulaw.length <= MOST_SOUND_BYTES) call?.speak(mulaw)
    else socket.close(POLICY_VIOLATION, 'sound comes in messages of 160 bytes')
  }

  socket.on('message', (data: Buffer, isBinary) => {
    if (isBinary) return hear(data)
    const message = readFromPage(data.toString('utf8'))
    if ('problem' in message) refuse('message', message.problem)
    else take(message)
  })
  socket.on('pong', () => {
    isAlive = true
  })
  // What went wrong with it is told by its end.
  socket.on('error', () => undefined)
  socket.on('close', () => {
    call?.hangUp('the page was closed')
    // The call ends in order: its server gets a stop. What is left of it then is nobody's.
    const rest = call?.done ?? Promise.resolve()
    const isOver = (): void => scope.abort(new Error('the page was closed'))
    rest.then(isOver, isOver)
  })
  scope.signal.addEventListener('abort', () => socket.terminate(), { once: true })

  async function ping(): Promise<void> {
    for (;;) {
      await clock.sleep(PING_EVERY_MS, scope.signal)
      if (!isAlive) return socket.terminate()
      isAlive = false
      socket.ping()
    }
  }

  // It rejects with the scope's end, and only then.
  ping().catch(() => undefined)
  const leave = watch.join(now => {
    seen = now
    tell(serverMessage(now))
  })
  scope.signal.addEventListener('abort', leave, { once: true })
}
