/** The process groups of the running children. Those that still run when this process exits are killed. */
export interface ChildGroups {
  readonly add: (pid: number) => void
  readonly remove: (pid: number) => void
  /** Kills those that still run, and removes the exit listener. */
  readonly close: () => void
}

/** Listens for the exit of this process. A kill cannot be seen here, but it closes the children's input. */
export function childGroups(): ChildGroups {
  const pids = new Set<number>()
  const killAll = (): void => {
    for (const pid of pids) signalGroup(pid, 'SIGKILL')
  }
  process.on('exit', killAll)
  return {
    add: pid => pids.add(pid),
    remove: pid => pids.delete(pid),
    close() {
      killAll()
      process.off('exit', killAll)
    },
  }
}

/** Signals the child and all that it started, as far as they still run. */
export function signalGroup(pid: number, signal: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(-pid, signal)
  } catch {
    // None of them runs any more.
  }
}
