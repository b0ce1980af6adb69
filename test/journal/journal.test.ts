import { appendFile, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { JournalLine, Line } from '../../src/conversation/lines.ts'
import { openJournal } from '../../src/journal/journal.ts'
import { readJournal } from '../../src/journal/outcome.ts'
import type { Store } from '../../src/journal/store.ts'
import { FakeClock } from '../fakes/clock.ts'
import { openStore } from './opened-store.ts'

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'partyline-'))
  onTestFinished(() => rm(path, { recursive: true }))
  return path
}

/** A store in memory whose commits can be held up and fail once per entry in `failures`. */
async function slowStore() {
  const store = await openStore('sqlite::memory:')
  onTestFinished(() => store.close())
  const failures: Error[] = []
  const commits: { readonly first: number; readonly lines: number }[] = []
  const state = { underWay: 0, mostUnderWay: 0, hold: Promise.resolve() }
  const slow: Store = {
    ...store,
    async commit(callId, attempt, first, text) {
      state.underWay++
      state.mostUnderWay = Math.max(state.mostUnderWay, state.underWay)
      await state.hold
      state.underWay--
      const failure = failures.shift()
      if (failure) throw failure
      commits.push({ first, lines: text.split('\n').length })
      await store.commit(callId, attempt, first, text)
    },
  }
  return { store: slow, failures, commits, state }
}

async function opened({ file, afterSeq = 0 }: { readonly file?: string; readonly afterSeq?: number } = {}) {
  const path = file ?? join(await folder(), 'journal.jsonl')
  const clock = new FakeClock()
  const stored = await slowStore()
  const appended: JournalLine[] = []
  const startMs = clock.now()
  const onLine = (line: JournalLine): void => void appended.push(line)
  const journal = await openJournal({
    callId: 'CA1',
    attempt: 1,
    file: path,
    store: stored.store,
    clock,
    startMs,
    afterSeq,
    onLine,
  })
  return { journal, clock, path, appended, ...stored }
}

const note = (what: string | number): Line => ({ noted: { kind: 'test', what } })
const whatsOf = (lines: readonly JournalLine[]): readonly unknown[] =>
  lines.flatMap(line => ('noted' in line ? [line.noted.what ?? line.noted.kind] : []))
const forever = (): AbortSignal => new AbortController().signal
const storedIn = async (store: Store): Promise<readonly JournalLine[]> =>
  (await store.linesOf('CA1')).map(line => JSON.parse(line))

test('lines are numbered from 1, timed from the start of the call, reported at once, and in order on disk', async () => {
  const { journal, clock, path, appended } = await opened()
  journal.append(note('a'))
  await clock.advance(1_500)
  journal.append(note('b'))
  expect(appended.map(({ v, seq, atMs }) => ({ v, seq, atMs }))).toEqual([
    { v: 2, seq: 1, atMs: 0 },
    { v: 2, seq: 2, atMs: 1_500 },
  ])
  expect(await journal.close()).toEqual([])
  expect(await readJournal(path)).toEqual(appended)
})

test('closing writes and commits the rest', async () => {
  const { journal, path, store } = await opened()
  journal.append(note('a'))
  journal.append(note('b'))
  await journal.close()
  expect(whatsOf(await readJournal(path))).toEqual(['a', 'b'])
  expect(whatsOf(await storedIn(store))).toEqual(['a', 'b'])
})

test('a resumed call continues the numbers of its journal', async () => {
  const { journal, appended, store, commits } = await opened({ afterSeq: 41 })
  journal.append(note('a'))
  await journal.commit(forever())
  await journal.close()
  expect(appended[0]?.seq).toBe(42)
  expect(commits).toEqual([{ first: 42, lines: 1 }])
  expect((await storedIn(store))[0]?.seq).toBe(42)
})

test('a commit takes all lines that no commit took before', async () => {
  const { journal, commits } = await opened()
  journal.append(note('a'))
  journal.append(note('b'))
  await journal.commit(forever())
  await journal.commit(forever())
  journal.append(note('c'))
  await journal.commit(forever())
  expect(commits).toEqual([
    { first: 1, lines: 2 },
    { first: 3, lines: 1 },
  ])
  await journal.close()
})

test('simultaneous commits run one after the other', async () => {
  const { journal, store, state } = await opened()
  const asked = Array.from({ length: 20 }, (_, i) => {
    journal.append(note(i))
    return journal.commit(forever())
  })
  await Promise.all(asked)
  expect(state.mostUnderWay).toBe(1)
  expect(whatsOf(await storedIn(store))).toEqual(Array.from({ length: 20 }, (_, i) => i))
  await journal.close()
})

test('a failed commit rejects, and the next one includes its lines in order', async () => {
  const { journal, store, failures } = await opened()
  failures.push(new Error('the store is away'))
  journal.append(note('a'))
  await expect(journal.commit(forever())).rejects.toThrow('the store is away')
  journal.append(note('b'))
  await journal.commit(forever())
  expect((await storedIn(store)).map(({ seq }) => seq)).toEqual([1, 2])
  expect(whatsOf(await storedIn(store))).toEqual(['a', 'b'])
  await journal.close()
})

test('a commit continues after its caller stops waiting', async () => {
  const { journal, store, state } = await opened()
  const held = Promise.withResolvers<void>()
  state.hold = held.promise
  journal.append(note('a'))
  const waiting = new AbortController()
  const commit = journal.commit(waiting.signal)
  waiting.abort(new Error('too long'))
  await expect(commit).rejects.toThrow('too long')
  held.resolve()
  await journal.close()
  expect(whatsOf(await storedIn(store))).toEqual(['a'])
})

test('a store that stays unavailable does not affect the call, and is reported at the end', async () => {
  const { journal, failures, path } = await opened()
  failures.push(...Array.from({ length: 10 }, () => new Error('the store is away')))
  journal.append(note('a'))
  await journal.commit(forever()).catch(() => undefined)
  expect(await journal.close()).toEqual(['Error: the store is away'])
  expect(whatsOf(await readJournal(path))).toEqual(['a'])
})

test('a full disk is reported once at the end, and the store has every line', async () => {
  const file = join(await folder(), 'full')
  await symlink('/dev/full', file)
  const { journal, clock, store, appended } = await opened({ file })
  for (let i = 0; i < 5; i++) {
    journal.append(note(i))
    await clock.advance(2_000)
    await diskHasAnswered()
  }
  expect(whatsOf(appended)).toEqual([0, 1, 2, 3, 4])
  expect(await journal.close()).toEqual([expect.stringContaining('ENOSPC'), `5 lines are not in ${file}`])
  const linesAtClose = appended.length
  await clock.advance(2_000)
  await diskHasAnswered()
  expect(appended.length).toBe(linesAtClose)
  expect(clock.pending).toBe(0)
  expect(whatsOf(await storedIn(store)).filter(what => typeof what === 'number')).toEqual([0, 1, 2, 3, 4])
})

/** Reads something small, so that the thread pool has finished all earlier operations. */
async function diskHasAnswered(): Promise<void> {
  for (let i = 0; i < 8; i++) await readFile('/dev/null')
}

test('lines beyond the buffer are counted as lost, and this is noted', async () => {
  const { journal, path, clock } = await opened()
  for (let i = 0; i < 20_100; i++) journal.append(note(i))
  await clock.advance(200)
  await journal.close()
  const lines = await readJournal(path)
  expect(lines.length).toBe(20_001)
  expect(lines.at(-1)).toMatchObject({ noted: { kind: 'lines-lost', lines: 100 } })
})

test('a file that cannot be opened is opened as soon as it can be, and has every line; the store has them meanwhile', async () => {
  const inTheWay = join(await folder(), 'CA1')
  await writeFile(inTheWay, 'no folder')
  const file = join(inTheWay, 'journal.jsonl')
  const { journal, clock, store } = await opened({ file })
  journal.append(note('a'))
  await journal.commit(forever())
  expect(whatsOf(await storedIn(store))).toEqual(['a'])
  await clock.advance(2_000)
  await diskHasAnswered()
  await rm(inTheWay)
  journal.append(note('b'))
  await clock.advance(10_000)
  await expect.poll(() => readJournal(file).then(whatsOf)).toEqual(['a', 'b'])
  journal.append(note('c'))
  expect(await journal.close()).toEqual([])
  expect(whatsOf(await readJournal(file))).toEqual(['a', 'b', 'c'])
})

test('a file that can never be opened is reported at the end, and the store has every line', async () => {
  const inTheWay = join(await folder(), 'CA1')
  await writeFile(inTheWay, 'no folder')
  const file = join(inTheWay, 'journal.jsonl')
  const { journal, store } = await opened({ file })
  journal.append(note('a'))
  expect(await journal.close()).toEqual([expect.stringContaining('EEXIST'), `1 lines are not in ${file}`])
  expect(whatsOf(await storedIn(store))).toEqual(['a'])
})

test('an incomplete last line is left out; any other broken line is an error that names it', async () => {
  const { journal, path } = await opened()
  journal.append(note('a'))
  await journal.close()
  await appendFile(path, '{"v":1,"seq":2,"no')
  expect(whatsOf(await readJournal(path))).toEqual(['a'])
  await appendFile(path, '\n{"v":1,"seq":3}\n')
  await expect(readJournal(path)).rejects.toThrow(/journal\.jsonl: line 2 is not JSON/)
})

test('line numbers that are only on the disk are not reused', async () => {
  const path = join(await folder(), 'journal.jsonl')
  await appendFile(
    path,
    '{"v":1,"seq":1,"atMs":0,"noted":{"kind":"a"}}\n{"v":1,"seq":2,"atMs":0,"noted":{"kind":"b"}}\n',
  )
  const { journal, commits } = await opened({ file: path, afterSeq: 1 })
  journal.append(note('back'))
  await journal.close()
  expect((await readJournal(path)).map(({ seq }) => seq)).toEqual([1, 2, 3])
  expect(commits).toEqual([{ first: 3, lines: 1 }])
})

test('the journal of a call that resumes after a crash is readable', async () => {
  const path = join(await folder(), 'journal.jsonl')
  await appendFile(path, '{"v":1,"seq":1,"atMs":0,"noted":{"kind":"a"}}\n{"v":1,"seq":2,"no')
  const { journal } = await opened({ file: path, afterSeq: 1 })
  journal.append(note('back'))
  await journal.close()
  expect(whatsOf(await readJournal(path))).toEqual(['a', 'back'])
})
