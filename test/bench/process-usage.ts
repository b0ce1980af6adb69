import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'

/** The unit of CPU times in /proc (man 5 proc). */
const TICKS_PER_S = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }))

/** A process and all that it has started, and so on. */
export function processesOf(pid: number): readonly number[] {
  const parents = new Map<number, number>()
  for (const name of readdirSync('/proc').filter(entry => /^[0-9]+$/.test(entry))) {
    const parent = Number(statOf(Number(name))?.[1])
    parents.set(Number(name), parent)
  }
  const found = [pid]
  // It grows while it is read.
  for (const one of found) for (const [child, parent] of parents) if (parent === one) found.push(child)
  return found
}

/** The fields of /proc/PID/stat after the name; undefined where the process has just ended. */
function statOf(pid: number): readonly string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name in parentheses may itself contain spaces and parentheses.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  } catch {
    return undefined
  }
}

/** CPU time that a process and its threads have used so far, in ms. */
export const cpuMs = (pid: number): number => ticksMs(statOf(pid)?.slice(11, 13))

/** CPU time that a process and all that it has started have used so far, in ms. What a child that ended used is its parent's. */
export const cpuMsOfAll = (pid: number): number =>
  ticksMs(processesOf(pid).flatMap(one => statOf(one)?.slice(11, 15) ?? []))

/** utime, stime, cutime and cstime are fields 14 to 17 of /proc/PID/stat. */
const ticksMs = (ticks: readonly string[] = []): number =>
  (ticks.reduce((sum, field) => sum + Number(field), 0) / TICKS_PER_S) * 1_000

/** CPU time that everything on this machine has used so far, in ms of one processor; 0 without /proc/stat. */
export function machineCpuMs(): number {
  if (!existsSync('/proc/stat')) return 0
  const [, ...fields] = readFileSync('/proc/stat', 'utf8').split('\n', 1)[0]?.split(/\s+/) ?? []
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = fields.map(Number)
  return ((user + nice + system + irq + softirq + steal) / TICKS_PER_S) * 1_000
}

/** The resident memory of a process and all that it has started, in bytes. */
export function residentBytes(pid: number): number {
  return processesOf(pid).reduce((sum, one) => sum + residentBytesOf(one), 0)
}

function residentBytesOf(pid: number): number {
  try {
    const line = readFileSync(`/proc/${pid}/status`, 'utf8').match(/VmRSS:\s+(\d+) kB/)
    return Number(line?.[1] ?? 0) * 1_024
  } catch {
    return 0
  }
}

/** A command prefix that pins a process to one processor; empty if taskset is missing. */
export function pinnedTo(processor: number): readonly string[] {
  try {
    execFileSync('taskset', ['-c', String(processor), 'true'], { stdio: 'ignore' })
    return ['taskset', '-c', String(processor)]
  } catch {
    return []
  }
}
