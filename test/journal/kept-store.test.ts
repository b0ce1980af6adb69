import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { DatabaseAway } from '../../src/database/away.ts'
import { openDatabase } from '../../src/database/database.ts'
import { keptStore } from '../../src/journal/kept-store.ts'
import { lateStore } from '../../src/journal/late-store.ts'
import { type Store, SupersededError, storeIn } from '../../src/journal/store.ts'
import { FakeClock } from '../fakes/clock.ts'
import { databasesFor } from '../tasks/databases.ts'

const AT = new Date('2025-01-15T09:00:00Z')
const line = (seq: number, of: string): string => `{"v":2,"seq":${seq},"of":"${of}"}`

/** What becomes of a request on its way to the store; `late`: it gets through, and its answer does not come in time. */
type Way = 'open' | 'away' | 'late' | 'held up'

/** One server of several that share the database at this URL. */
async function server(url: string, name: string) {
  const database = await openDatabase(url)
  onTestFinished(database.close)
  const real = await storeIn(database, name)
  const folder = await mkdtemp(join(tmpdir(), 'partyline-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const clock = new FakeClock()
  const warned: { readonly fields: object; readonly message: string }[] = []
  const warn = (fields: object, message: string): void => void warned.push({ fields, message })
  const opened = Promise.withResolvers<void>()
  const state: { way: Way; refuses: ReadonlySet<string>; code: string; mostTries: number; tries: number } = {
    ...{ way: 'open', refuses: new Set(), code: '23514', mostTries: Number.POSITIVE_INFINITY, tries: 0 },
  }

  async function passed<T>(callId: string, work: () => Promise<T>): Promise<T> {
    if (state.refuses.has(callId) && state.tries < state.mostTries) {
      state.tries++
      throw Object.assign(new Error('the database says no'), { severity: 'ERROR', code: state.code })
    }
    switch (state.way) {
      case 'open':
        return work()
      case 'away':
        throw new DatabaseAway('nobody answers')
      case 'late': {
        const answer = await work()
        await opened.promise
        return answer
      }
      case 'held up':
        await opened.promise
        return work()
    }
  }
  const store: Store = {
    ...real,
    takePass: (callId, ...rest) => passed(callId, () => real.takePass(callId, ...rest)),
    tookPass: (callId, ...rest) => passed(callId, () => real.tookPass(callId, ...rest)),
    keepNext: (callId, ...rest) => passed(callId, () => real.keepNext(callId, ...rest)),
    commit: (callId, ...rest) => passed(callId, () => real.commit(callId, ...rest)),
    linesOf: callId => passed(callId, () => real.linesOf(callId)),
  }

  function process(serverName: string) {
    const presence = { away: () => undefined, absences: () => 0, here: async () => undefined }
    const log = { warn, error: warn }
    const { store: kept, late } = lateStore({ store, presence, clock, log, dataDir: folder, serverId: serverName })
    const running = new AbortController()
    const run = late.run([], running.signal)
    onTestFinished(async () => {
      running.abort(new Error('the test is over'))
      await run
    })
    return { kept, late }
  }
  const own = process(name)
  /** Lets time pass until nothing waits to be written any more. */
  async function written(late = own.late): Promise<void> {
    let isOver = false
    const over = late.settled().finally(() => {
      isOver = true
    })
    while (!isOver) {
      await clock.advance(1_000)
      // A real database answers in real time.
      await real.factsOf('none')
    }
    await over
  }
  /** Takes the pass while the store does not answer. */
  async function takesBlindly(callId: string, attempt: number): Promise<boolean> {
    const taking = own.kept.takePass(callId, attempt, AT)
    let isOver = false
    taking.finally(() => {
      isOver = true
    })
    while (!isOver) {
      await real.factsOf('none')
      await clock.advance(100)
    }
    return taking
  }
  function open(): void {
    state.way = 'open'
    opened.resolve()
  }
  return { ...own, real, state, warned, folder, process, written, takesBlindly, open }
}

describe.each(await databasesFor('the tests of two servers and one stream'))('on $name', ({ newUrl }) => {
  async function two() {
    const url = await newUrl()
    return [await server(url, 'one'), await server(url, 'other')] as const
  }

  test('a pass whose answer came too late is this server’s, and no other gets it', async () => {
    const [one, other] = await two()
    one.state.way = 'late'
    expect(await one.takesBlindly('CA1', 1)).toBe(true)
    expect(await other.kept.takePass('CA1', 1, AT)).toBe(false)
    one.open()
    await one.kept.commit('CA1', 1, 1, line(1, 'one'))
    await one.written()
    await one.kept.keepNext('CA1', 'transfer', 1)
    expect(await other.kept.factsOf('CA1')).toMatchObject({ streams: 1, next: 'transfer' })
    expect(await other.kept.linesOf('CA1')).toEqual([line(1, 'one')])
    expect(one.warned).toEqual([])
  })

  test.each<Way>(['away', 'held up'])(
    'a store that is %s for one server: of two that hold the same stream one alone is written',
    async way => {
      const [one, other] = await two()
      one.state.way = way
      expect(await one.takesBlindly('CA1', 1)).toBe(true)
      expect(await other.kept.takePass('CA1', 1, AT)).toBe(true)
      one.open()
      await expect(one.kept.commit('CA1', 1, 1, line(1, 'one'))).rejects.toThrow(SupersededError)
      await one.kept.keepNext('CA1', 'hang-up', 1)
      await one.written()
      await expect(one.kept.commit('CA1', 1, 1, line(1, 'one'))).rejects.toThrow(SupersededError)
      await other.kept.commit('CA1', 1, 1, line(1, 'other'))
      expect(await other.kept.factsOf('CA1')).toMatchObject({ streams: 1, next: undefined })
      await other.kept.keepNext('CA1', 'transfer', 1)
      expect(await one.kept.factsOf('CA1')).toMatchObject({ streams: 1, next: 'transfer' })
      expect(await one.kept.linesOf('CA1')).toEqual([line(1, 'other')])
    },
  )

  test('what the first of two holders said meanwhile is not written later either, after its next start neither', async () => {
    const [one, other] = await two()
    one.state.way = 'away'
    for (const callId of ['CA1', 'CA2']) {
      expect(await one.takesBlindly(callId, 1)).toBe(true)
      await one.kept.keepNext(callId, 'goodbye', 1)
      await mkdir(join(one.folder, 'calls', callId), { recursive: true })
      await writeFile(join(one.folder, 'calls', callId, 'journal.jsonl'), `${line(1, 'one')}\n`)
      one.kept.later({ callId, attempt: 1, lastSeq: 1, lines: [] })
    }
    expect(await other.kept.takePass('CA1', 1, AT)).toBe(true)
    one.open()
    const next = one.process('one, after its next start')
    await next.late.settled()
    await one.written(next.late)
    await one.written()
    await other.kept.commit('CA1', 1, 1, line(1, 'other'))
    expect(await other.kept.linesOf('CA1')).toEqual([line(1, 'other')])
    expect(await other.kept.factsOf('CA1')).toMatchObject({ next: undefined })
    expect(await other.kept.linesOf('CA2')).toEqual([line(1, 'one')])
    expect(await other.kept.factsOf('CA2')).toMatchObject({ streams: 1, next: 'goodbye' })
  })

  test('a stream that is committed before its pass is written has its pass from then on', async () => {
    const [one, other] = await two()
    one.state.way = 'away'
    expect(await one.takesBlindly('CA1', 1)).toBe(true)
    one.open()
    await one.kept.commit('CA1', 1, 1, line(1, 'one'))
    expect(await other.kept.takePass('CA1', 1, AT)).toBe(false)
  })

  test('calls that the store refuses hold up no other call, are tried some times, and named once each', async () => {
    const [one, other] = await two()
    const calls = Array.from({ length: 14 }, (_, i) => `CA${i + 1}`)
    one.state.way = 'away'
    for (const callId of calls) {
      expect(await one.takesBlindly(callId, 1)).toBe(true)
      await one.kept.keepNext(callId, 'hang-up', 1)
      one.kept.later({ callId, attempt: 1, lastSeq: 1, lines: [line(1, 'one')] })
    }
    one.state.refuses = new Set(['CA1', 'CA7'])
    one.open()
    await one.written()
    for (const callId of calls) {
      const isRefused = one.state.refuses.has(callId)
      expect(await other.kept.factsOf(callId)).toMatchObject(isRefused ? { streams: 0 } : { next: 'hang-up' })
      expect(await other.kept.linesOf(callId)).toEqual(isRefused ? [] : [line(1, 'one')])
    }
    expect(one.warned.map(({ message }) => message).toSorted()).toEqual([
      ...Array(2).fill('the end of a journal is in its folder alone: the database refuses it'),
      ...Array(2).fill('what follows a call could not be written: the database refuses it'),
    ])
    // Five times each, and twice: what follows it, and its journal.
    expect(one.state.tries).toBe(20)
  })

  test.each(['55P03', '57014', '40001', '40P01', '42501'])(
    'what is locked, took too long or is not allowed (%s) is tried for as long as it takes',
    async code => {
      const [one, other] = await two()
      one.state.way = 'away'
      expect(await one.takesBlindly('CA1', 1)).toBe(true)
      one.kept.later({ callId: 'CA1', attempt: 1, lastSeq: 1, lines: [line(1, 'one')] })
      Object.assign(one.state, { refuses: new Set(['CA1']), code, mostTries: 25 })
      one.open()
      await one.written()
      expect(await other.kept.linesOf('CA1')).toEqual([line(1, 'one')])
      expect(one.warned).toEqual([])
    },
  )
})

test('of more calls than are kept the oldest are dropped, which is one line until most of them are written', async () => {
  const warned: object[] = []
  const away = () => Promise.reject(new DatabaseAway('nobody answers'))
  const state = { isAway: true }
  const kept = keptStore({
    store: {
      ...{ factsOf: away, broke: away, linesOf: away, commit: away, tookPass: away },
      takePass: () => (state.isAway ? away() : Promise.resolve(true)),
      keepNext: () => (state.isAway ? away() : Promise.resolve()),
    },
    clock: new FakeClock(),
    log: { warn: fields => void warned.push(fields) },
    ...{ linesHere: async () => [], isBehind: () => false, onAdded: () => undefined },
  })
  const take = async (from: number, to: number) => {
    for (let i = from; i < to; i++) await kept.takePass(`CA${i}`, 1, AT)
  }
  await take(0, 10_000)
  expect(warned).toEqual([])
  await take(10_000, 10_020)
  expect(kept.waiting()).toHaveLength(10_000)
  expect(warned).toEqual([{ call: 'CA0', most: 10_000 }])
  // One that is written is dropped without a word.
  state.isAway = false
  await kept.write(new AbortController().signal)
  await take(20_000, 20_010)
  kept.forget(Array.from({ length: 10_020 }, (_, i) => `CA${i}`))
  state.isAway = true
  await take(30_000, 40_001)
  expect(warned).toHaveLength(2)
})
