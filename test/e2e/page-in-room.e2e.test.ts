import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { BrowserContext, Page } from 'playwright-core'
import { expect, onTestFinished } from 'vitest'
import { decodeWav, encodeWav } from '../../src/audio/wav.ts'
import { expectGoodLooks } from './looks.ts'
import { servePage } from './page-server.ts'
import { e2eTest, openBrowser, openLivekit, tokenFor } from './rig.ts'
import { joinAsAgent } from './scripted-agent.ts'
import { scriptMicrophone } from './scripted-microphone.ts'

/** The page in a real room, with an agent that follows a script. */
const MICROPHONE = fileURLToPath(new URL('../../fixtures/calls/plain/0.wav', import.meta.url))
const ROOM = 'talk'
const SHARED_TITLE = 'An e-mail'

async function open(options: { allowsMicrophone?: boolean } = {}) {
  const livekit = await openLivekit()
  const { url, answers } = await servePage(livekit.url)
  const backs: (string | undefined)[] = []
  answers.room = async ({ back }) => {
    backs.push(back)
    return [200, { url: livekit.url, token: await tokenFor(livekit, ROOM, 'person'), back: `back ${backs.length}` }]
  }
  answers.companion = async () => [200, { url: livekit.url, token: await tokenFor(livekit, ROOM, 'companion') }]
  const agent = await joinAsAgent(livekit, ROOM)
  const context = await openBrowser({ microphone: MICROPHONE, sharedTitle: SHARED_TITLE, ...options })
  return { livekit, url, answers, backs, agent, context }
}

async function openPage(context: BrowserContext, url: string): Promise<Page> {
  const page = await context.newPage()
  await page.goto(url)
  return page
}
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })
const state = (page: Page, words: string) => page.locator('.state strong', { hasText: words }).waitFor()
/** Runs in the page: keeps its connections, so that a test can look at what they send. */
function keepConnections(): void {
  const all: RTCPeerConnection[] = []
  Reflect.set(window, 'connections', all)
  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(options?: RTCConfiguration) {
      super(options)
      all.push(this)
    }
  }
}
/** How many pictures' tracks the page is sending. A sender without a track sends nothing at all. */
const sentPictures = (page: Page): Promise<number> =>
  page.evaluate(() => {
    const all: readonly RTCPeerConnection[] = Reflect.get(window, 'connections')
    return all.flatMap(each => each.getSenders()).filter(({ track }) => track?.kind === 'video').length
  })
/** Runs in the page: a person who thinks better of it before the browser has told that the dialog is closed. */
async function againAtOnce(): Promise<void> {
  const named = (text: string) => [...document.querySelectorAll('button')].find(each => each.textContent === text)
  named('Not now')?.click()
  await Promise.resolve()
  named('Share screen')?.click()
}
const focused = (page: Page): Promise<string | null | undefined> =>
  page.evaluate(() => document.activeElement?.textContent)

e2eTest('a conversation shows who speaks and what was said, is muted, typed to, and left', async () => {
  const { url, agent, context, answers } = await open()
  const page = await openPage(context, url)
  await button(page, 'Talk').click()
  await state(page, 'Listening')
  expect(await focused(page)).toBe('Mute')

  await agent.is('speaking')
  await state(page, 'Speaking')
  await agent.caption('1', 'agent', 'Good morning. What', { isFinal: false })
  await agent.caption('1', 'agent', 'Good morning. What can I', { isInterrupted: true })
  await agent.caption('2', 'caller', 'Remind me to call Ann')
  await agent.caption('3', 'caller', 'and then', { isFinal: false })
  await page.getByText('and then').waitFor()
  const log = await page.getByRole('log').getByRole('paragraph').allTextContents()
  expect(log).toEqual(['Task manager Good morning. What can I — cut off', 'You Remind me to call Ann'])

  await agent.is('thinking')
  await state(page, 'Thinking')
  answers.tasks = [{ id: '0000000000000003', title: 'Call Ann', status: 'pending', dueSaid: null }]
  await agent.changed()
  await page.getByText('Call Ann', { exact: true }).waitFor()
  await agent.is('listening')

  await button(page, 'Mute').click()
  await state(page, 'You are muted')
  await expect.poll(() => agent.came).toContain('muted microphone')
  await expectGoodLooks(page, 'muted')
  await button(page, 'Unmute').click()
  await expect.poll(() => agent.came).toContain('unmuted microphone')

  await page.getByLabel('Type instead').fill('by hand')
  await page.keyboard.press('Enter')
  await expect.poll(() => agent.came).toContain('chat by hand')
  await button(page, 'Leave').click()
  await button(page, 'Talk').waitFor()
  await expect.poll(() => agent.came.at(-1)).toBe('leave')
  expect(await focused(page)).toBe('Talk')
})

e2eTest('a page hears at once that the agent is spoken over, until it was wrong three times in a row', async () => {
  const { url, agent, context } = await open()
  const microphone = await scriptMicrophone(context, { roomLevel: 0.000_1 })
  const page = await openPage(context, url)
  await button(page, 'Talk').click()
  await state(page, 'Listening')
  // A pause first: who goes on has not begun to speak.
  const { pcm, rateHz } = decodeWav(await readFile(MICROPHONE))
  const folder = await mkdtemp(join(tmpdir(), 'partyline-e2e-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const wav = join(folder, 'said.wav')
  await writeFile(
    wav,
    encodeWav({ pcm: Int16Array.from([...new Int16Array(rateHz / 2), ...pcm]), rateHz, channels: 1 }),
  )
  const times = (): number => agent.came.filter(what => what === 'spoken-over').length
  const speakOver = async (wanted: number): Promise<void> => {
    await microphone.say(page, wav)
    await expect.poll(times).toBe(wanted)
  }

  await agent.is('speaking', 'ducked')
  await state(page, 'Speaking')
  await speakOver(0)
  await agent.is('listening', 'held')
  await state(page, 'Listening')
  await speakOver(0)
  await agent.is('speaking')
  await state(page, 'Speaking')
  for (const wanted of [1, 2, 3, 3]) await speakOver(wanted)
})

e2eTest('the microphone is open only while the button or the space bar is held', async () => {
  const { url, agent, context } = await open()
  const page = await openPage(context, url)
  await page.getByLabel('Push to talk').check()
  await button(page, 'Talk').click()
  await state(page, 'Ready')
  const hold = button(page, 'Hold to talk')
  await hold.hover()
  await page.mouse.down()
  await state(page, 'Listening')
  await page.mouse.up()
  await state(page, 'Ready')
  await page.getByRole('heading', { name: 'Your tasks' }).click()
  await page.keyboard.down('Space')
  await state(page, 'Listening')
  await page.keyboard.up('Space')
  await state(page, 'Ready')
  await expectGoodLooks(page, 'push to talk')
  expect(agent.came).toEqual(['unmuted microphone', 'muted microphone', 'unmuted microphone', 'muted microphone'])
})

e2eTest('a screen is shown after consent alone, and not while it is paused', async () => {
  const { url, agent, context } = await open()
  const mail = await openPage(context, 'about:blank')
  // It moves, so that frames come as long as it is watched.
  await mail.setContent(`<title>${SHARED_TITLE}</title><p>Please send the figures by Friday</p><progress></progress>`)
  await context.addInitScript(keepConnections)
  const page = await openPage(context, url)
  await button(page, 'Talk').click()
  await button(page, 'Share screen').click()
  const dialog = page.getByRole('dialog', { name: 'Share your screen?' })
  const words = await dialog.textContent()
  for (const part of ['Google (Gemini)', 'gemini-2.5-flash', 'What is kept', 'Nothing.']) expect(words).toContain(part)
  await expectGoodLooks(page, 'consent')
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })
  expect(await focused(page)).toBe('Share screen')
  expect(agent.came).toEqual([])

  await button(page, 'Share screen').click()
  await dialog.waitFor()
  await page.evaluate(againAtOnce)
  await dialog.waitFor()
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })

  await button(page, 'Share screen').press('Enter')
  await button(page, 'Choose what to share').click()
  await page.getByText('The agent can see it.').waitFor()
  expect(await focused(page)).toBe('Pause')
  expect(agent.came).toEqual(['screen {"consent":true}'])
  expect(await sentPictures(page)).toBe(1)
  await expect.poll(agent.frames).toBeGreaterThan(0)
  await expectGoodLooks(page, 'shared')

  await button(page, 'Pause').click()
  await page.locator('.shared', { hasText: 'Sharing is paused' }).waitFor()
  await expect.poll(() => agent.came).toContain('muted screen')
  await expect.poll(() => sentPictures(page)).toBe(0)
  const before = agent.frames()
  await button(page, 'Resume').click()
  await expect.poll(() => agent.came).toContain('unmuted screen')
  await expect.poll(agent.frames).toBeGreaterThan(before)
  await button(page, 'Stop sharing').click()
  await expect.poll(() => agent.came.at(-1)).toBe('screen {"consent":false}')
  expect(await focused(page)).toBe('Share screen')
})

e2eTest('without a microphone one can type, and a reload goes on with the same conversation', async () => {
  const { url, agent, context, backs } = await open({ allowsMicrophone: false })
  const page = await openPage(context, url)
  await page.getByLabel('Or type to begin').fill('hello')
  await page.keyboard.press('Enter')
  await expect.poll(() => agent.came).toEqual(['chat hello'])
  await button(page, 'Use the microphone').click()
  await page.getByRole('heading', { name: 'The microphone is blocked' }).waitFor()
  await page.reload()
  await state(page, 'Ready')
  expect(backs).toEqual([undefined, 'back 1'])
  expect(agent.came).toEqual(['chat hello'])
})

e2eTest('an agent that goes away is waited for, and another tab takes over', async () => {
  const { livekit, url, agent, context, backs } = await open()
  const page = await openPage(context, url)
  await button(page, 'Talk').click()
  await state(page, 'Listening')
  await agent.leave()
  await expect.poll(() => backs).toEqual([undefined, 'back 1'])
  await joinAsAgent(livekit, ROOM)
  await state(page, 'Listening')
  const other = await openPage(context, url)
  await button(other, 'Talk').click()
  await page.getByRole('heading', { name: 'The conversation moved to another tab' }).waitFor()
  await expectGoodLooks(page, 'taken over')
})

e2eTest('a page beside a phone call has captions, typing and the screen, and no microphone', async () => {
  const { url, agent, context } = await open()
  const page = await openPage(context, `${url}/screen`)
  await page.getByLabel('Code').fill('123456')
  await page.keyboard.press('Enter')
  await state(page, 'You are in the call')
  await agent.caption('1', 'agent', 'I can see that somebody joined.')
  await page.getByText('I can see that somebody joined.').waitFor()
  await page.getByLabel('Type here').fill('ann@example.org')
  await page.keyboard.press('Enter')
  await expect.poll(() => agent.came).toEqual(['chat ann@example.org'])
  expect(await page.getByRole('button').allTextContents()).toEqual(['Share screen', 'Leave', 'Send'])
  await expectGoodLooks(page, 'beside')
  await agent.leave()
  await page.getByText('The call has ended').waitFor()
})
