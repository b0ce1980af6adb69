import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../../src/clock.ts'
import { openDatabase } from '../../src/database/database.ts'
import type { AskingChange } from '../../src/tasks/store/asking.ts'
import { completeTask, createTask } from '../../src/tasks/store/change.ts'
import { listTasks, taskDetails } from '../../src/tasks/store/look.ts'
import { FILTERS } from '../../src/tasks/store/own-tasks.ts'
import { tasksIn } from '../../src/tasks/store/store.ts'
import { rowOf, type TaskTables } from '../../src/tasks/store/tables.ts'

/**
 * How long the operations take for an owner with 100,000 tasks, 10,000 of them pending: `node test/tasks/bench.ts [URL]`.
 * Without a URL, on SQLite in a new file.
 */
const TASKS = 100_000
const PENDING = 10_000
const RUNS = 50
const owner = '+15550001'
const NOW = new Date('2026-11-21T15:00:00Z')

async function fill(url: string) {
  const database = await openDatabase(url)
  const store = await tasksIn(database)
  const db = database.db.withTables<TaskTables>()
  await db.transaction().execute(async transaction => {
    const totals = { pending: PENDING, completed: TASKS - PENDING }
    await transaction
      .insertInto('task_owners')
      .values({ owner, changes: TASKS, ...totals })
      .execute()
    for (let from = 0; from < TASKS; from += 500) {
      const rows = Array.from({ length: 500 }, (_, more) => {
        const index = from + more
        const day = new Date(NOW.getTime() + ((index % 400) - 40) * 86_400_000).toISOString()
        return rowOf(owner, {
          id: index.toString(16).padStart(16, '0'),
          title: `Review the report of team ${index % 977} about case ${index}`,
          notes: 'Some notes',
          status: index < PENDING ? 'pending' : 'completed',
          due:
            index % 3 === 0
              ? null
              : index % 3 === 1
                ? { kind: 'day', date: day.slice(0, 10) }
                : { kind: 'time', at: day },
          createdAt: NOW.toISOString(),
          completedAt: index < PENDING ? null : new Date(NOW.getTime() - index * 60_000).toISOString(),
        })
      })
      await transaction.insertInto('tasks').values(rows).execute()
    }
  })
  return { database, store }
}

async function measure(
  name: string,
  run: (asking: AskingChange) => Promise<{ readonly say: string }>,
  store: AskingChange['store'],
) {
  const times: number[] = []
  let said = ''
  for (let turn = 0; turn < RUNS; turn++) {
    const startMs = systemClock.now()
    said = (await run({ store, owner, key: `${name} ${turn}`, at: { now: NOW, zone: 'America/New_York' } })).say
    times.push(systemClock.now() - startMs)
  }
  times.sort((one, other) => one - other)
  const at = (share: number): string => (times[Math.floor(share * (RUNS - 1))] ?? 0).toFixed(1).padStart(6)
  process.stdout.write(`${name.padEnd(24)} median ${at(0.5)} ms, p95 ${at(0.95)} ms, longest ${at(1)} ms   "${said}"\n`)
}

const folder = await mkdtemp(join(tmpdir(), 'partyline-'))
const { database, store } = await fill(process.argv[2] ?? `sqlite:${join(folder, 'bench.sqlite')}`)
for (const filter of FILTERS) await measure(`list ${filter}`, asking => listTasks(asking, { filter, most: 20 }), store)
await measure(
  'details, exact',
  asking => taskDetails(asking, { title: 'review report of team 77 about case 77' }),
  store,
)
await measure('details, partial', asking => taskDetails(asking, { title: 'the one about case 9876' }), store)
await measure('details, misspelt', asking => taskDetails(asking, { title: 'the reprot of case 9876' }), store)
await measure('details, none', asking => taskDetails(asking, { title: 'the unicorn' }), store)
await measure('complete', asking => completeTask(asking, { title: `case ${asking.key.split(' ').at(-1)}` }), store)
await measure('create', asking => createTask(asking, { title: `New ${asking.key}`, due: 'Friday' }), store)
await database.close()
await rm(folder, { recursive: true })
