import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished } from 'vitest'
import { systemClock as clock } from '../../src/clock.ts'
import type { JournalLine } from '../../src/conversation/lines.ts'
import { openFlite } from '../../src/flite/flite.ts'
import { readJournal } from '../../src/journal/outcome.ts'
import { scriptOfTexts } from '../../src/sandbox/caller/spoken-script.ts'
import { seeded } from '../../src/sandbox/chance.ts'
import { startRinging } from '../../src/sandbox/ringing/ring.ts'
import { openTicker } from '../../src/sandbox/twilio/ticker.ts'
import { e2eTest, openBrowser, openPartyline } from './rig.ts'
import { servePages } from './static-pages.ts'

const MICROPHONE = fileURLToPath(new URL('../../fixtures/calls/plain/0.wav', import.meta.url))
const MAIL = `<!doctype html><title>An e-mail</title><body style="font: 28px sans-serif; margin: 60px">
<h1 style="font-size: 48px">Quarterly report for the board</h1><p>From: Dana Miller</p>
<p>The deadline is Friday, 12 June at 5 pm.</p>`

async function linesOf(dataDir: string): Promise<readonly JournalLine[]> {
  const [callId] = await readdir(join(dataDir, 'calls')).catch((): string[] => [])
  return callId === undefined ? [] : readJournal(join(dataDir, 'calls', callId, 'journal.jsonl')).catch(() => [])
}
const results = (lines: readonly JournalLine[]): readonly string[] =>
  lines.flatMap(line => ('input' in line && line.input.kind === 'tool-result' ? [line.input.result] : []))
const companionStates = (lines: readonly JournalLine[]) =>
  lines.flatMap(line => ('noted' in line && line.noted.kind === 'companion' ? [line.noted.state] : []))

e2eTest('a caller on the telephone shows a screen beside the call, and a task is made of it', async () => {
  const { server, dataDir } = await openPartyline({ AGENT: 'task-manager' })
  const flite = openFlite()
  const script = await scriptOfTexts(
    ['I want to show you my screen.'],
    'rms',
    flite,
    seeded(5),
    new AbortController().signal,
  )
  await flite.close()
  const hangUp = { after: 'own-utterance', ms: 120_000, withStop: true } as const
  const phone = new AbortController()
  onTestFinished(() => phone.abort(new Error('the test is over')))
  const ringing = startRinging(
    { ...server.rungBy({ ...script, hangUp }), publicUrl: server.url, seed: 1, ticker: openTicker(clock) },
    phone.signal,
  )
  ringing.record.catch(() => undefined)

  let code: string | undefined
  await expect
    .poll(async () => {
      code = results(await linesOf(dataDir))
        .map(result => result.match(/this code: ([\d ,]+)\./)?.[1]?.replace(/\D/g, ''))
        .find(digits => digits !== undefined)
      return code
    })
    .toMatch(/^\d{6}$/)

  const context = await openBrowser({ microphone: MICROPHONE, sharedTitle: 'An e-mail' })
  const mail = await context.newPage()
  await mail.goto(`${await servePages({ '/mail': MAIL })}/mail`)
  const page = await context.newPage()
  await page.goto(`${server.url}/screen`)
  await page.getByLabel('Code').fill(code ?? '')
  await page.keyboard.press('Enter')
  // What the caller hears first is what is read first.
  await page.getByText('Somebody has joined to show a screen.').waitFor()
  expect(await page.getByText('this code').count()).toBe(0)
  await page.getByRole('button', { name: 'Share screen', exact: true }).click()
  await page.getByRole('button', { name: 'Choose what to share', exact: true }).click()
  await page.locator('.shared').waitFor()
  await page.getByLabel('Type here').fill("Add what I'm looking at to my tasks.")
  await page.keyboard.press('Enter')
  await expect
    .poll(async () => results(await linesOf(dataDir)).at(-1))
    .toMatch(/^Result of create_task: Added: Quarterly report for the board/)

  phone.abort(new Error('hung up'))
  await page.getByText('The call has ended').waitFor()
  await expect.poll(async () => companionStates(await linesOf(dataDir))).toEqual(['awaited', 'here', 'gone'])
})
