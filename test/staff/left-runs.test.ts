import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { deleteLeftRuns, RUN_FOLDER } from '../../src/what-if/left-runs.ts'

const NOON = new Date('2026-11-27T12:00:00Z')
const hoursAgo = (hours: number): Date => new Date(NOON.getTime() - hours * 3_600_000)

test('copies of calls that a killed server left are deleted, and neither a run that goes on nor anything else', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'partyline-left-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  for (const [name, hours] of [
    [`${RUN_FOLDER}left`, 25],
    [`${RUN_FOLDER}now`, 1],
    ['calls', 1_000],
  ] as const) {
    await mkdir(join(folder, name))
    await writeFile(join(folder, name, 'call-1.wav'), 'sound')
    await utimes(join(folder, name), hoursAgo(hours), hoursAgo(hours))
  }
  expect(await deleteLeftRuns(folder, hoursAgo(24))).toBe(1)
  expect((await readdir(folder)).toSorted()).toEqual(['calls', `${RUN_FOLDER}now`])
})
