import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { expect, onTestFinished } from 'vitest'
import { encodeWav } from '../../src/audio/wav.ts'
import { openFlite } from '../../src/flite/flite.ts'
import { readJournal } from '../../src/journal/outcome.ts'
import { openKeylessServer } from './keyless-server.ts'
import { e2eTest, openBrowser, testFolder } from './rig.ts'
import { scriptMicrophone } from './scripted-microphone.ts'
import { watchedPage } from './staff-page.ts'

/** As a newcomer has it: no key, no network; a browser, its microphone, the local ears, the scripted Task Manager. */
const MICROPHONE = fileURLToPath(new URL('../../fixtures/calls/plain/0.wav', import.meta.url))
/** A voice of flite's that the ears understand through a phone. */
const VOICE = 'rms'

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })
const captions = (page: Page) => page.getByRole('log').locator('.caption')
const log = (page: Page): Promise<string> => page.getByRole('log').innerText()
const saidTo = (page: Page, words: RegExp) => expect.poll(() => log(page)).toMatch(words)

async function personWho(says: readonly string[]) {
  const [folder, flite] = [await testFolder(), openFlite()]
  onTestFinished(() => flite.close())
  const files = new Map<string, string>()
  for (const [index, words] of says.entries()) {
    const { pcm, rateHz } = await flite.synthesize(words, VOICE, new AbortController().signal)
    const file = join(folder, `${index}.wav`)
    await writeFile(file, encodeWav({ pcm, rateHz, channels: 1 }))
    files.set(words, file)
  }
  return (words: string): string => files.get(words) ?? ''
}

e2eTest(
  'with no key and no phone, somebody calls by a browser, is understood, interrupts, presses keys and hangs up',
  async () => {
    const QUESTION = 'What do I have due today?'
    const ADDS = 'Add call the dentist tomorrow.'
    const HELP = 'What can you do?'
    const INTERRUPTS = 'Stop. What do I have due tomorrow?'
    const [server, fileOf] = await Promise.all([openKeylessServer(), personWho([QUESTION, ADDS, HELP, INTERRUPTS])])
    const context = await openBrowser({ microphone: MICROPHONE })
    const microphone = await scriptMicrophone(context, { roomLevel: 0.000_1 })
    const { page, problems, looks } = await watchedPage(context)
    const says = (words: string) => microphone.say(page, fileOf(words))
    const waits = () => page.locator('.now', { hasText: 'It waits for you' }).waitFor()
    await page.goto(server.softphoneUrl)
    await button(page, 'Call').click()
    await page.getByRole('heading', { name: 'In a call' }).waitFor()
    await saidTo(page, /How can I help/)
    await waits()
    await says(QUESTION)
    await saidTo(page, /due today\??\n[\s\S]*nothing/i)
    await waits()
    await says(ADDS)
    await page
      .getByRole('listitem')
      .getByText(/dentist/i)
      .waitFor()
    await waits()
    await says(HELP)
    await page.locator('.caption.agent[data-growing]').waitFor()
    await says(INTERRUPTS)
    console.log(await log(page))
    await waits()
    await page.keyboard.press('4')
    await page.keyboard.press('2')
    await waits()
    await looks('softphone real call')
    await button(page, 'Hang up').click()
    await page.getByText('You hung up.').waitFor()
    console.log(await log(page))
    await looks('softphone real over')
    const [call] = await readdir(join(server.dataDir, 'calls'))
    console.log(await readdir(join(server.dataDir, 'calls', call ?? '')))
    const lines = await readJournal(join(server.dataDir, 'calls', call ?? '', 'journal.jsonl'))
    console.log(lines.length, problems)
    await readFile(MICROPHONE)
    expect(await captions(page).count()).toBe(1)
  },
)
