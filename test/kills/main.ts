import { parseArgs } from 'node:util'
import { openFlite } from '../../src/flite/flite.ts'
import { startSandbox } from '../../src/sandbox/process.ts'
import { type PostgresCluster, postgresBinaries, startPostgres } from '../database/postgres.ts'
import { killsInTable, tableOf } from './figures.ts'
import { killedInTurn } from './in-turn.ts'
import { MOMENTS, type Moment } from './moments.ts'
import { openCarrier, openRig } from './rig.ts'
import { spokenWishes } from './wishes.ts'

const USAGE = `npm run kills -- [--calls 100] [--postgres] [--seed 1] [--lanes 2] [--moment MOMENT]
Kills the server that holds a call, at another moment each time: ${MOMENTS.join(', ')}.
--lanes so many calls at a time, each with two servers of its own.`

const say = (text: string): void => void process.stdout.write(`${text}\n`)

async function main(): Promise<boolean> {
  const { values } = parseArgs({
    options: {
      calls: { type: 'string', default: '100' },
      postgres: { type: 'boolean', default: false },
      seed: { type: 'string', default: '1' },
      lanes: { type: 'string', default: '2' },
      moment: { type: 'string' },
    },
  })
  const ending = new AbortController()
  process.once('SIGINT', () => ending.abort(new Error('stopped')))
  const { signal } = ending
  const moment = MOMENTS.find(one => one === values.moment)
  if (values.moment !== undefined && !moment) throw new Error(`--moment ${values.moment}: there is no such moment`)
  const cluster = values.postgres ? await postgres() : undefined
  const flite = openFlite()
  const wishOf = await spokenWishes(flite, signal)
  await flite.close()
  const carrier = await openCarrier()
  const sandbox = await startSandbox({ port: 0, profile: 'fast', seed: Number(values.seed) }, signal)
  try {
    const rounds = Array.from({ length: Number(values.calls) }, (_, i) => ({
      moment: moment ?? (MOMENTS[i % MOMENTS.length] as Moment),
      seed: Number(values.seed) * 1_000 + i,
    }))
    const killed = await killedInTurn({
      ...{ rounds, wishOf, lanes: Number(values.lanes), say },
      open: async () => openRig({ carrier, sandbox, count: 2, databaseUrl: await cluster?.newUrl() }, signal),
      signal,
    })
    say(tableOf(killsInTable(killed)))
    return killed.every(({ problems }) => problems.length === 0)
  } finally {
    await carrier.standIn.close()
    await sandbox.close()
    await cluster?.close()
  }
}

async function postgres(): Promise<PostgresCluster> {
  const bin = await postgresBinaries()
  if (bin === undefined) throw new Error('--postgres: PostgreSQL is not on this machine')
  return startPostgres(bin)
}

main().then(
  isGood => {
    process.exitCode = isGood ? 0 : 1
  },
  error => {
    say(`${error instanceof Error ? error.stack : error}\n${USAGE}`)
    process.exitCode = 1
  },
)
