import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { expect, onTestFinished } from 'vitest'
import { systemClock as clock } from '../../src/clock.ts'
import { loadNamedFixture } from '../../src/sandbox/caller/fixture.ts'
import { ring } from '../../src/sandbox/ringing/ring.ts'
import type { ServerProcess } from '../../src/sandbox/server-process.ts'
import { openTicker } from '../../src/sandbox/twilio/ticker.ts'
import { runCommand } from './command.ts'
import { e2eTest, openBrowser, openPartyline, testFolder } from './rig.ts'
import { momentOf, watchedPage } from './staff-page.ts'

/** Support staff with the real server: a call by telephone, its records, and the console in a real browser. */
const MICROPHONE = fileURLToPath(new URL('../../fixtures/calls/plain/0.wav', import.meta.url))
const PASSWORD = 'correct horse battery'

/** The line of the settings that `npm run staff:password` prints for supervisors. */
async function supervisorSetting(): Promise<Record<string, string>> {
  const { code, out, told } = await runCommand(['src/staff/sign-in/command.ts'], `${PASSWORD}\n`)
  expect(code, told).toBe(0)
  const hash = /^STAFF_SUPERVISOR_PASSWORD=(.+)$/m.exec(out)?.[1]
  return { STAFF_SUPERVISOR_PASSWORD: hash ?? '' }
}

/** Rings the server with a caller who talks over it, and says which call that was. */
async function ringCall(server: ServerProcess) {
  const script = await loadNamedFixture('talks-over')
  const phone = new AbortController()
  onTestFinished(() => phone.abort(new Error('the test is over')))
  const record = await ring({ ...server.rungBy(script), seed: 1, ticker: openTicker(clock) }, phone.signal)
  return { callId: record.callSid, from: script.from }
}

async function signIn(page: Page): Promise<void> {
  await page.getByLabel('Your name').fill('Ada')
  await page.getByRole('radio', { name: /Supervisor/ }).check()
  await page.getByLabel('Password of the role').fill(PASSWORD)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Calls', exact: true }).waitFor()
}

async function search(page: Page, words: string): Promise<void> {
  await page.locator('body').press('/')
  await page.keyboard.press('ControlOrMeta+a')
  await page.keyboard.type(words)
  await page.keyboard.press('Enter')
}

/** When the first turn ended, as it was and with the change, in s. */
const endsOfTurn = async (page: Page): Promise<readonly number[]> =>
  (
    await page
      .locator('.compared tbody tr[data-changed]')
      .first()
      .getByText(/^end of turn/)
      .allTextContents()
  ).map(text => Number.parseFloat(text.replace('end of turn ', '')))

e2eTest('a call is found, heard, explained, run again, and made a fixture that replays', async () => {
  const fixtures = await testFolder()
  const { server } = await openPartyline(await supervisorSetting(), ['--fixtures', fixtures])
  const { callId, from } = await ringCall(server)

  const { page, problems, looks } = await watchedPage(await openBrowser({ microphone: MICROPHONE }))
  await page.goto(`${server.url}/staff`)
  await signIn(page)
  const rows = page.getByRole('rowheader')
  // It is sealed and in the index a moment after it is over.
  await expect
    .poll(async () => {
      await page.reload()
      await page.getByText(/recorded yet|on this page/).waitFor()
      return rows.count()
    })
    .toBe(1)
  await search(page, 'pizza')
  await page.getByText('No call fits these filters.').waitFor()
  await search(page, 'table for two')
  await page.getByText('1 call on this page.').waitFor()
  await page.getByText('1 interruption', { exact: true }).waitFor()
  expect(await page.getByRole('table').textContent()).toContain(from)
  await looks('staff real list')

  await rows.getByRole('link').click()
  await page.getByRole('heading', { name: 'What was said' }).waitFor()
  expect(new URL(page.url()).pathname).toBe(`/staff/calls/${callId}`)
  await page.locator('.waveform').locator('div').first().waitFor({ state: 'attached' })
  await page.locator('body').press('Space')
  await page.getByRole('button', { name: 'Pause' }).waitFor()
  await expect.poll(() => momentOf(page)).toBeGreaterThan(0)
  await page.keyboard.press('Space')
  await page.getByRole('button', { name: 'Play' }).waitFor()

  // By turns to the answer that was talked over: what was not heard of it, and what the sound over it was taken for.
  const current = page.locator('.transcript [aria-current]')
  await expect
    .poll(async () => {
      if (!(await current.textContent())?.includes('interrupted')) await page.keyboard.press('j')
      return current.textContent()
    })
    .toContain('interrupted')
  expect(await current.locator('s').count()).toBeGreaterThan(0)
  await page
    .getByText(/an interruption, “Actually/)
    .first()
    .waitFor()
  const bargeInMs = await momentOf(page)
  await page.keyboard.press('Space')
  await expect.poll(() => momentOf(page)).toBeGreaterThan(bargeInMs)
  await expect.poll(() => current.locator('[data-now]').count()).toBe(1)
  await page.keyboard.press('Space')
  await page.getByRole('button', { name: 'Play' }).waitFor()
  await looks('staff real call')

  await page.getByLabel('Complete words, ms').fill('900')
  await page.getByRole('button', { name: 'Run', exact: true }).click()
  await page.getByRole('heading', { name: 'As it was, and with Complete words 900 ms' }).waitFor({ timeout: 60_000 })
  await page.locator('[data-changed]').first().getByText('end of turn').first().waitFor()
  const [before = 0, after = 0] = await endsOfTurn(page)
  expect(after).toBeGreaterThan(before)
  await looks('staff real what if')

  await page.getByLabel('Name', { exact: true }).fill('changes-their-mind')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'What was replaced' }).waitFor({ timeout: 60_000 })
  await page.getByRole('heading', { name: 'What was replaced' }).evaluate(heading => heading.scrollIntoView())
  await looks('staff real fixture')
  expect(await readdir(fixtures)).toEqual([])
  await page.getByRole('button', { name: 'Save as changes-their-mind' }).click()
  const shown = page.getByText(/^npm run replay -- .*changes-their-mind --expect$/)
  const command = await shown.textContent({ timeout: 60_000 })
  expect(problems).toEqual([])

  const folder = join(fixtures, 'changes-their-mind')
  expect((await readdir(folder)).toSorted()).toEqual(['about.json', 'call-1.wav', 'expect.json', 'journal.jsonl'])
  const journal = await readFile(join(folder, 'journal.jsonl'), 'utf8')
  expect([journal.includes(from), journal.includes(callId)]).toEqual([false, false])
  expect(JSON.parse(await readFile(join(folder, 'expect.json'), 'utf8'))).toMatchObject({ interruptions: 1 })
  const asShown = command?.split(' -- ')[1]?.split(' ') ?? []
  const { code, out, told } = await runCommand(['src/command/partyline.ts', 'replay', ...asShown])
  expect([code, out], told).toEqual([0, expect.stringContaining('1 call: all as recorded')])
})
