import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { expect, onTestFinished } from 'vitest'
import { systemClock as clock } from '../../src/clock.ts'
import { scriptOfTexts } from '../../src/sandbox/caller/spoken-script.ts'
import { openFlite } from '../../src/sandbox/cartesia/flite.ts'
import { seeded } from '../../src/sandbox/chance.ts'
import { ring } from '../../src/sandbox/ringing/ring.ts'
import { openTicker } from '../../src/sandbox/twilio/ticker.ts'
import { e2eTest, openBrowser, openPartyline, type Partyline } from './rig.ts'

/** A telephone call, and the caller's computer beside it: the real page, server and LiveKit; the sandbox's Twilio. */
const MICROPHONE = fileURLToPath(new URL('../../fixtures/calls/plain/0.wav', import.meta.url))
const SHOWS = 'I want to show you my screen.'
const MAIL = `<title>An e-mail</title>
<body style="font: 28px sans-serif; margin: 40px; background: white; color: black">
<h1 style="font-size: 40px">Subject: Quarterly figures</h1>
<p>From: Maria Lopez</p>
<p>Please send the quarterly figures by Friday.</p>
<progress></progress>`

/** A caller who says one sentence and then stays on the line. Resolves with what ends the call. */
async function onThePhone({ server }: Partyline): Promise<() => Promise<void>> {
  const flite = openFlite()
  const lifetime = new AbortController()
  const script = await scriptOfTexts([SHOWS], 'rms', flite, seeded(5), lifetime.signal)
  await flite.close()
  const stays = { ...script, hangUp: { after: 'own-utterance', ms: 240_000, withStop: true } } as const
  const options = { ...server.rungBy(stays), seed: 1, ticker: openTicker(clock), patienceMs: 240_000 }
  const over = ring(options, lifetime.signal).catch(() => undefined)
  const end = async (): Promise<void> => {
    lifetime.abort(new Error('the caller hangs up'))
    await over
  }
  onTestFinished(end)
  return end
}

/** The journal of the one call so far. */
async function journalOf({ dataDir }: Partyline): Promise<string> {
  const [call] = await readdir(join(dataDir, 'calls')).catch(() => [])
  return call === undefined ? '' : readFile(join(dataDir, 'calls', call, 'journal.jsonl'), 'utf8')
}

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })
const log = (page: Page) => page.getByRole('log').getByRole('paragraph').allTextContents()
const saidTo = (page: Page, words: RegExp) => expect.poll(() => log(page).then(all => all.join('\n'))).toMatch(words)

e2eTest('a caller is given a code, joins by it in the browser, and shows an e-mail that becomes a task', async () => {
  const partyline = await openPartyline({ AGENT: 'task-manager' })
  const context = await openBrowser({ microphone: MICROPHONE, sharedTitle: 'An e-mail' })
  const mail = await context.newPage()
  await mail.setContent(MAIL)
  const end = await onThePhone(partyline)
  const code = async () => /this code: ([\d ,]+)\./.exec(await journalOf(partyline))?.[1]?.replace(/\D/g, '')
  await expect.poll(code).toMatch(/^\d{6}$/)

  const page = await context.newPage()
  await page.goto(`${partyline.server.url}/screen`)
  await page.getByLabel('Code').fill('000000')
  await page.keyboard.press('Enter')
  await page.getByText(/code does not fit/i).waitFor()
  await page.getByLabel('Code').fill((await code()) ?? '')
  await page.keyboard.press('Enter')
  await page.locator('.state strong', { hasText: 'You are in the call' }).waitFor()
  await saidTo(page, /joined/)
  expect((await log(page)).join('\n')).not.toContain(SHOWS)

  await button(page, 'Share screen').click()
  await button(page, 'Choose what to share').click()
  await page.getByText('The agent can see it.').waitFor()
  await page.getByLabel('Type here').fill("Add what I'm looking at to my tasks.")
  await page.keyboard.press('Enter')
  await saidTo(page, /Added: .*quarterly figures/i)
  await end()
  await page.getByText('The call has ended').waitFor()
  expect(await journalOf(partyline)).toContain('"create_task"')
})
