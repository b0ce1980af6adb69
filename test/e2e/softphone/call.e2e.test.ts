import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { expect, onTestFinished } from 'vitest'
import { isVoiced } from '../../../src/audio/loudness.ts'
import { decodeWav, encodeWav } from '../../../src/audio/wav.ts'
import { openFlite } from '../../../src/flite/flite.ts'
import { outcomeOf, readJournal } from '../../../src/journal/outcome.ts'
import { english } from '../../../src/languages/english.ts'
import { e2eTest, openBrowser, testFolder } from '../rig.ts'
import { scriptMicrophone } from '../scripted-microphone.ts'
import { watchedPage } from '../staff-page.ts'
import { openKeylessServer } from './keyless-server.ts'

/** As a newcomer has it: no key, no network; a browser, its microphone, the local ears, the scripted Task Manager. */
const MICROPHONE = fileURLToPath(new URL('../../../fixtures/calls/plain/0.wav', import.meta.url))
/** A voice of flite's that the ears understand through a phone. */
const VOICE = 'rms'
const MOST_TRIES = 3

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })
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
    const answered = () => page.locator('.now', { hasText: 'It waits for you' }).waitFor()
    const hears = (words: RegExp) => expect.poll(async () => (await said(page, 'agent')).join(' ')).toMatch(words)
    /** As people do with ears that mishear a robot now and then: what was not understood is said again. */
    async function asks(words: string, wanted: RegExp): Promise<void> {
      for (let tries = 0; tries < MOST_TRIES; tries++) {
        const before = (await said(page, 'agent')).length
        await microphone.say(page, fileOf(words))
        await expect.poll(async () => (await said(page, 'agent')).length).toBeGreaterThan(before)
        await answered()
        if (wanted.test((await said(page, 'agent')).slice(before).join(' '))) return
      }
      throw new Error(`${words} was not understood: ${(await said(page, 'caller')).join(' / ')}`)
    }
    await page.goto(server.softphoneUrl)
    await page.getByText(`rings ${new URL(server.url).host}`).waitFor()

    await button(page, 'Call').click()
    await page.getByRole('heading', { name: 'In a call' }).waitFor()
    await hears(/how can I help you today/)
    await answered()
    await asks(question, /nothing is due today/i)
    await asks(adds, /review the report/i)
    await page.locator('.task', { hasText: /review the report/i }).waitFor()
    await microphone.say(page, fileOf(help))
    await page.locator('.caption.agent[data-growing]').waitFor()
    await asks(interrupts, /review the report, due Friday/i)
    await page.getByText(/It was judged an interruption/).waitFor()
    expect(await page.getByText('— cut off').count()).toBe(1)
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
    expect(await said(page, 'caller')).toEqual(outcome.callerTurns)
    expect(await said(page, 'agent')).toEqual(outcome.agentReplies)
    expect(outcome.bargeIns).toBe(1)
    expect(outcome.tools).toContain('list_tasks')
    const keys = lines.flatMap(line => ('input' in line && line.input.kind === 'digit' ? [line.input.digit] : []))
    expect(keys).toEqual(['4', '2'])

    // The caller's voice is on the recording's left side where the form says, and nowhere else.
    const spans = await spansShown(page)
    expect(spans.length).toBeGreaterThanOrEqual(4)
    const { pcm, rateHz, channels } = decodeWav(await readFile(join(folder, 'call-1.wav')))
    expect([rateHz, channels]).toEqual([8_000, 2])
    const voicedMs = voicedIn(pcm.filter((_, at) => at % 2 === 0))
    const isIn = (ms: number) => spans.some(({ fromMs, toMs }) => ms > fromMs - SLACK_MS && ms < toMs + SLACK_MS)
    expect(voicedMs.filter(ms => !isIn(ms))).toEqual([])
    const isVoicedSpan = ({ fromMs, toMs }: Span) => voicedMs.some(ms => ms > fromMs - SLACK_MS && ms < toMs + SLACK_MS)
    expect(spans.filter(span => !isVoicedSpan(span))).toEqual([])
    expect(voicedIn(pcm.filter((_, at) => at % 2 === 1)).length).toBeGreaterThan(voicedMs.length)
    expect(problems).toEqual([])
  },
)

interface Span {
  readonly fromMs: number
  readonly toMs: number
}
/** Carrier and server date the same sound each by its own clock. */
const SLACK_MS = 500
const FRAME_MS = 20

/** When the form for a fixture says that the caller spoke. */
async function spansShown(page: Page): Promise<readonly Span[]> {
  const shown = await page.getByRole('group', { name: 'What you said' }).locator('label').allTextContents()
  return shown.map(text => {
    const [fromMs = Number.NaN, toMs = Number.NaN] = [...text.matchAll(/(\d+):(\d+\.\d)/g)].map(
      ([, minutes, seconds]) => Number(minutes) * 60_000 + Number(seconds) * 1_000,
    )
    return { fromMs, toMs }
  })
}

/** The moments of the frames in which somebody is heard, in ms. */
function voicedIn(pcm: Int16Array): readonly number[] {
  const samples = (8_000 * FRAME_MS) / 1_000
  return Array.from({ length: Math.floor(pcm.length / samples) }, (_, frame) => frame * FRAME_MS).filter(ms =>
    isVoiced(pcm.subarray((ms / FRAME_MS) * samples, (ms / FRAME_MS + 1) * samples)),
  )
}
