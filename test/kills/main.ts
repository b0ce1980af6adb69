import { parseArgs } from 'node:util'
import { openFlite } from '../../src/flite/flite.ts'
import { startSandbox } from '../../src/sandbox/process.ts'
import { type PostgresCluster, postgresBinaries, startPostgres } from '../database/postgres.ts'
import { killsInTable, loadInTable, tableOf } from './figures.ts'
import { killedInTurn } from './in-turn.ts'
import { MOMENTS, type Moment } from './moments.ts'
import { openCarrier, openRig, type Rig } from './rig.ts'
import { STRIKES } from './strike.ts'
import { underLoad } from './under-load.ts'
import { spokenWishes } from './wishes.ts'

const USAGE = `npm run kills -- [--calls 100] [--postgres] [--seed 1] [--lanes 2] [--moment MOMENT] [--how HOW]
       npm run kills -- --roll-outs 20 --kills 20 [--calls 30] [--servers 3] [--postgres] [--seed 1]
Kills the server that holds a call, at another moment each time: ${MOMENTS.join(', ')}.
--how one of ${STRIKES.join(', ')}; freeze: it stands still until another one has the call; half-open: the carrier is not told;
  alone: all servers are killed, and one of them comes up again. --freeze is --how freeze.
--lanes so many calls at a time, each with two servers of its own.
With --roll-outs or --kills: replaces and kills servers in turn, while so many callers ring again and again.`
/** Shorter than most calls, so that they are handed over at its end. */
const DRAIN_SECONDS = '12'

const say = (text: string): void => void process.stdout.write(`${text}\n`)

async function main(): Promise<boolean> {
  const { values } = parseArgs({
    options: {
      calls: { type: 'string', default: '' },
      postgres: { type: 'boolean', default: false },
      seed: { type: 'string', default: '1' },
      lanes: { type: 'string', default: '2' },
      moment: { type: 'string' },
      how: { type: 'string', default: 'kill' },
      freeze: { type: 'boolean', default: false },
      'roll-outs': { type: 'string' },
      kills: { type: 'string' },
      servers: { type: 'string', default: '3' },
    },
  })
  const { 'roll-outs': rollOuts, kills } = values
  const isLoad = rollOuts !== undefined || kills !== undefined
  const ending = new AbortController()
  process.once('SIGINT', () => ending.abort(new Error('stopped')))
  const { signal } = ending
  const moment = MOMENTS.find(one => one === values.moment)
  if (values.moment !== undefined && !moment) throw new Error(`--moment ${values.moment}: there is no such moment`)
  const how = STRIKES.find(one => one === (values.freeze ? 'freeze' : values.how))
  if (!how) throw new Error(`--how ${values.how}: there is no such way`)
  const cluster = values.postgres ? await postgres() : undefined
  const flite = openFlite()
  const wishOf = await spokenWishes(flite, signal)
  await flite.close()
  const carrier = await openCarrier()
  const sandbox = await startSandbox({ port: 0, profile: 'fast', seed: Number(values.seed) }, signal)
  const open = async (count: number, env = {}): Promise<Rig> =>
    openRig({ carrier, sandbox, count, env, databaseUrl: await cluster?.newUrl() }, signal)
  try {
    if (isLoad) {
      const rig = await open(Number(values.servers), { DRAIN_SECONDS, MAX_CALLS: '1000' })
      const { offered, drained } = await underLoad(
        rig,
        {
          ...{ wishOf, say, seed: Number(values.seed), lines: Number(values.calls || 30) },
          ...{ rollOuts: Number(rollOuts ?? 0), kills: Number(kills ?? 0) },
        },
        signal,
      )
      await rig.close()
      const { rows, isGood } = loadInTable(offered, drained)
      say(tableOf(rows))
      return isGood
    }
    const rounds = Array.from({ length: Number(values.calls || 100) }, (_, i) => ({
      how,
      moment: moment ?? (MOMENTS[i % MOMENTS.length] as Moment),
      seed: Number(values.seed) * 1_000 + i,
    }))
    const killed = await killedInTurn({
      ...{ rounds, wishOf, lanes: Number(values.lanes), say },
      open: () => open(2),
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
