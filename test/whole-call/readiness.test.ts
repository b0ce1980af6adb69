import { rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { loadNamedFixture } from '../../src/sandbox/caller/fixture.ts'
import { openWholeCalls } from './whole-calls.ts'

async function opened() {
  const calls = await openWholeCalls()
  onTestFinished(() => calls.close())
  const later = (ms: number) => calls.passing(calls.clock.sleep(ms, new AbortController().signal))
  /** What /readyz says some time from now. */
  async function readyz(afterMs = 6_000) {
    await later(afterMs)
    const { statusCode, body } = await calls.passing(calls.partyline.app.inject('/readyz'))
    const { reasons, degraded } = JSON.parse(body) as Record<string, readonly string[]>
    return { statusCode, reasons, ...(degraded && { degraded }) }
  }
  return { ...calls, readyz }
}

const READY = { statusCode: 200, reasons: [] }

test('a data folder that cannot be written to, and a database file that was deleted, are named until they are back, and calls are taken', async () => {
  const { dataDir, readyz } = await opened()
  expect(await readyz()).toEqual(READY)
  const folder = join(dataDir, 'calls')
  await rename(folder, `${folder}.away`)
  await writeFile(folder, 'a file')
  const database = join(dataDir, 'partyline.sqlite')
  await rename(database, `${database}.away`)
  expect(await readyz()).toEqual({
    ...READY,
    degraded: ['database: its file was deleted', expect.stringMatching(/^DATA_DIR: .*file/)],
  })
  await rm(folder)
  await rename(`${folder}.away`, folder)
  await rename(`${database}.away`, database)
  expect(await readyz()).toEqual(READY)
})

test('a model that fails in call after call is a reason for a minute', async () => {
  const { standIns, ring, passing, readyz } = await opened()
  const script = await loadNamedFixture('plain')
  standIns.openai.faults.set([{ kind: 'status', status: 500, times: 99 }])
  for (const seed of [1, 2, 3]) await passing(ring(script, { seed }))
  expect(await readyz()).toEqual({ statusCode: 503, reasons: [expect.stringMatching(/^OpenAI: failed 3 times/)] })
  standIns.openai.faults.set([])
  expect(await readyz(60_000)).toEqual(READY)
})
