import { mkdir, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { JournalLine } from '../../src/conversation/lines.ts'
import { writeMissingTranscripts } from '../../src/journal/missing-transcripts.ts'
import { english } from '../../src/languages/english.ts'
import { onTheLine } from '../fakes/call.ts'

const NOW = new Date('2026-01-15T12:00:00Z')
const minutesAgo = (minutes: number): Date => new Date(NOW.getTime() - minutes * 60_000)

/** A journal as a killed server leaves it: in the middle of a call, and of a line. */
async function cutJournal(): Promise<string> {
  const lines: JournalLine[] = []
  await onTheLine({}, async call => {
    await call.greeted()
    await call.callerSays('what is next')
    await call.until('replying')
    await call.until('listening')
    lines.push(...call.journal.lines)
  })
  return `${lines.map(line => JSON.stringify(line)).join('\n')}\n{"v":2,"se`
}

async function folderOf(calls: Readonly<Record<string, readonly (readonly [file: string, text: string, at: Date])[]>>) {
  const folder = await mkdtemp(join(tmpdir(), 'partyline-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  for (const [id, files] of Object.entries(calls)) {
    await mkdir(join(folder, id))
    for (const [name, text, at] of files) {
      await writeFile(join(folder, id, name), text)
      await utimes(join(folder, id, name), at, at)
    }
  }
  return folder
}

const TOLD = 'Agent:  Hello, this is Paula.\nCaller: what is next\nAgent:  Okay.\n'

const LOG = { info: () => undefined, warn: () => undefined }

test('a call that a killed server left gets its transcript, whether in its first stream or a later one', async () => {
  const journal = await cutJournal()
  const folder = await folderOf({
    CA1: [['journal.jsonl', journal, minutesAgo(5)]],
    CA2: [
      ['transcript.txt', 'older', minutesAgo(9)],
      ['journal.jsonl', journal, minutesAgo(5)],
    ],
  })
  const { written, problems } = await writeMissingTranscripts(folder, () => english, NOW, LOG)
  expect([written.toSorted(), problems]).toEqual([['CA1', 'CA2'], []])
  for (const id of ['CA1', 'CA2']) expect(await readFile(join(folder, id, 'transcript.txt'), 'utf8')).toBe(TOLD)
})

test('a call that is sealed, goes on, or has no journal is left alone', async () => {
  const journal = await cutJournal()
  const folder = await folderOf({
    sealed: [
      ['transcript.txt', 'sealed', minutesAgo(5)],
      ['journal.jsonl', journal, minutesAgo(5)],
    ],
    live: [['journal.jsonl', journal, minutesAgo(-1)]],
    empty: [],
  })
  expect(await writeMissingTranscripts(folder, () => english, NOW, LOG)).toEqual({ written: [], problems: [] })
  expect(await readFile(join(folder, 'sealed', 'transcript.txt'), 'utf8')).toBe('sealed')
})

test('a journal that makes no sense is reported, and the others are written', async () => {
  const folder = await folderOf({
    CA1: [['journal.jsonl', 'nonsense\n', minutesAgo(5)]],
    CA2: [['journal.jsonl', await cutJournal(), minutesAgo(5)]],
  })
  const { written, problems } = await writeMissingTranscripts(folder, () => english, NOW, LOG)
  expect(written).toEqual(['CA2'])
  expect(problems).toEqual([expect.stringMatching(/^CA1: .*line 1 is not JSON/)])
})
