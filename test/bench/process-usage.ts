import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'

/** The unit of CPU times in /proc (man 5 proc). */
const TICKS_PER_S = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }))

/** CPU time that a process and its threads have used so far, in ms. */
export function cpuMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // The name in parentheses may itself contain spaces and parentheses. utime and stime are fields 14 and 15.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return ((Number(fields[11]) + Number(fields[12])) / TICKS_PER_S) * 1_000
}

/** CPU time that everything on this machine has used so far, in ms of one processor; 0 without /proc/stat. */
export function machineCpuMs(): number {
  if (!existsSync('/proc/stat')) return 0
  const [, ...fields] = readFileSync('/proc/stat', 'utf8').split('\n', 1)[0]?.split(/\s+/) ?? []
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = fields.map(Number)
  return ((user + nice + system + irq + softirq + steal) / TICKS_PER_S) * 1_000
}

/** The resident memory of a process in bytes. */
export function residentBytes(pid: number): number {
  const line = readFileSync(`/proc/${pid}/status`, 'utf8').match(/VmRSS:\s+(\d+) kB/)
  return Number(line?.[1] ?? 0) * 1_024
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
