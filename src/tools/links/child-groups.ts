/** The process groups of the children that live: one that is still here when this process exits is killed then. */
export interface ChildGroups {
  readonly add: (pid: number) => void
  readonly remove: (pid: number) => void
  /** Takes the listener off the process. */
  readonly close: () => void
}

/** Watches for the exit of this process; what ends it without an exit cannot be seen, but closes the children's input. */
export function childGroups(): ChildGroups {
  const pids = new Set<number>()
  const killAll = (): void => {
    for (const pid of pids) signalGroup(pid, 'SIGKILL')
  }
  process.on('exit', killAll)
  return {
    add: pid => pids.add(pid),
    remove: pid => pids.delete(pid),
    close: () => process.off('exit', killAll),
  }
}

/** Signals the child and all that it started, if any of them still lives. */
export function signalGroup(pid: number, signal: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(-pid, signal)
  } catch {
    // None of them lives any more.
  }
}
