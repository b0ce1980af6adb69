import { type ChildProcess, fork } from 'node:child_process'
import type { Clock } from '../../../../conversation/ports.ts'
import { within } from '../../../../conversation/scope.ts'
import { childEnvironment } from '../../../../jobs/child-environment.ts'
import type { StartedAvatar } from '../avatar.ts'
import type { FromFaces, ToFaces } from './messages.ts'

const MAIN = new URL('./main.ts', import.meta.url)
const JOINED_WITHIN_MS = 10_000

/** A face as the server sees it. */
interface Held {
  readonly joined: PromiseWithResolvers<void>
  readonly over: PromiseWithResolvers<string>
}

interface Running {
  readonly child: ChildProcess
  readonly faces: Map<number, Held>
}

/**
 * The faces of all conversations, in a process of their own: LiveKit's native client may crash. It runs while there are faces, and
 * ends with this process.
 */
export function facesProcess(clock: Clock, file = MAIN) {
  let current: Running | undefined
  let numbers = 0

  function start(): Running {
    const child = fork(file, [], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], env: childEnvironment(process.env) })
    // It does not keep this process alive.
    child.unref()
    child.channel?.unref()
    const running: Running = { child, faces: new Map() }
    const over = (how: string): void => {
      if (current === running) current = undefined
      for (const face of [...running.faces.keys()]) end(running, face, `the process of the faces ended (${how})`)
    }
    child.on('message', message => take(running, message as FromFaces))
    child.on('error', error => over(error.message))
    child.once('exit', (code, signalName) => over(signalName ?? `code ${code}`))
    return running
  }

  function take(running: Running, message: FromFaces): void {
    if (message.kind === 'joined') running.faces.get(message.face)?.joined.resolve()
    else end(running, message.face, message.why)
  }

  function end(running: Running, face: number, why: string): void {
    const held = running.faces.get(face)
    running.faces.delete(face)
    held?.joined.reject(new Error(why))
    held?.over.resolve(why)
    if (running.faces.size > 0) return
    if (current === running) current = undefined
    // It ends by itself then.
    if (running.child.connected) running.child.disconnect()
  }

  const send = ({ child }: Running, message: ToFaces): void => {
    if (child.connected) child.send(message, () => undefined)
  }

  return {
    /** Brings a face to the room of the token, until the signal is aborted. Rejects where it cannot join. */
    async join({ url, token }: { readonly url: string; readonly token: string }, signal: AbortSignal) {
      signal.throwIfAborted()
      current ??= start()
      const running = current
      const face = ++numbers
      const held: Held = { joined: Promise.withResolvers(), over: Promise.withResolvers() }
      // It may end while nobody waits.
      held.joined.promise.catch(() => undefined)
      running.faces.set(face, held)
      const leave = (): void => send(running, { kind: 'leave', face })
      signal.addEventListener('abort', leave, { once: true })
      void held.over.promise.then(() => signal.removeEventListener('abort', leave))
      send(running, { kind: 'join', face, url, token })
      try {
        await within(JOINED_WITHIN_MS, 'the face', clock, () => held.joined.promise, signal)
      } catch (error) {
        leave()
        throw error
      }
      return { over: held.over.promise } satisfies StartedAvatar
    },
  }
}
