import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import type { JournalLine } from '../../src/conversation/lines.ts'
import { readJournal } from '../../src/journal/outcome.ts'
import { e2eTest, openBrowser, openPartyline } from './rig.ts'
import { personOf } from './spoken.ts'

/** The real page, in a real browser, with the real server and a real LiveKit server; the vendors are the sandbox's. */
const MICROPHONE = fileURLToPath(new URL('../../fixtures/calls/plain/0.wav', import.meta.url))
const MAIL = `<title>An e-mail</title>
<body style="font: 28px sans-serif; margin: 40px; background: white; color: black">
<h1 style="font-size: 40px">Subject: Quarterly figures</h1>
<p>From: Maria Lopez</p>
<p>Please send the quarterly figures by Friday.</p>
<progress></progress>`

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })
const state = (page: Page, words: string) => page.locator('.state strong', { hasText: words }).waitFor()
const log = (page: Page) => page.getByRole('log').getByRole('paragraph').allTextContents()
const saidTo = (page: Page, words: string | RegExp) =>
  expect.poll(() => log(page).then(all => all.join('\n'))).toMatch(words)

async function talking(fixture: string, env: Readonly<Record<string, string>> = {}) {
  const partyline = await openPartyline({ AGENT: 'task-manager', ...env })
  const context = await openBrowser({ microphone: MICROPHONE, sharedTitle: 'An e-mail' })
  const person = await personOf(context, fixture, partyline)
  const mail = await context.newPage()
  await mail.setContent(MAIL)
  const page = await context.newPage()
  await page.goto(partyline.server.url)
  await button(page, 'Talk').click()
  await saidTo(page, /How can I help/)
  await state(page, 'Listening')
  const lines = async () => readJournal(join(partyline.dataDir, 'calls', await person.callId(), 'journal.jsonl'))
  return { partyline, page, person, lines }
}

e2eTest('a person greets, is answered, talks over the agent, mutes, shows an e-mail and has the task', async () => {
  const { page, person, lines } = await talking('tasks')
  await person.says(page, 1)
  await saidTo(page, /You Add review/)
  await expect.poll(() => page.getByRole('list').getByRole('listitem').count()).toBeGreaterThan(0)
  await state(page, 'Listening')

  await page.getByLabel('Type instead').fill('What are my tasks?')
  await page.keyboard.press('Enter')
  await state(page, 'Speaking')
  await page.getByLabel('Type instead').fill('Wait.')
  await page.keyboard.press('Enter')
  await saidTo(page, /cut off/)
  await state(page, 'Listening')

  await button(page, 'Mute').click()
  await state(page, 'You are muted')
  await button(page, 'Unmute').click()
  await state(page, 'Listening')

  await page.getByLabel('Type instead').fill("What's on my screen?")
  await page.keyboard.press('Enter')
  await saidTo(page, /I don't see your screen. Would you like to share it\?/)
  await state(page, 'Listening')
  await button(page, 'Share screen').click()
  expect(await page.getByRole('dialog').textContent()).toContain('Nothing.')
  await button(page, 'Choose what to share').click()
  await page.getByText('The agent can see it.').waitFor()
  await page.getByLabel('Type instead').fill("Add what I'm looking at to my tasks.")
  await page.keyboard.press('Enter')
  await page
    .getByRole('list')
    .getByText(/quarterly figures/i)
    .waitFor()
  await saidTo(page, /Friday/)
  await button(page, 'Stop sharing').click()
  await button(page, 'Leave').click()
  await button(page, 'Talk').waitFor()

  const all = await lines()
  const notes = all.flatMap(line => ('noted' in line ? [line.noted] : []))
  expect(notes).toContainEqual(expect.objectContaining({ kind: 'screen', state: 'watching' }))
  expect(notes).toContainEqual(expect.objectContaining({ kind: 'screen-look' }))
  expect(notes).toContainEqual(expect.objectContaining({ kind: 'network', lossPercent: 0 }))
  expect(notes.filter(({ kind }) => kind === 'caller-audio-dropped')).toEqual([])
})

e2eTest('a voice over the agent stops it, and a page that is loaded anew goes on', async () => {
  const { page, person, lines } = await talking('talks-over', { AGENT: 'receptionist', BARGE_IN: 'snappy' })
  await person.says(page, 0)
  // Some of its long answer must have been heard, of which the rest is cut off. It may speak its greeting before.
  const isHeard = (line: JournalLine) =>
    'input' in line && line.input.kind === 'heard' && line.input.text.startsWith('Gladly')
  await expect.poll(async () => (await lines()).some(isHeard)).toBe(true)
  await person.says(page, 1)
  await saidTo(page, /cut off/)
  await saidTo(page, /That is booked/)
  await state(page, 'Listening')
  await page.reload()
  await saidTo(page, /Welcome back/)
  await state(page, 'Listening')
  await person.says(page, 2)
  await saidTo(page, /risotto/)
  await person.says(page, 4)
  await page.getByRole('heading', { name: 'The conversation has ended' }).waitFor()

  const all = await lines()
  const attempts = all.flatMap(line => ('started' in line ? [line.started.channel] : []))
  expect(attempts).toEqual(['browser', 'browser'])
  const cut = all.flatMap(line =>
    'input' in line && line.input.kind === 'heard' && line.input.cut ? [line.input] : [],
  )
  expect(cut.length).toBeGreaterThan(0)
  expect(cut.every(({ text }) => !text.includes('anything else'))).toBe(true)
})
