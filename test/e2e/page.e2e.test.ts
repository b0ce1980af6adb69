import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { expectGoodLooks } from './looks.ts'
import { READY, refusal, servePage } from './page-server.ts'
import { e2eTest, openBrowser } from './rig.ts'

/** The page against a server of scripted answers, without LiveKit. */
const MICROPHONE = fileURLToPath(new URL('../../fixtures/calls/plain/0.wav', import.meta.url))

async function openPage(url: string, allowsMicrophone = true): Promise<Page> {
  const context = await openBrowser({ microphone: MICROPHONE, allowsMicrophone })
  const page = await context.newPage()
  await page.goto(url)
  return page
}
const talk = (page: Page) => page.getByRole('button', { name: 'Talk', exact: true })
const notice = (page: Page) => page.getByRole('alert')
const focused = (page: Page): Promise<string | undefined> =>
  page.evaluate(() => {
    const { activeElement: at } = document
    return (
      at?.textContent?.trim() || at?.getAttribute('placeholder') || at?.closest('label')?.textContent || at?.tagName
    )
  })

e2eTest('the page says what it is, whether it records, and which number to ring instead', async () => {
  const { url } = await servePage()
  const page = await openPage(url)
  await talk(page).waitFor()
  for (const words of ['Talk to the task manager', 'will be recorded', '+1 555 123 4567', 'Call the vendor'])
    await page.getByText(words).waitFor()
  await expectGoodLooks(page, 'idle')
})

e2eTest('each reason for silence is told in words', async () => {
  const { url, answers } = await servePage()
  const page = await openPage(url)
  const told = [
    ['busy', 503, 'All lines are busy'],
    ['stopping', 503, 'The server is restarting'],
    ['unavailable', 503, 'Something is not working'],
    ['limited', 429, 'Too many tries'],
    ['forbidden', 403, 'This address is not allowed'],
    ['no-livekit', 503, 'Talking is not set up here yet'],
  ] as const
  for (const [kind, status, title] of told) {
    answers.room = async () => refusal(status, kind)
    await page.reload()
    await talk(page).click()
    await page.getByRole('heading', { name: title }).waitFor()
    expect(await focused(page)).toBe(title)
    expect(await notice(page).textContent()).toContain('Ring +1 555 123 4567')
  }
  answers.room = async () => refusal(503, 'busy')
  await page.getByRole('button', { name: 'Check again' }).click()
  await page.getByRole('heading', { name: 'All lines are busy' }).waitFor()
  await expectGoodLooks(page, 'busy')
})

e2eTest('without a LiveKit server it says how to start one, and looks again when it is asked to', async () => {
  const { url, answers } = await servePage()
  answers.line = { ...READY, livekit: 'none', help: 'Start one with: npm run livekit' }
  const page = await openPage(url)
  await page.getByText('Start one with: npm run livekit').waitFor()
  expect(await talk(page).count()).toBe(0)
  await expectGoodLooks(page, 'no LiveKit')
  answers.line = READY
  await page.getByRole('button', { name: 'Check again' }).click()
  await talk(page).waitFor()
})

e2eTest('a LiveKit server that cannot be reached, and a network that is gone, are told apart', async () => {
  const { url, answers } = await servePage('ws://127.0.0.1:9')
  answers.room = async () => [200, { url: 'ws://127.0.0.1:9', token: 'x', back: 'b' }]
  const page = await openPage(url)
  await talk(page).click()
  await page.getByRole('heading', { name: 'The sound cannot get through' }).waitFor()
  await page.context().setOffline(true)
  await page.getByRole('button', { name: 'Try again' }).click()
  await page.getByRole('heading', { name: 'The server cannot be reached' }).waitFor()
  await expectGoodLooks(page, 'offline')
})

e2eTest('a denied microphone is told, and the conversation begins all the same', async () => {
  const { url, answers } = await servePage()
  const asked = Promise.withResolvers<void>()
  const late = Promise.withResolvers<readonly [number, object]>()
  answers.room = () => {
    asked.resolve()
    return late.promise
  }
  const page = await openPage(url, false)
  await talk(page).click()
  await page.getByRole('heading', { name: 'The microphone is blocked' }).waitFor()
  expect(await notice(page).textContent()).toContain('you can type')
  await asked.promise
  await expectGoodLooks(page, 'denied')
  await page.getByRole('button', { name: 'Cancel' }).click()
  await talk(page).waitFor()
  late.resolve(refusal(503, 'busy'))
})

e2eTest('everything can be reached by keyboard, in the order of the page', async () => {
  const { url, answers } = await servePage()
  const page = await openPage(url)
  await talk(page).waitFor()
  await page.getByText('Water the plants').waitFor()
  const walked: (string | undefined)[] = []
  for (let step = 0; step < 9; step++) {
    await page.keyboard.press('Tab')
    walked.push(await focused(page))
  }
  expect(walked).toEqual([
    'Partyline',
    'or ring +1 555 123 4567',
    'Talk',
    'Or type to begin',
    'Send',
    'Push to talk',
    'Screen readers read captions',
    'Call the vendortomorrow at nine',
    'Water the plants',
  ])
  await page.keyboard.press('Space')
  await expect.poll(() => answers.tasks[1]?.status).toBe('pending')
  await talk(page).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'All lines are busy' }).waitFor()
  await page.keyboard.press('Tab')
  expect(await focused(page)).toBe('Try again')
})

e2eTest('a code that does not fit is told beside its box', async () => {
  const { url } = await servePage()
  const page = await openPage(`${url}/screen`)
  const code = page.getByLabel('Code')
  await code.fill('12 34')
  await page.keyboard.press('Enter')
  await page.getByText('The code has six digits.').waitFor()
  await code.fill('123 456')
  await page.keyboard.press('Enter')
  await page.getByText('That code does not fit').waitFor()
  expect(await code.evaluate(box => document.activeElement === box)).toBe(true)
  await expectGoodLooks(page, 'code')
})
