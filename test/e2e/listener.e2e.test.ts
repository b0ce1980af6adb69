import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { expect, onTestFinished } from 'vitest'
import { systemClock as clock } from '../../src/clock.ts'
import { loadNamedFixture } from '../../src/sandbox/caller/fixture.ts'
import { ring } from '../../src/sandbox/ringing/ring.ts'
import { openTicker } from '../../src/sandbox/twilio/ticker.ts'
import { CLIENT, openProvider } from '../staff/provider.ts'
import { e2eTest, openBrowser, openPartyline } from './rig.ts'
import { watchedPage } from './staff-page.ts'

/** What a listener and a supervisor may do, with the real server and a real OpenID Connect provider. */
const MICROPHONE = fileURLToPath(new URL('../../fixtures/calls/plain/0.wav', import.meta.url))

/** Settings by which the provider's groups say who is what. */
async function byProvider(url: string): Promise<Record<string, string>> {
  const { issuer } = await openProvider(`${url}/staff/api/oidc/back`)
  return {
    ...{ OIDC_ISSUER: issuer, OIDC_CLIENT_ID: CLIENT.id, OIDC_CLIENT_SECRET: CLIENT.secret },
    ...{ OIDC_SUPERVISORS: 'leads', OIDC_LISTENERS: 'support' },
  }
}

/** Signs somebody in at the provider's own pages. Each has a browser of their own. */
async function signIn(url: string, who: string) {
  const watched = await watchedPage(await openBrowser({ microphone: MICROPHONE }))
  const { page } = watched
  await page.goto(`${url}/staff`)
  expect(await page.getByLabel('Password of the role').count()).toBe(0)
  await page.getByRole('link', { name: 'Sign in with your organisation' }).click()
  await page.getByPlaceholder('Enter any login').fill(who)
  await page.getByPlaceholder('and password').fill('any')
  await page.getByRole('button', { name: 'Sign-in' }).click()
  await page.getByRole('button', { name: 'Continue' }).click()
  return watched
}

/** Runs the call again with another prompt; gives where the answers came from. */
async function runWithPrompt(page: Page): Promise<ReadonlySet<string>> {
  await page.getByLabel('Another prompt').fill('You answer in one short sentence.')
  await page.getByRole('button', { name: 'Run', exact: true }).click()
  await page.getByRole('heading', { name: 'As it was, and with another prompt' }).waitFor({ timeout: 60_000 })
  const told = await page.locator('.compared td[data-name="With the change"] .sums li:last-child').allTextContents()
  return new Set(told)
}

e2eTest('who has no role at the provider is told so, and sees nothing', async () => {
  const { server } = await openPartyline(byProvider)
  const { page, problems } = await signIn(server.url, 'eve')
  await page.getByText('You are known there, but have no role here.').waitFor()
  expect(await page.getByRole('link', { name: 'Calls' }).count()).toBe(0)
  expect(problems).toEqual([])
})

e2eTest(
  'a listener hears a live call and its recording with numbers masked; a supervisor reads that they did',
  async () => {
    const { server } = await openPartyline(byProvider)
    const listener = await signIn(server.url, 'bert')
    const { page } = listener
    await page.getByText('bert@example.com').waitFor()
    await page.getByRole('link', { name: 'Live' }).click()
    await page.getByText('Nobody is on the line.').waitFor()

    const script = await loadNamedFixture('talks-over')
    const phone = new AbortController()
    onTestFinished(() => phone.abort(new Error('the test is over')))
    const ringing = ring({ ...server.rungBy(script), seed: 1, ticker: openTicker(clock) }, phone.signal)
    ringing.catch(() => undefined)
    await page.getByRole('link', { name: /Listen in/ }).click()
    await page.getByText('On the line', { exact: true }).waitFor()
    await page.getByRole('heading', { name: `••• ••• ${script.from.slice(-4)}` }).waitFor()
    await page.getByRole('button', { name: 'Sound off' }).waitFor()
    await page.getByText('Can you tell me about the restaurant?').first().waitFor()
    await page.getByText('A supervisor can whisper to the agent').waitFor()
    expect(await page.getByRole('button', { name: /Whisper|Transfer|End the call/ }).count()).toBe(0)
    await page.getByText('The call is over').waitFor({ timeout: 90_000 })
    await listener.looks('staff real live')
    const { callSid: callId } = await ringing

    await page.getByRole('link', { name: 'Calls', exact: true }).click()
    // It is sealed and in the index a moment after it is over.
    await expect
      .poll(async () => {
        await page.reload()
        await page.getByText(/recorded yet|on this page/).waitFor()
        return page.getByRole('rowheader').count()
      })
      .toBe(1)
    expect(await page.getByLabel('Caller', { exact: true }).count()).toBe(0)
    await page.getByRole('rowheader').getByRole('link').click()
    await page.getByRole('heading', { name: 'What was said' }).waitFor()
    await page.locator('.waveform').locator('div').first().waitFor({ state: 'attached' })
    await page.locator('body').press('Space')
    await page.getByRole('button', { name: 'Pause' }).waitFor()
    await page.keyboard.press('Space')
    await listener.looks('staff real listener')
    expect(await page.content()).not.toContain(script.from.slice(-7))
    expect(await page.getByRole('button', { name: /Delete all calls/ }).count()).toBe(0)
    expect(await page.getByLabel('Another model').count()).toBe(0)
    expect(await runWithPrompt(page)).toEqual(new Set(['the sandbox']))
    await page.goto(`${server.url}/staff/audit`)
    await page.getByRole('heading', { name: 'There is nothing here' }).waitFor()
    expect((await page.request.get(`${server.url}/staff/api/audit`)).status()).toBe(403)
    expect(listener.problems).toEqual([])

    const supervisor = await signIn(server.url, 'anna')
    const log = supervisor.page
    await log.getByText('anna@example.com').waitFor()
    await log.goto(`${server.url}/staff/calls/${callId}`)
    await log.getByRole('heading', { name: script.from }).waitFor()
    expect(await runWithPrompt(log)).toEqual(new Set(['a live provider']))
    await log.getByRole('link', { name: 'Audit log' }).click()
    await log
      .getByRole('rowheader')
      .getByRole('link', { name: /^bert@example.com/ })
      .first()
      .click()
    await log.getByRole('button', { name: 'Show all' }).waitFor()
    await expect.poll(() => log.getByRole('rowheader', { name: /^anna/ }).count()).toBe(0)
    const did = await log.locator('.audit tbody td:nth-child(3)').allTextContents()
    // What a page asks for at once comes in any order; a player that asks later is another row.
    expect([...new Set(did)].toSorted()).toEqual(
      [
        ...['signed in', 'listened in live', 'opened the call', 'read its journal', 'looked at its cost'],
        ...['saw its waveform', 'heard its recording', 'ran it again'],
      ].toSorted(),
    )
    expect(supervisor.problems).toEqual([])
  },
)
