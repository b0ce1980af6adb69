import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { expect, onTestFinished } from 'vitest'
import type { Told, ToPage } from '../../../src/sandbox/softphone/messages.ts'
import { toMulaw } from '../../../src/web/softphone/sound/mulaw.ts'
import { e2eTest, openBrowser } from '../rig.ts'
import { watchedPage } from '../staff-page.ts'
import { type SoftphoneServer, serveSoftphone } from './scripted-line.ts'

/** The softphone's page in a real browser, against a line on which the test speaks for the sandbox. */
const MICROPHONE = fileURLToPath(new URL('../../../fixtures/calls/plain/0.wav', import.meta.url))
const SID = 'CA00000000000000000000000000000001'
const FIGURES = {
  ...{ lengthMs: 31_000, greetingAfterMs: 310, answersMs: [690, 820, 1_310], unanswered: 0, underruns: 0 },
  ...{ underrunMs: 0, clears: 1, microphone: { missing: 0, leftOut: 1, putIn: 2 }, warnings: [] },
}
const ENDED: ToPage = {
  ...{ kind: 'ended', why: 'hung up', by: 'caller', savable: true, figures: FIGURES },
  utterances: [
    { index: 0, say: 'What do I have due today?', startMs: 4_200, endMs: 5_900 },
    { index: 1, say: 'And review the report by Friday', startMs: 12_000, endMs: 14_100 },
  ],
}

interface PageOptions {
  readonly allowsMicrophone?: boolean
  readonly server?: Partial<SoftphoneServer['server']>
  readonly onPage?: (page: Page) => Promise<void>
}
async function openPage({ allowsMicrophone = true, server = {}, onPage }: PageOptions = {}) {
  const sandbox = await serveSoftphone()
  sandbox.server = { ...sandbox.server, ...server }
  const context = await openBrowser({ microphone: MICROPHONE, allowsMicrophone })
  const watched = await watchedPage(context)
  await onPage?.(watched.page)
  await watched.page.goto(sandbox.url)
  return { sandbox, context, ...watched }
}
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })
const focused = (page: Page): Promise<string> => page.evaluate(() => document.activeElement?.textContent ?? '')

async function openCall(options?: PageOptions) {
  const opened = await openPage(options)
  const { sandbox, page } = opened
  await button(page, 'Call').click()
  const call = await sandbox.untilAsked('call')
  sandbox.say({ kind: 'ringing', callSid: SID })
  await page.getByRole('heading', { name: 'Ringing' }).waitFor()
  sandbox.say({ kind: 'answered', callSid: SID })
  await page.getByRole('heading', { name: 'In a call' }).waitFor()
  const tell = (atMs: number, told: Told): void => sandbox.say({ kind: 'told', atMs, told })
  return { ...opened, call, tell }
}

function tellConversation(tell: (atMs: number, told: Told) => void): void {
  const latency = (turnEndMs: number, firstTokenMs: number, firstAudioMs: number, savedMs = 0) => ({
    ...{ turnEndMs, firstTokenMs, firstAudioMs, savedMs, ownMs: 9 },
    totalMs: turnEndMs + firstTokenMs + firstAudioMs + 21,
  })
  tell(300, { kind: 'turn', state: 'replying', why: 'The agent greets the caller.' })
  tell(4_100, { kind: 'agent', text: 'Hello, this is the task manager. How can I help?', interrupted: false })
  tell(4_200, { kind: 'turn', state: 'hearing', why: 'The caller began to speak.' })
  tell(5_900, { kind: 'turn', state: 'settling', why: 'The words sound complete: 500 ms of patience.' })
  tell(6_400, { kind: 'caller', text: 'What do I have due today?' })
  tell(6_410, {
    ...{ kind: 'tool', name: 'list_tasks', arguments: '{"due":"today"}', tookMs: 12 },
    result: 'Result of list_tasks: two tasks are due today.',
  })
  tell(9_800, {
    ...{ kind: 'agent', text: 'Two tasks are due today: call the vendor at', interrupted: true },
    latency: latency(501, 120, 180, 210),
  })
  tell(9_900, { kind: 'overlap', judged: 'interruption', words: 'Actually' })
  tell(9_950, { kind: 'turn', state: 'yielding', why: 'A sound over the agent’s voice.' })
  tell(14_600, { kind: 'caller', text: 'Actually, add review the report by Friday' })
  tell(19_000, {
    kind: 'agent',
    text: 'Added: review the report, due Friday.',
    interrupted: false,
    latency: latency(1_003, 240, 160),
  })
  tell(19_050, { kind: 'trouble', what: 'The speech recognition was slow for a moment.' })
  tell(19_100, { kind: 'turn', state: 'hearing', why: 'The caller began to speak.' })
  tell(19_200, { kind: 'interim', text: 'And what about' })
}

e2eTest('a call by keyboard: it rings, both are heard and seen, keys, mute, hold, and the end', async () => {
  const { sandbox, page, problems, looks } = await openPage()
  await page.getByText('rings 127.0.0.1:8080').waitFor()
  await looks('softphone idle')
  await button(page, 'Call').focus()
  await page.keyboard.press('Enter')
  expect(await sandbox.untilAsked('call')).toEqual({ kind: 'call', from: '+15550100042' })
  sandbox.say({ kind: 'ringing', callSid: SID })
  await page.getByRole('heading', { name: 'Ringing' }).waitFor()
  expect(await focused(page)).toBe('Hang up')
  await looks('softphone ringing')
  expect(sandbox.frames).toHaveLength(0)
  sandbox.say({ kind: 'answered', callSid: SID })
  await page.getByRole('heading', { name: 'In a call' }).waitFor()
  const tell = (atMs: number, told: Told): void => sandbox.say({ kind: 'told', atMs, told })
  tellConversation(tell)
  sandbox.say({
    kind: 'tasks',
    tasks: [
      { title: 'Call the vendor', due: 'today at nine', status: 'pending' },
      { title: 'Review the report', due: 'on Friday', status: 'pending' },
      { title: 'Water the plants', due: null, status: 'completed' },
    ],
  })
  await page.getByText('And what about').waitFor()
  await page.getByText('Review the report', { exact: true }).waitFor()
  await page.keyboard.press('4')
  await page.keyboard.press('#')
  await button(page, '0').click()
  await page.getByText('4#0').waitFor()
  expect(sandbox.asked.flatMap(message => (message.kind === 'key' ? [message.key] : []))).toEqual(['4', '#', '0'])
  await looks('softphone in a call')

  // The microphone is heard, as frames of a phone; muted and on hold it is silent, and the frames go on.
  const isLoud = (frame: Uint8Array): boolean => frame.some(byte => (byte & 0x7f) < 0x50)
  await expect.poll(() => sandbox.frames.some(isLoud)).toBe(true)
  expect(sandbox.frames.every(({ length }) => length === 160)).toBe(true)
  for (const name of ['Mute', 'Hold']) {
    await button(page, name).click()
    await expect.poll(() => sandbox.frames.slice(-25).some(isLoud)).toBe(false)
    if (name === 'Hold') await page.getByRole('heading', { name: 'On hold' }).waitFor()
    await button(page, name).click()
    await expect.poll(() => sandbox.frames.slice(-100).some(isLoud)).toBe(true)
  }
  await button(page, 'Hang up').click()
  await sandbox.untilAsked('hang-up')
  sandbox.say(ENDED)
  await page.getByText('You hung up.').waitFor()
  expect(await focused(page)).toBe('The call is over')
  await looks('softphone over')
  expect(problems).toEqual([])
})

e2eTest('what the line sends is played, as loud as was chosen, and not on hold', async () => {
  const { sandbox, page } = await openCall({ onPage: tapLoudspeaker })
  const tone = (frame: number) =>
    Uint8Array.from({ length: 160 }, (_, at) =>
      toMulaw(0.5 * Math.sin((2 * Math.PI * 400 * (frame * 160 + at)) / 8_000)),
    )
  let frame = 0
  const timer = setInterval(() => sandbox.play(tone(frame++)), 20)
  onTestFinished(() => clearInterval(timer))
  const heard = () => page.evaluate((): { hz: number; level: number } => Reflect.get(window, 'heardInTest')())
  await expect.poll(async () => Math.abs((await heard()).hz - 400)).toBeLessThan(30)
  await page.getByLabel('Volume').fill('100')
  await expect.poll(async () => (await heard()).level).toBeGreaterThan(0.3)
  await page.getByLabel('Volume').fill('10')
  const isSoft = ({ level }: { level: number }): boolean => level > 0.02 && level < 0.06
  await expect.poll(async () => isSoft(await heard())).toBe(true)
  await button(page, 'Hold').click()
  await expect.poll(async () => (await heard()).level).toBeLessThan(0.001)
})

/** `window.heardInTest()` is what goes to the page's loudspeaker now: its strongest frequency and its loudness. */
async function tapLoudspeaker(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const { connect } = AudioNode.prototype
    const taps: AnalyserNode[] = []
    Reflect.set(AudioNode.prototype, 'connect', function (this: AudioNode, ...args: unknown[]) {
      if (args[0] === this.context.destination) {
        const tap = new AnalyserNode(this.context, { fftSize: 4_096, smoothingTimeConstant: 0 })
        taps.push(tap)
        Reflect.apply(connect, this, [tap])
      }
      return Reflect.apply(connect, this, args)
    })
    Reflect.set(window, 'heardInTest', () => {
      const all = taps.map(tap => {
        const [levelsDb, sound] = [new Float32Array(tap.frequencyBinCount), new Float32Array(tap.fftSize)]
        tap.getFloatFrequencyData(levelsDb)
        tap.getFloatTimeDomainData(sound)
        const loudest = levelsDb.reduce((best, db, bin) => (db > (levelsDb[best] ?? 0) ? bin : best), 0)
        const level = Math.sqrt(sound.reduce((sum, sample) => sum + sample ** 2, 0) / sound.length)
        return { hz: (loudest * tap.context.sampleRate) / tap.fftSize, level }
      })
      return all.reduce((most, one) => (one.level > most.level ? one : most), { hz: 0, level: 0 })
    })
  })
}

e2eTest('a call is kept as a fixture, with words put right; a name that exists is refused in words', async () => {
  const { sandbox, page, problems, looks } = await openCall()
  sandbox.say(ENDED)
  await page.getByRole('heading', { name: 'Save as fixture' }).waitFor()
  await page.getByLabel('Name').fill('My Call')
  await button(page, 'Save').click()
  await page.getByText('A name has small letters').waitFor()
  await page.getByLabel('Name').fill('my-call')
  await page.getByLabel('0:12.0 to 0:14.1').fill('Add review the report by Friday')
  await page.keyboard.press('Enter')
  expect(await sandbox.untilAsked('save')).toEqual({
    ...{ kind: 'save', name: 'my-call' },
    utterances: [
      { index: 0, say: 'What do I have due today?' },
      { index: 1, say: 'Add review the report by Friday' },
    ],
  })
  sandbox.say({ kind: 'refused', what: 'save', why: 'There is a fixture of that name already: my-call.' })
  await page.getByText('There is a fixture of that name already').waitFor()
  await looks('softphone refused to save')
  await page.getByLabel('Name').fill('my-other-call')
  await page.keyboard.press('Enter')
  await expect.poll(() => sandbox.asked.filter(({ kind }) => kind === 'save').length).toBe(2)
  sandbox.say({ kind: 'saved', path: '/home/somebody/projects/partyline/fixtures/calls/my-other-call.json' })
  await page.getByText('npm run call -- my-other-call').waitFor()
  expect(await focused(page)).toBe('The call is kept')
  await looks('softphone saved')
  expect(problems).toEqual([])
})

e2eTest('a denied microphone is told, and one can call without it', async () => {
  const { sandbox, page, looks } = await openPage({ allowsMicrophone: false })
  await button(page, 'Call').click()
  await page.getByRole('heading', { name: 'The microphone is blocked' }).waitFor()
  expect(await focused(page)).toBe('The microphone is blocked')
  await looks('softphone denied')
  expect(sandbox.asked).toEqual([])
  await button(page, 'Call without a microphone').click()
  await sandbox.untilAsked('call')
  sandbox.say({ kind: 'ringing', callSid: SID }, { kind: 'answered', callSid: SID })
  await page.getByRole('heading', { name: 'In a call' }).waitFor()
  await expect.poll(() => sandbox.frames.length).toBeGreaterThan(10)
  expect(await button(page, 'Mute').count()).toBe(0)
})

e2eTest('a machine without a microphone, and one that another program holds, are told apart', async () => {
  const { page } = await openPage()
  for (const [name, title] of [
    ['NotFoundError', 'No microphone was found'],
    ['NotReadableError', 'The microphone is busy'],
    ['TypeError', 'The microphone does not work'],
  ] as const) {
    await page.evaluate(name => {
      navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', name))
    }, name)
    await page
      .getByRole('button', { name: /^Call$|^Try again$/ })
      .first()
      .click()
    await page.getByRole('heading', { name: title }).waitFor()
  }
})

e2eTest('a sandbox that is away, and a line that is lost in a call, are told; the page finds it again', async () => {
  const { sandbox, page, looks } = await openCall()
  sandbox.hangUp(false)
  await page.getByRole('heading', { name: 'The line was lost' }).waitFor()
  await page.getByRole('heading', { name: 'The sandbox cannot be reached' }).waitFor()
  await looks('softphone lost')
  expect(await button(page, 'Call again').getAttribute('aria-disabled')).toBe('true')
  sandbox.hangUp(true)
  await button(page, 'Try again now').click()
  await page.getByText('rings 127.0.0.1:8080').waitFor()
  await button(page, 'Call again').click()
  await expect.poll(() => sandbox.asked.filter(({ kind }) => kind === 'call').length).toBe(2)
})

e2eTest('a server that is not ready, none at all, and a refused call are told in words', async () => {
  const { sandbox, page, looks } = await openPage({
    server: { ready: false, notReady: ['OpenAI does not answer', 'the database is away'] },
  })
  await page.getByText('OpenAI does not answer').waitFor()
  await looks('softphone not ready')
  await button(page, 'Call').click()
  await sandbox.untilAsked('call')
  sandbox.say({ kind: 'refused', what: 'call', why: 'All twenty lines are busy.' })
  await page.getByText('All twenty lines are busy.').waitFor()
  sandbox.say({ ...sandbox.server, url: '', notReady: ['No server is known yet. Start one with npm start.'] })
  await page.getByRole('heading', { name: 'There is no server to ring yet' }).waitFor()
  expect(await button(page, 'Call').getAttribute('aria-disabled')).toBe('true')
  await looks('softphone without a server')
})

e2eTest('the number that calls is checked, can be withheld, and is remembered with the volume', async () => {
  const { sandbox, page, problems } = await openPage()
  await page.getByLabel('Your number').fill('555 0123')
  await page.getByText('A number begins with +').waitFor()
  expect(await button(page, 'Call').getAttribute('aria-disabled')).toBe('true')
  await page.getByLabel('Your number').fill('+49 (30) 1234 5678')
  await page.getByLabel('Volume').fill('35')
  await page.reload()
  await button(page, 'Call').click()
  expect((await sandbox.untilAsked('call')).from).toBe('+493012345678')
  expect(await page.getByLabel('Volume').inputValue()).toBe('35')
  await button(page, 'Cancel').or(button(page, 'Hang up')).click()
  await sandbox.untilAsked('hang-up')
  sandbox.say({ ...ENDED, savable: false })
  await page.getByText('Number, microphone and volume').click()
  await page.getByLabel('Withhold it').check()
  await button(page, 'Call again').click()
  await expect.poll(() => sandbox.asked.at(-1)).toEqual({ kind: 'call', from: 'anonymous' })
  expect(problems).toEqual([])
})

e2eTest('an address that is not secure says where the page works', async () => {
  const { page } = await openPage()
  await page.addInitScript(() => Object.defineProperty(window, 'isSecureContext', { value: false }))
  await page.reload()
  await page.getByRole('heading', { name: 'Open this page at another address' }).waitFor()
  await page.getByText(/^http:\/\/127\.0\.0\.1:\d+\/$/).waitFor()
})
