import { describe, expect, onTestFinished, test } from 'vitest'
import { openDatabase } from '../../src/database/database.ts'
import { callIndexIn } from '../../src/records/call-index.ts'
import { callerSecrets } from '../../src/records/caller-secrets.ts'
import { readQuery } from '../../src/records/query.ts'
import type { CallQuery } from '../../src/records/records.ts'
import type { Told } from '../../src/records/summary.ts'
import { databasesFor } from '../tasks/databases.ts'

const secrets = callerSecrets('secret')
const ANNA = '+15550100001'

const told = (minute: number, changed: Partial<Told['summary']> = {}, words = 'hello there'): Told => ({
  words,
  isCut: false,
  summary: {
    agent: 'Receptionist',
    channel: 'phone',
    direction: 'inbound' as const,
    startedAt: new Date(Date.UTC(2026, 10, 27, 12, minute)).toISOString(),
    lengthMs: 61_000,
    outcome: 'hung-up',
    ...{ turns: 3, interruptions: 0, errors: 0, latencyP50Ms: 700, latencyP95Ms: 900, costUsd: 0.0123 },
    ...{ mos: 4.31, lossPercent: 0.25, jitterMs: 3.5 },
    ...changed,
  },
})

describe.each(await databasesFor('the index of calls'))('in $name', ({ newUrl }) => {
  async function opened() {
    const database = await openDatabase(await newUrl())
    onTestFinished(() => database.close())
    const index = await callIndexIn(database)
    const ids = async (query: CallQuery): Promise<readonly string[]> => {
      const hash = query.caller === undefined ? undefined : secrets.hashOf(query.caller)
      return (await index.list(readQuery(query), hash)).calls.map(({ summary }) => summary.callId)
    }
    return { index, ids, database }
  }

  test('a call comes out as it went in, with its tags and its sealed number', async () => {
    const { index } = await opened()
    const caller = secrets.keep(ANNA, 'CA1')
    await index.keep('CA1', told(1), caller)
    expect(await index.setTags('CA1', ['vip', 'billing'])).toBe(true)
    const call = await index.get('CA1')
    expect(call?.summary).toEqual({ callId: 'CA1', tags: ['billing', 'vip'], ...told(1).summary })
    expect(secrets.open(call?.callerSealed ?? '', 'CA1')).toBe(ANNA)
    expect(await index.get('CA2')).toBeUndefined()
    expect(await index.setTags('CA2', ['vip'])).toBe(false)
  })

  test('an index of before gets its new columns, and its calls stay; a server of before goes on writing', async () => {
    const database = await openDatabase(await newUrl())
    onTestFinished(() => database.close())
    const integer = database.kind === 'sqlite' ? 'integer' : 'bigint'
    await database.make([
      `create table call_index (
        place ${integer} primary key, call_id text not null unique, started_at text not null, agent text not null,
        channel text not null, outcome text not null, length_ms integer not null, turns integer not null,
        latency_p50_ms integer, latency_p95_ms integer, interruptions integer not null, errors integer not null,
        cost_usd double precision not null, caller_hash text, caller_sealed text)`,
    ])
    const old = database.db.withTables<{ call_index: Record<string, string | number | null> }>()
    const insert = (place: number, id: string) => {
      const numbers = { length_ms: 1, turns: 1, interruptions: 0, errors: 0, cost_usd: 0 }
      const row = {
        place,
        call_id: id,
        started_at: '2026-11-27T12:00:00.000Z',
        agent: 'a',
        channel: 'phone',
        outcome: 'failed',
      }
      return old
        .insertInto('call_index')
        .values({ ...row, ...numbers })
        .execute()
    }
    await insert(1, 'CAbefore')
    const index = await callIndexIn(database)
    await insert(2, 'CAbeside')
    for (const id of ['CAbefore', 'CAbeside'])
      expect((await index.get(id))?.summary).toMatchObject({ agent: 'a', mos: null, lossPercent: null, jitterMs: null })
    await index.keep('CAbefore', told(1), undefined)
    expect((await index.get('CAbefore'))?.summary).toMatchObject({ mos: 4.31, lossPercent: 0.25, jitterMs: 3.5 })
  })

  test('the newest come first, page by page, whatever is added meanwhile and however many begin at once', async () => {
    const { index } = await opened()
    for (const id of ['CA1', 'CA2', 'CA3']) await index.keep(id, told(5), undefined)
    await index.keep('CA0', told(4), undefined)
    await index.keep('CA4', told(6), undefined)
    const first = await index.list(readQuery({ most: 2 }), undefined)
    await index.keep('CA5', told(7), undefined)
    const second = await index.list(readQuery({ most: 2, after: first.next ?? '' }), undefined)
    const third = await index.list(readQuery({ most: 2, after: second.next ?? '' }), undefined)
    const pages = [first, second, third].map(({ calls }) => calls.map(({ summary }) => summary.callId))
    const listed = pages.flat()
    expect(pages.map(page => page.length)).toEqual([2, 2, 1])
    expect([listed[0], listed.slice(1, 4).toSorted(), listed[4]]).toEqual(['CA4', ['CA1', 'CA2', 'CA3'], 'CA0'])
    expect(third.next).toBeNull()
  })

  test('each filter finds its calls, and all of them together too', async () => {
    const { index, ids } = await opened()
    await index.keep('slow', told(1, { latencyP95Ms: 3_000 }), undefined)
    await index.keep('cut', told(2, { interruptions: 2 }, 'I want a Café au lait'), secrets.keep(ANNA, 'cut'))
    await index.keep('dead', told(3, { outcome: 'killed', latencyP95Ms: null }), undefined)
    await index.keep('bad', told(4, { errors: 1 }, 'the cafe is closed'), secrets.keep(ANNA, 'bad'))
    await index.keep('other', told(5, { agent: 'Tasks' }), undefined)
    await index.setTags('bad', ['look'])
    const expected: readonly (readonly [CallQuery, readonly string[]])[] = [
      [{ slowMs: 3_000 }, ['slow']],
      [{ interrupted: true }, ['cut']],
      [{ interrupted: false, agent: 'Tasks' }, ['other']],
      [{ failed: true }, ['bad', 'dead']],
      [{ failed: false }, ['other', 'cut', 'slow']],
      [{ outcome: 'killed' }, ['dead']],
      [{ tag: 'look' }, ['bad']],
      [{ words: 'CAFÉ' }, ['bad', 'cut']],
      [{ words: 'lait cafe' }, ['cut']],
      [{ words: 'cafes' }, []],
      [{ caller: ANNA }, ['bad', 'cut']],
      [{ caller: '+15550100002' }, []],
      [{ from: '2026-11-27T12:02:00Z', to: '2026-11-27T12:04:00Z' }, ['dead', 'cut']],
      [{ words: 'cafe', caller: ANNA, failed: true, tag: 'look', from: '2026-11-27T12:00:00Z' }, ['bad']],
    ]
    for (const [query, calls] of expected) expect([query, await ids(query)]).toEqual([query, calls])
  })

  test.each(['" OR words MATCH "x', "it's", 'a & b | !c', '*', '<-> :*', 'NEAR(a b)', '\0'])(
    'the search for %j is a search for words and nothing else',
    async words => {
      const { index, ids } = await opened()
      await index.keep('CA1', told(1, {}, 'nothing of that'), undefined)
      await expect(ids({ words }).catch(error => error.message)).resolves.toSatisfy(
        found => (Array.isArray(found) && found.length === 0) || found === 'words: has no word',
      )
    },
  )

  test('a call that goes on is kept in place of itself, with its new words and its old tags', async () => {
    const { index, ids } = await opened()
    await index.keep('CA1', told(1, {}, 'apples'), secrets.keep(ANNA, 'CA1'))
    await index.setTags('CA1', ['vip'])
    await index.keep('CA1', told(1, { turns: 9 }, 'pears'), undefined)
    expect([await ids({ words: 'apples' }), await ids({ words: 'pears' }), await ids({ caller: ANNA })]).toEqual([
      [],
      ['CA1'],
      ['CA1'],
    ])
    expect((await index.get('CA1'))?.summary).toMatchObject({ turns: 9, tags: ['vip'] })
  })

  test('what is forgotten is found by nothing', async () => {
    const { index, ids } = await opened()
    await index.keep('CA1', told(1, {}, 'apples'), secrets.keep(ANNA, 'CA1'))
    await index.keep('CA2', told(2, {}, 'apples'), undefined)
    await index.setTags('CA1', ['vip'])
    expect(await index.callsOf(secrets.hashOf(ANNA))).toEqual(['CA1'])
    await index.forget(['CA1', 'CA9'])
    expect([
      await ids({}),
      await ids({ words: 'apples' }),
      await ids({ tag: 'vip' }),
      await ids({ caller: ANNA }),
    ]).toEqual([['CA2'], ['CA2'], [], []])
    expect(await index.known(['CA1', 'CA2'])).toEqual(new Set(['CA2']))
    expect(await index.before(new Date('2026-11-27T12:02:00Z'), 5)).toEqual([])
    expect(await index.before(new Date('2026-11-27T12:02:01Z'), 5)).toEqual(['CA2'])
  })

  test('servers that keep calls of the same moment at once do not lose one', async () => {
    const { index, ids } = await opened()
    const calls = Array.from({ length: 5 }, (_, i) => `CA${i}`)
    await Promise.all(calls.map(id => index.keep(id, told(1), undefined)))
    expect((await ids({})).toSorted()).toEqual(calls)
  })
})

test.each([
  [{ from: 'yesterday' }, 'from: must be a time'],
  [{ to: '' }, 'to: must be a time'],
  [{ after: 'CA1' }, 'after: is not a cursor'],
  [{ most: 101 }, 'most: must be a whole number from 1 to 100'],
  [{ caller: '0123' }, 'caller: must be a phone number'],
  [{ words: '?!' }, 'words: has no word'],
  [{ words: 'a b c d e f g h i j k l m n o p q r s t u' }, 'words: has more than 20'],
  [{ slowMs: Number.NaN }, 'slowMs: must be a time'],
  [{ agent: 'x'.repeat(501) }, 'agent: is longer'],
])('the query %j is refused: %s', (query, message) => {
  expect(() => readQuery(query)).toThrow(message)
})
