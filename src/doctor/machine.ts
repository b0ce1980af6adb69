import { statfs } from 'node:fs/promises'
import packageJson from '../../package.json' with { type: 'json' }
import type { Settings } from '../config.ts'
import type { Clock } from '../conversation/ports.ts'
import { openDatabase } from '../database/database.ts'
import { checkFolder } from '../operations/disk.ts'
import type { Skew } from './asking.ts'
import { type Check, type Finding, note, ok, wrong } from './finding.ts'

const numbersOf = (version: string): readonly number[] =>
  version
    .replace(/^[^\d]*/, '')
    .split('.')
    .map(Number)

/** Whether this Node is as new as the package asks for. */
export function nodeFinding(version: string, wanted = packageJson.engines.node): Finding {
  const [is, least] = [numbersOf(version), numbersOf(wanted)]
  const at = least.findIndex((number, i) => number !== (is[i] ?? 0))
  const isOlder = at >= 0 && (is[at] ?? 0) < (least[at] ?? 0)
  return isOlder
    ? wrong('Node', `${version} is too old: install ${wanted.replace('>=', '')} or newer`)
    : ok('Node', version)
}

const GIB = 1024 ** 3
const LITTLE_BYTES = 2 * GIB
const LEAST_BYTES = GIB / 5
/** Two legs of 16 bit at 8 kHz. */
const RECORDING_BYTES_A_SECOND = 32_000

/** Whether calls can be written, and for how long. `free`: bytes that are left, in tests. */
export function diskCheck({ DATA_DIR, RECORDING }: Settings, free = freeBytes): Check {
  return {
    what: 'disk',
    todo: `DATA_DIR (${DATA_DIR}) must be a folder that this user may write to`,
    async run() {
      await checkFolder(`${DATA_DIR}/calls`)
      const bytes = await free(DATA_DIR)
      const left = `${(bytes / GIB).toFixed(1)} GiB are free in DATA_DIR`
      const hours = Math.floor(bytes / RECORDING_BYTES_A_SECOND / 3_600)
      const told = RECORDING ? `${left}: recordings of ${hours} hours of calls` : left
      if (bytes < LEAST_BYTES) return [wrong('disk', `${told}: make room, or lower RECORDINGS_DAYS`)]
      return [bytes < LITTLE_BYTES ? note('disk', `${told}: make room soon`) : ok('disk', told)]
    },
  }
}

async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder)
  return bavail * bsize
}

const SLOW_MS = 250

export function databaseCheck({ DATABASE_URL }: Settings, clock: Clock): Check {
  return {
    what: 'database',
    todo: 'check DATABASE_URL, and that the database is running and lets this user in',
    async run() {
      const startMs = clock.now()
      const database = await openDatabase(DATABASE_URL)
      try {
        const openMs = clock.now()
        await database.check()
        const tookMs = Math.round(clock.now() - openMs)
        const told = `${database.kind === 'sqlite' ? 'SQLite' : 'PostgreSQL'} can be written to, in ${tookMs} ms (opened in ${Math.round(openMs - startMs)} ms)`
        return [tookMs > SLOW_MS ? note('database', `${told}: it is slow`) : ok('database', told)]
      } finally {
        await database.close()
      }
    },
  }
}

/** Dates of answers have whole seconds, and the way there takes time. */
const EXACT_MS = 3_000
/** Passes of streams are good for 30 s. */
const WRONG_MS = 20_000

/** What others' clocks say of this machine's. */
export function clockFinding(skews: readonly Skew[]): Finding {
  const sorted = skews.toSorted((one, other) => one.aheadMs - other.aheadMs)
  const middle = sorted[Math.floor(sorted.length / 2)]
  if (!middle) return note('clock', 'nobody answered whose clock it could be compared with')
  const seconds = (Math.abs(middle.aheadMs) / 1_000).toFixed(0)
  const told = `this machine's is ${seconds} s ${middle.aheadMs > 0 ? 'ahead' : 'behind'}, by ${middle.host}`
  if (Math.abs(middle.aheadMs) > WRONG_MS)
    return wrong('clock', `${told}: passes and tokens will be refused; turn on NTP (timedatectl set-ntp true)`)
  if (Math.abs(middle.aheadMs) > EXACT_MS) return note('clock', `${told}: turn on NTP`)
  return ok('clock', `right to ${EXACT_MS / 1_000} s, by ${skews.length} answers`)
}
