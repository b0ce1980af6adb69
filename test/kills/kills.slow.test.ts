import { expect, onTestFinished, test } from 'vitest'
import { openFlite } from '../../src/flite/flite.ts'
import { startSandbox } from '../../src/sandbox/process.ts'
import { postgresBinaries, startPostgres } from '../database/postgres.ts'
import { killedInTurn } from './in-turn.ts'
import type { Moment } from './moments.ts'
import { openCarrier, openRig } from './rig.ts'
import type { Strike } from './strike.ts'
import { spokenWishes } from './wishes.ts'

const SEED = 17_000
/** Each has two servers, and waits most of its time. */
const LANES = 3
const postgres = await postgresBinaries()

/** Real servers, sockets and signals; `npm run kills` has more of them. */
async function killed(struck: readonly (readonly [Strike, Moment])[], databaseUrl: () => Promise<string | undefined>) {
  const lifetime = new AbortController()
  const { signal } = lifetime
  onTestFinished(() => lifetime.abort(new Error('the test is over')))
  const flite = openFlite()
  const wishOf = await spokenWishes(flite, signal)
  await flite.close()
  const carrier = await openCarrier()
  const sandbox = await startSandbox({ port: 0, profile: 'fast' }, signal)
  onTestFinished(() => sandbox.close())
  onTestFinished(() => carrier.standIn.close())
  return killedInTurn({
    rounds: struck.map(([how, moment], i) => ({ how, moment, seed: SEED + i })),
    ...{ lanes: LANES, wishOf, signal, say: text => void process.stderr.write(`${text}\n`) },
    open: async () => openRig({ carrier, sandbox, count: 2, databaseUrl: await databaseUrl() }, signal),
  })
}

/** What was not as it should be. Throws where the machine was too busy to tell. */
function problemsOf(all: Awaited<ReturnType<typeof killed>>) {
  const late = all.filter(({ isVoid }) => isVoid)
  if (late.length > 0) throw new Error(`machine too busy, which says nothing of the product: ${JSON.stringify(late)}`)
  return all.flatMap(({ how, moment, seed, problems }) => problems.map(problem => ({ how, moment, seed, ...problem })))
}

test('a call survives the death of its server, whatever it was about to do, whether its carrier notices or not', async () => {
  const all = await killed(
    [
      // It stands still; and no server is left but one that comes up.
      ['freeze', 'change'],
      ['alone', 'question'],
      ['kill', 'greeting'],
      ['kill', 'answer'],
      ['kill', 'slow change'],
    ],
    async () => undefined,
  )
  expect(problemsOf(all)).toEqual([])
})

test.skipIf(postgres === undefined)('the same where the servers share PostgreSQL', async () => {
  const cluster = await startPostgres(postgres ?? '')
  onTestFinished(cluster.close)
  const all = await killed(
    [
      ['kill', 'change'],
      ['kill', 'question'],
    ],
    cluster.newUrl,
  )
  expect(problemsOf(all)).toEqual([])
})
