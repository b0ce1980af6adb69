import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { beforeAll, expect, onTestFinished } from 'vitest'
import { type FakeApiOptions, serveFakeApi } from '../web/staff/fake-api.ts'
import { type RungCall, rungCalls } from '../web/staff/rung-calls.ts'
import { e2eTest, openBrowser } from './rig.ts'
import { momentOf, watchedPage } from './staff-page.ts'

/** The console in a real browser, against an API of scripted answers with real journals and recordings. */
const MICROPHONE = fileURLToPath(new URL('../../fixtures/calls/plain/0.wav', import.meta.url))

let calls: readonly RungCall[]
beforeAll(async () => {
  calls = await rungCalls(['talks-over', 'tasks'])
})

async function openConsole(path: string, options: Partial<FakeApiOptions> = {}) {
  const api = await serveFakeApi({ calls, isSignedIn: true, ...options })
  onTestFinished(() => api.close())
  const context = await openBrowser({ microphone: MICROPHONE })
  const { page, problems, looks } = await watchedPage(context)
  await page.goto(api.url + path)
  return { api, page, problems, looks, callId: `${calls[0]?.callId}talks-over` }
}
const focused = (page: Page): Promise<string> => page.evaluate(() => document.activeElement?.textContent ?? '')

e2eTest('staff sign in, find a call by what was said, and open it by keyboard alone', async () => {
  const { page, api, problems, looks } = await openConsole('/staff', { isSignedIn: false })
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  await looks('staff sign in')
  await page.getByLabel('Your name').fill('Ada')
  await page.getByRole('radio', { name: /Supervisor/ }).check()
  await page.getByLabel('Password of the role').fill('wrong')
  await page.keyboard.press('Enter')
  await page.getByText('The password does not fit the role.').waitFor()
  await page.getByLabel('Password of the role').fill('open sesame')
  await page.keyboard.press('Enter')
  await page.getByRole('table').waitFor()
  await looks('staff calls')
  expect(await page.getByRole('rowheader').count()).toBe(50)
  await page.getByRole('button', { name: 'Older calls' }).click()
  await page.getByRole('button', { name: 'Back to the latest' }).waitFor()
  await page.goBack()
  await page.getByRole('button', { name: 'Back to the latest' }).waitFor({ state: 'detached' })
  await page.locator('body').press('/')
  await page.keyboard.type('table for two')
  await page.keyboard.press('Enter')
  // The call, and the same one as it came back.
  await expect.poll(() => page.getByRole('rowheader').count()).toBe(2)
  expect(page.url()).toContain('words=table+for+two')
  expect(api.read.some(path => path.startsWith('calls?words=table+for+two'))).toBe(true)
  await page.getByRole('heading', { name: 'Calls', exact: true }).click()
  await page.keyboard.press('j')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'What was said' }).waitFor()
  expect(api.asked.find(({ what }) => what === 'POST sign-in')?.body).toMatchObject({ name: 'Ada', role: 'supervisor' })
  expect(problems).toEqual([])
})

e2eTest(
  'a call is heard and explained: turns by j and k, sound by space, words that follow, what was never heard',
  async () => {
    const { page, api, problems, looks, callId } = await openConsole('/staff')
    await page.goto(`${api.url}/staff/calls/${callId}`)
    await page.getByRole('heading', { name: 'What was said' }).waitFor()
    await expect.poll(() => page.locator('.waveform').evaluate(box => box.firstElementChild !== null)).toBe(true)
    await looks('staff call')
    // The greeting, the question, its answer.
    for (let turn = 0; turn < 3; turn++) await page.keyboard.press('j')
    const current = page.locator('.transcript [aria-current]')
    await expect.poll(() => current.locator('s').first().textContent()).toBe('opened')
    await page.getByText('an interruption, “Actually”').first().waitFor()
    const before = await momentOf(page)
    await page.keyboard.press('Space')
    await page.getByRole('button', { name: 'Pause' }).waitFor()
    await expect.poll(() => momentOf(page)).toBeGreaterThan(before)
    await expect.poll(() => page.locator('[data-now]').count()).toBe(1)
    await page.keyboard.press('Space')
    await page.getByRole('button', { name: 'Play' }).waitFor()
    await page.keyboard.press('k')
    await page.keyboard.press('ArrowRight')
    const after = await momentOf(page)
    await page.keyboard.press('Shift+ArrowLeft')
    await expect.poll(() => momentOf(page)).toBeLessThan(after)
    expect(await page.getByRole('img', { name: /timeline of the call/ }).getAttribute('aria-label')).toMatch(
      /0:00 to 0:/,
    )

    await page.keyboard.press('n')
    await page.keyboard.type('Cut off too soon')
    await page.keyboard.press('Enter')
    await page.getByText('Cut off too soon').first().waitFor()
    await page.getByLabel('Add a tag').fill('barge-in')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Remove the tag barge-in' }).waitFor()
    expect(api.asked.map(({ what }) => what.replace(callId, 'ID'))).toEqual([
      'POST calls/ID/notes',
      'PUT calls/ID/tags',
    ])
    expect(problems).toEqual([])
  },
)

e2eTest('a call is run again with more patience, compared, and made a fixture after a look', async () => {
  const { page, api, problems, looks, callId } = await openConsole('/staff')
  await page.goto(`${api.url}/staff/calls/${callId}`)
  await page.getByRole('button', { name: 'Run', exact: true }).click()
  await page.getByText('Change something first').waitFor()
  await page.getByLabel('Complete words, ms').fill('900')
  await page.getByRole('button', { name: 'Run', exact: true }).click()
  await page.getByRole('heading', { name: 'As it was, and with Complete words 900 ms' }).waitFor()
  expect(await focused(page)).toContain('As it was')
  await page.getByText('Only indicative from here on').waitFor()
  await page.getByText('changed: end of turn, latency, words, tools').waitFor()
  await page.getByLabel('Name', { exact: true }).fill('books-a-table')
  await page.keyboard.press('Enter')
  await page.getByText('one PIN became silence').waitFor()
  await looks('staff what if')
  expect(api.asked.some(({ body }) => (body as { save?: boolean }).save)).toBe(false)
  await page.getByRole('button', { name: 'Save as books-a-table' }).click()
  await page.getByText('npm run replay -- fixtures/calls/books-a-table --expect').waitFor()
  expect(api.asked.map(({ body }) => body)).toEqual([
    { patience: { shortMs: 900 } },
    { name: 'books-a-table' },
    { name: 'books-a-table', save: true, expect: { agentSays: ['booked'], outcome: 'goodbye' } },
  ])
  expect(problems).toEqual([])
})

e2eTest('the audit log is read page by page, of one name or one call', async () => {
  const { page, api, problems, looks } = await openConsole('/staff')
  await page.getByRole('link', { name: 'Audit log' }).click()
  await page.getByRole('heading', { name: 'Audit log' }).waitFor()
  const rows = page.getByRole('rowheader')
  await expect.poll(() => rows.count()).toBe(50)
  await looks('staff audit log')
  await page.getByRole('button', { name: 'Older rows' }).click()
  await page.getByRole('button', { name: 'Back to the latest' }).waitFor()
  await page.goBack()
  await rows.getByRole('link', { name: /^Lea/ }).first().click()
  await expect.poll(() => rows.getByRole('link', { name: /^Ada/ }).count()).toBe(0)
  expect(new URL(page.url()).search).toBe('?name=Lea')
  await page.getByRole('link', { name: 'only this call' }).first().click()
  await page.getByRole('button', { name: 'Show all' }).waitFor()
  expect(api.read.at(-1)).toMatch(/^audit\?name=Lea&call=CA5d/)
  await page.getByLabel('Id of a call').fill('CAnone')
  await page.keyboard.press('Enter')
  await page.getByText('No row fits this.').waitFor()
  await page.getByRole('button', { name: 'Show all' }).click()
  await expect.poll(() => rows.count()).toBe(50)
  await page
    .getByRole('link', { name: /^Open CA/ })
    .first()
    .click()
  await page.getByRole('heading', { name: 'This call cannot be opened' }).waitFor()
  expect(problems).toEqual([])
})

e2eTest('a listener has no audit log, asks no other model, and acts in no live call', async () => {
  const { page, api, problems, callId } = await openConsole('/staff', { role: 'listener' })
  await page.getByRole('table').waitFor()
  expect(await page.getByRole('link', { name: 'Audit log' }).count()).toBe(0)
  await page.goto(`${api.url}/staff/audit`)
  await page.getByRole('heading', { name: 'There is nothing here' }).waitFor()
  expect(api.read.some(path => path.startsWith('audit'))).toBe(false)
  await page.goto(`${api.url}/staff/calls/${callId}`)
  await page.getByText('live providers are for supervisors').waitFor()
  expect(await page.getByLabel('Another model').count()).toBe(0)
  expect(problems).toEqual([])
})

e2eTest('a live call is listened in to, and a supervisor acts in it', async () => {
  const { page, api, problems, looks } = await openConsole('/staff/live')
  await page.getByText('Another server has this call: voice-2. It cannot be listened to from here.').waitFor()
  await looks('staff live calls')
  await page.goto(`${api.url}/staff/live/CAelsewhere`)
  await page.getByText('Another server has this call: voice-2.').waitFor()
  expect(await page.getByRole('button', { name: /Sound|Whisper/ }).count()).toBe(0)
  await page.goBack()
  await page.getByRole('link', { name: /Listen in/ }).click()
  await page.getByText('On the line', { exact: true }).waitFor()
  await page.getByRole('button', { name: 'Sound off' }).waitFor()
  await page.getByText('Can you tell me about the restaurant?').first().waitFor()
  await looks('staff live')
  await page.getByLabel(/^Whisper a hint/).fill('Offer the terrace')
  await page.keyboard.press('Enter')
  await page.getByText('The agent has the hint.').waitFor()
  await page.getByLabel('Transfer the call to a number').fill('555 0123')
  await page.keyboard.press('Enter')
  await page.getByText('A number begins with +').waitFor()
  await page.getByLabel('Transfer the call to a number').fill('+1 (555) 010-0123')
  await page.keyboard.press('Enter')
  await page.getByText('The call is being transferred.').waitFor()
  await page.getByRole('button', { name: 'End the call…' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'End the call' }).click()
  await page.getByText('The call is being ended.').waitFor()
  expect(api.asked).toEqual([
    { what: 'POST live/CAlive/whisper', body: { text: 'Offer the terrace' } },
    { what: 'POST live/CAlive/transfer', body: { number: '+15550100123' } },
    { what: 'POST live/CAlive/end', body: {} },
  ])
  expect(problems).toEqual([])
})

e2eTest('a call that came back is one axis in two parts, and an address leads to a moment in either', async () => {
  const { page, api, problems } = await openConsole('/staff/calls/twice?at=40000')
  await page.getByRole('button', { name: 'Part 2', pressed: true }).waitFor()
  await expect.poll(() => page.locator('.waveform').evaluate(box => box.firstElementChild !== null)).toBe(true)
  await expect.poll(() => api.read.includes('calls/twice/peaks/2')).toBe(true)
  expect(await momentOf(page)).toBe(40_000)
  // Who only reads is sent no sound.
  expect(api.read.filter(path => path.includes('/audio/'))).toEqual([])
  await page.keyboard.press('Space')
  await expect.poll(() => api.read.includes('calls/twice/audio/2')).toBe(true)
  await expect.poll(() => momentOf(page)).toBeGreaterThan(40_000)
  await page.keyboard.press('Space')
  // Back over the pause into the first part.
  await expect
    .poll(async () => {
      await page.keyboard.press('k')
      return page.getByRole('button', { name: 'Part 1', pressed: true }).count()
    })
    .toBe(1)
  expect(problems).toEqual([])
})
