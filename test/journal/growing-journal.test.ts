import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { followLines, growingJournal } from '../../src/journal/growing-journal.ts'
import { FakeClock } from '../fakes/clock.ts'

async function inFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'journal-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return join(folder, 'journal.jsonl')
}
const line = (seq: number, text = ''): string => JSON.stringify({ v: 2, seq, atMs: seq, noted: { kind: 'x', text } })
const seqs = (lines: readonly { readonly seq: number }[]): readonly number[] => lines.map(({ seq }) => seq)

test('lines come once, each when it is whole, also where a write ended within a letter', async () => {
  const file = await inFolder()
  const read = growingJournal(file)
  expect(await read()).toEqual([])
  const second = Buffer.from(`${line(2, 'naïve')}\n`)
  const cut = second.indexOf(0xc3) + 1
  await writeFile(file, Buffer.concat([Buffer.from(`${line(1)}\n`), second.subarray(0, cut)]))
  expect(seqs(await read())).toEqual([1])
  await appendFile(file, second.subarray(cut))
  expect(await read()).toMatchObject([{ seq: 2, noted: { text: 'naïve' } }])
  expect(await read()).toEqual([])
})

test('a journal that is longer than what is read at once comes whole', async () => {
  const file = await inFolder()
  const all = Array.from({ length: 3_000 }, (_, i) => line(i + 1, 'x'.repeat(200)))
  await writeFile(file, `${all.join('\n')}\n`)
  expect(seqs(await growingJournal(file)())).toEqual(all.map((_, i) => i + 1))
})

test('a line that is broken is named', async () => {
  const file = await inFolder()
  await writeFile(file, `${line(1)}\n{oops\n`)
  await expect(growingJournal(file)()).rejects.toThrow('journal.jsonl: line 2 is not JSON')
})

test('following ends with the signal, after the last line', async () => {
  const file = await inFolder()
  const over = new AbortController()
  const clock = new FakeClock()
  const got: number[] = []
  await writeFile(file, `${line(1)}\n`)
  const followed = followLines(file, clock, ({ seq }) => got.push(seq), over.signal)
  await expect.poll(() => clock.pending).toBe(1)
  await appendFile(file, `${line(2)}\n`)
  over.abort()
  await followed
  expect(got).toEqual([1, 2])
  expect(clock.pending).toBe(0)
})
