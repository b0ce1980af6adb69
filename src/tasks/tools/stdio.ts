import { serveStdio } from '@modelcontextprotocol/server/stdio'
import { IANAZone, Settings } from 'luxon'
import { z } from 'zod'
import { systemClock } from '../../clock.ts'
import { openDatabase } from '../../database/database.ts'
import { tasksIn } from '../store/store.ts'
import { taskServer } from './mcp.ts'

/** Settings of this process. Whoever starts it decides whose tasks it serves. */
const settings = z.object({
  PARTYLINE_TASKS_OWNER: z.string({ error: 'is missing: whose tasks? Give a phone number or a name' }).min(1).max(200),
  /** Default: the machine's. */
  PARTYLINE_TASKS_ZONE: z
    .string()
    .refine(zone => IANAZone.isValidZone(zone), 'must be a time zone such as Europe/Berlin')
    .optional(),
  DATA_DIR: z.string().min(1).default('./data'),
  DATABASE_URL: z
    .string()
    .regex(/^(?:sqlite:.|postgres(?:ql)?:\/\/)/, 'must be sqlite:FILE or postgres://…')
    .optional(),
})

/** Standard output carries the protocol, so messages for people go to standard error. */
const print = (message: string): void => {
  process.stderr.write(`${message}\n`)
}

/** Serves one owner's tasks over MCP on standard input and output, until the input ends. */
async function main(): Promise<void> {
  const given = Object.fromEntries(Object.entries(process.env).filter(([, value]) => value !== ''))
  const read = settings.safeParse(given)
  if (!read.success) {
    for (const { path, message } of read.error.issues) print(`${path.join('.')}: ${message}`)
    process.exitCode = 1
    return
  }
  const { PARTYLINE_TASKS_OWNER: owner, PARTYLINE_TASKS_ZONE, DATA_DIR, DATABASE_URL } = read.data
  const zone = PARTYLINE_TASKS_ZONE ?? Settings.defaultZone.name
  const database = await openDatabase(DATABASE_URL ?? `sqlite:${DATA_DIR}/partyline.sqlite`, {
    onIdleError: error => print(`The database: ${error.message}`),
  })
  const store = await tasksIn(database)
  const onError = (error: unknown): void => print(`A call failed: ${error instanceof Error ? error.stack : error}`)
  const served = serveStdio(
    () => taskServer({ store, clock: systemClock, ownerOf: () => ({ owner, zone }), onError }),
    {
      onerror: onError,
    },
  )
  let isClosing = false
  async function close(): Promise<void> {
    if (isClosing) return
    isClosing = true
    await served.close()
    // A change that is still running is made as a whole or not at all.
    await database.close()
  }
  const ending = (): void => {
    close().catch(error => {
      print(`The Task Manager did not close cleanly: ${error}`)
      process.exitCode = 1
    })
  }
  process.stdin.once('end', ending)
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, ending)
}

main().catch(error => {
  print(`The Task Manager cannot start: ${error.stack ?? error}`)
  process.exitCode = 1
})
