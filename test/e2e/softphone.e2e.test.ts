import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { expect, onTestFinished } from 'vitest'
import { isVoiced } from '../../src/audio/loudness.ts'
import { decodeWav, encodeWav } from '../../src/audio/wav.ts'
import { openFlite } from '../../src/flite/flite.ts'
import { outcomeOf, readJournal } from '../../src/journal/outcome.ts'
import { english } from '../../src/languages/english.ts'
import { openKeylessServer } from './keyless-server.ts'
import { e2eTest, openBrowser, testFolder } from './rig.ts'
import { scriptMicrophone } from './scripted-microphone.ts'
import { watchedPage } from './staff-page.ts'

/** As a newcomer has it: no key, no network; a browser, its microphone, the local ears, the scripted Task Manager. */
const MICROPHONE = fileURLToPath(new URL('../../fixtures/calls/plain/0.wav', import.meta.url))
/** A voice of flite's that the ears understand through a phone. */
const VOICE = 'rms'

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })
const log = (page: Page): Promise<string> => page.getByRole('log').innerText()
const saidTo = (page: Page, words: RegExp) => expect.poll(() => log(page)).toMatch(words)
const said = async (page: Page, side: 'caller' | 'agent'): Promise<readonly string[]> => {
  const all = await page.getByRole('log').locator(`.caption.${side} .words`).allTextContents()
  return all.map(text => text.replace(/ — cut off$/, ''))
}

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
  'with no key and no phone: a call by a browser that is greeted, understood, interrupts, presses keys, hangs up',
  async () => {
    const [question, adds, help, interrupts] = [
      'What do I have due today?',
      'Please add review the report by Friday.',
      'What can you do?',
      'Wait, what is due on Friday?',
    ]
    const [server, fileOf] = await Promise.all([openKeylessServer(), personWho([question, adds, help, interrupts])])
    const context = await openBrowser({ microphone: MICROPHONE })
    const microphone = await scriptMicrophone(context, { roomLevel: 0.000_1 })
    const { page, problems, looks } = await watchedPage(context)
    const says = (words: string) => microphone.say(page, fileOf(words))
    const answered = () => page.locator('.now', { hasText: 'It waits for you' }).waitFor()
    await page.goto(server.softphoneUrl)
    await page.getByText(`rings ${new URL(server.url).host}`).waitFor()

    await button(page, 'Call').click()
    await page.getByRole('heading', { name: 'In a call' }).waitFor()
    await saidTo(page, /how can I help you today/)
    await answered()
    await says(question)
    await saidTo(page, /due to-? ?day[\s\S]*nothing is due today/i)
    await answered()
    await says(adds)
    await page.locator('.task', { hasText: /review the report/i }).waitFor()
    await answered()
    await says(help)
    await page.locator('.caption.agent[data-growing]').waitFor()
    await says(interrupts)
    await page.getByText(/It was judged an interruption/).waitFor()
    await page.getByText('— cut off').waitFor()
    await saidTo(page, /due on Friday[\s\S]*review the report/i)
    await answered()
    const before = await said(page, 'caller')
    await page.keyboard.press('4')
    await page.keyboard.press('2')
    await page.getByText('You pressed 42').waitFor()
    await expect.poll(async () => (await said(page, 'caller')).length).toBeGreaterThan(before.length)
    await answered()
    await looks('softphone real call')
    await button(page, 'Hang up').click()
    await page.getByText('You hung up.').waitFor()
    await looks('softphone real over')

    const [callId = '', ...others] = await readdir(join(server.dataDir, 'calls'))
    expect(others).toEqual([])
    const folder = join(server.dataDir, 'calls', callId)
    const lines = await readJournal(join(folder, 'journal.jsonl'))
    const outcome = outcomeOf(lines, english)
    console.log(outcome, await said(page, 'caller'), await said(page, 'agent'))
    expect(await said(page, 'caller')).toEqual(outcome.callerTurns)
    expect(outcome).toMatchObject({ bargeIns: 1 })
    const keys = lines.flatMap(line => ('input' in line && line.input.kind === 'digit' ? [line.input.digit] : []))
    expect(keys).toEqual(['4', '2'])

    // What the form shows of the caller's voice, is where it is on the recording's left side.
    const { pcm, rateHz, channels } = decodeWav(await readFile(join(folder, 'call-1.wav')))
    expect([rateHz, channels]).toEqual([8_000, 2])
    const [caller, agent] = [0, 1].map(side => pcm.filter((_, at) => at % 2 === side))
    const spans = await page.getByRole('group', { name: 'What you said' }).locator('label').allTextContents()
    console.log(spans)
    expect(spans.length).toBe(4)
    expect(isVoiced(agent ?? pcm), 'the agent').toBe(true)
    expect(isVoiced(caller ?? pcm)).toBe(true)
    expect(problems).toEqual([])
  },
)
