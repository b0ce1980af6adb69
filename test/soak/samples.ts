import { readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs'
import type { Clock } from '../../src/conversation/ports.ts'
import { processesOf } from '../bench/process-usage.ts'

/** What the server counts of itself after its garbage was collected. */
export interface Inside {
  readonly heapBytes: number
  readonly externalBytes: number
  readonly arrayBytes: number
  /** What keeps its event loop going, by kind: `Timeout`, `TCPSocketWrap` … */
  readonly resources: Readonly<Record<string, number>>
  /** Listeners of all AbortSignals and emitters that there are. */
  readonly listeners: number
}

/** What the server holds at one moment. */
export interface Sample extends Inside {
  /** Since the soak began, in seconds. */
  readonly atS: number
  /** With all processes that it has started. */
  readonly residentBytes: number
  /** The part of it that no file is behind: pages of files come and go with what else the machine does. */
  readonly ownBytes: number
  readonly files: number
  readonly sockets: number
  /** Streams that are open. */
  readonly calls: number
}

const WRITES_WITHIN_MS = 60_000

/** Asks the server for its figures by SIGUSR2, and the system for what it knows of the process. */
export async function sampled(
  server: { readonly pid: number; readonly figures: string },
  { atS, calls }: { readonly atS: number; readonly calls: number },
  clock: Clock,
  signal: AbortSignal,
): Promise<Sample> {
  rmSync(server.figures, { force: true })
  process.kill(server.pid, 'SIGUSR2')
  let inside: Inside | undefined
  for (const untilMs = clock.now() + WRITES_WITHIN_MS; inside === undefined; ) {
    if (clock.now() > untilMs) throw new Error('the server does not say what it holds')
    await clock.sleep(20, signal)
    inside = read(server.figures)
  }
  const open = descriptorsOf(server.pid)
  const sockets = open.filter(target => target.startsWith('socket:')).length
  return { ...inside, ...memoryOf(server.pid), atS, calls, files: open.length - sockets, sockets }
}

function memoryOf(pid: number): Pick<Sample, 'residentBytes' | 'ownBytes'> {
  const statuses = processesOf(pid).map(one => {
    try {
      return readFileSync(`/proc/${one}/status`, 'utf8')
    } catch {
      // It has ended meanwhile.
      return ''
    }
  })
  const sum = (name: string): number =>
    statuses.reduce((all, text) => all + Number(text.match(`${name}:\\s+(\\d+) kB`)?.[1] ?? 0) * 1_024, 0)
  return { residentBytes: sum('VmRSS'), ownBytes: sum('RssAnon') }
}

function read(file: string): Inside | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** What the file descriptors of a process are: files, `socket:[…]`, `anon_inode:[…]`. */
function descriptorsOf(pid: number): readonly string[] {
  return readdirSync(`/proc/${pid}/fd`).flatMap(name => {
    try {
      return [readlinkSync(`/proc/${pid}/fd/${name}`)]
    } catch {
      // It was closed meanwhile.
      return []
    }
  })
}
