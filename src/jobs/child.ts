import { fork } from 'node:child_process'
import { childEnvironment } from './child-environment.ts'

/** A process that this one has started. Messages are structured clones. */
export interface Child {
  send(message: unknown): void
  /** While it is held, it keeps this process alive. */
  hold(isHeld: boolean): void
  /** It ends by itself once it is let go of. */
  letGo(): void
  kill(): void
}

export interface ChildEvents {
  message(message: unknown): void
  /** Once, after which nothing comes any more: by a signal, a code, or because it could not be started. */
  ended(how: string): void
}

export type StartChild = (events: ChildEvents) => Child

/** Starts a module as a process of its own, with these options of Node. It has none of our keys; what it prints to stderr goes to ours. */
export function forked(file: URL, args: readonly string[] = [], nodeOptions: readonly string[] = []): StartChild {
  return events => {
    const child = fork(file, [...args], {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      execArgv: [...process.execArgv, ...nodeOptions],
      env: childEnvironment(process.env),
    })
    let isOver = false
    const over = (how: string): void => {
      if (isOver) return
      isOver = true
      events.ended(how)
    }
    child.on('message', message => events.message(message))
    // A process that could not be started has no exit.
    child.on('error', error => over(error.message))
    child.once('exit', (code, signalName) => over(signalName ?? `code ${code}`))
    return {
      // One that is ending takes nothing any more; its end is told anyway.
      send: message => void (child.connected && child.send(message as object, undefined, undefined, () => undefined)),
      hold(isHeld) {
        const held = [child, child.channel]
        for (const each of held) isHeld ? each?.ref() : each?.unref()
      },
      letGo: () => void (child.connected && child.disconnect()),
      kill: () => void child.kill('SIGKILL'),
    }
  }
}
