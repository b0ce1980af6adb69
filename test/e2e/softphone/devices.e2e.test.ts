import { fileURLToPath } from 'node:url'
import type { BrowserContext, Page } from 'playwright-core'
import { expect } from 'vitest'
import { e2eTest, openBrowser } from '../rig.ts'
import { scriptMicrophone } from '../scripted-microphone.ts'
import { watchedPage } from '../staff-page.ts'
import { type SoftphoneServer, serveSoftphone } from './scripted-line.ts'

/** What can happen to microphone, loudspeaker and browser in a call: it is told, and the call goes on. */
const MICROPHONE = fileURLToPath(new URL('../../../fixtures/calls/plain/0.wav', import.meta.url))

type Prepare = (context: BrowserContext, sandbox: SoftphoneServer) => Promise<unknown>
async function openPage(prepare: Prepare) {
  const sandbox = await serveSoftphone()
  const context = await openBrowser({ microphone: MICROPHONE })
  await keepDevices(context)
  await prepare(context, sandbox)
  const { page, problems, looks } = await watchedPage(context)
  await page.goto(sandbox.url)
  await page.getByRole('button', { name: 'Call', exact: true }).click()
  return { sandbox, page, problems, looks }
}

async function openCall(prepare: Prepare = async () => undefined) {
  const { sandbox, page, problems } = await openPage(prepare)
  await sandbox.untilAsked('call')
  const callSid = 'CA00000000000000000000000000000001'
  sandbox.say({ kind: 'ringing', callSid }, { kind: 'answered', callSid })
  await page.getByRole('heading', { name: 'In a call' }).waitFor()
  /** Frames that come from now on; they come for as long as the call lasts, whatever happens. */
  const framesGoOn = async (): Promise<void> => {
    const { length } = sandbox.frames
    await expect.poll(() => sandbox.frames.length).toBeGreaterThan(length + 20)
  }
  const isLoudNow = () => sandbox.frames.slice(-50).some(frame => frame.some(byte => (byte & 0x7f) < 0x50))
  return { page, problems, framesGoOn, isLoudNow }
}

interface Kept {
  readonly contexts: AudioContext[]
  readonly tracks: MediaStreamTrack[]
}
/** `window.keptInTest` has the sound contexts that the page made, and the microphones that it opened. */
async function keepDevices(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    const kept: Kept = { contexts: [], tracks: [] }
    Reflect.set(window, 'keptInTest', kept)
    const Own = AudioContext
    window.AudioContext = class extends Own {
      constructor(options?: AudioContextOptions) {
        super(options)
        kept.contexts.push(this)
      }
    }
    const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices)
    navigator.mediaDevices.getUserMedia = async constraints => {
      const stream = await open(constraints)
      kept.tracks.push(...stream.getAudioTracks())
      return stream
    }
  })
}
const unplug = (page: Page) =>
  page.evaluate(() => {
    const kept: Kept = Reflect.get(window, 'keptInTest')
    const track = kept.tracks.at(-1)
    track?.stop()
    track?.dispatchEvent(new Event('ended'))
  })

e2eTest(
  'a microphone that goes away is replaced by another one; without another the call goes on in silence',
  async () => {
    const { page, problems, framesGoOn, isLoudNow } = await openCall()
    await expect.poll(isLoudNow).toBe(true)
    await unplug(page)
    await page.getByText('Another one is used.').waitFor()
    await framesGoOn()
    await expect.poll(isLoudNow).toBe(true)
    await page.evaluate(() => {
      navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotFoundError'))
    })
    await unplug(page)
    await page.getByText('no other was found').waitFor()
    await framesGoOn()
    await expect.poll(isLoudNow).toBe(false)
    expect(await page.getByRole('button', { name: 'Mute' }).count()).toBe(0)
    expect(problems).toEqual([])
  },
)

e2eTest('another microphone is chosen in the call, and one that cannot be opened leaves the first', async () => {
  const { page, problems, framesGoOn, isLoudNow } = await openCall()
  const choice = page.getByLabel('Microphone', { exact: true })
  await expect.poll(() => choice.locator('option').count()).toBeGreaterThan(2)
  await choice.selectOption({ index: 2 })
  await expect.poll(() => page.evaluate(() => (Reflect.get(window, 'keptInTest') as Kept).tracks.length)).toBe(2)
  await framesGoOn()
  await expect.poll(isLoudNow).toBe(true)
  await page.evaluate(() => {
    navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotReadableError'))
  })
  await choice.selectOption({ index: 1 })
  await page.getByRole('heading', { name: 'The microphone is busy' }).waitFor()
  await page.getByText('the microphone that was used before stays').waitFor()
  expect(await choice.evaluate(select => (select as HTMLSelectElement).selectedIndex)).toBe(2)
  await page.getByRole('button', { name: 'All right' }).click()
  await page.getByRole('heading', { name: 'The microphone is busy' }).waitFor({ state: 'detached' })
  await framesGoOn()
  await expect.poll(isLoudNow).toBe(true)
  expect(problems).toEqual([])
})

e2eTest('a browser that holds the sound is told of, and goes on at a press', async () => {
  const { page, framesGoOn } = await openCall()
  await page.evaluate(() => (Reflect.get(window, 'keptInTest') as Kept).contexts.at(-1)?.suspend())
  await page.getByRole('heading', { name: 'Your browser has paused the sound' }).waitFor()
  await page.getByRole('button', { name: 'Go on with the sound' }).click()
  await page.getByRole('heading', { name: 'Your browser has paused the sound' }).waitFor({ state: 'detached' })
  await framesGoOn()
})

e2eTest('a sound card that is lost is opened anew', async () => {
  const { page, problems, framesGoOn, isLoudNow } = await openCall()
  await page.evaluate(() => (Reflect.get(window, 'keptInTest') as Kept).contexts.at(-1)?.close())
  await framesGoOn()
  await expect.poll(isLoudNow).toBe(true)
  expect(await page.evaluate(() => (Reflect.get(window, 'keptInTest') as Kept).contexts.length)).toBe(2)
  expect(await page.getByRole('alert').count()).toBe(0)
  expect(problems).toEqual([])
})

e2eTest('a microphone that gives exact silence is asked about, until it gives something', async () => {
  const { page, problems } = await openCall(context => scriptMicrophone(context))
  await page.getByText('Your microphone gives no sound at all.').waitFor()
  await page.evaluate(() => {
    const microphone: MediaStreamAudioDestinationNode = Reflect.get(window, 'microphoneInTest')
    const tone = new OscillatorNode(microphone.context)
    tone.connect(microphone)
    tone.start()
  })
  await page.getByText('Your microphone gives no sound at all.').waitFor({ state: 'detached' })
  expect(problems).toEqual([])
})

e2eTest('a page that was busy for three seconds sends what was said meanwhile, and opens nothing anew', async () => {
  const { page, problems, framesGoOn } = await openCall()
  await page.evaluate(() => {
    const untilMs = performance.now() + 3_000
    while (performance.now() < untilMs);
  })
  await framesGoOn()
  expect(await page.evaluate(() => (Reflect.get(window, 'keptInTest') as Kept).contexts.length)).toBe(1)
  expect(await page.getByRole('alert').count()).toBe(0)
  expect(problems).toEqual([])
})

e2eTest('a file for the sound thread that does not come is told, and nobody is rung', async () => {
  const { sandbox, page, looks } = await openPage(async (_context, sandbox) => {
    sandbox.hasWorklet = false
  })
  await page.getByRole('heading', { name: 'A part of this page could not be loaded' }).waitFor()
  await looks('softphone without its worklet')
  expect(sandbox.asked).toEqual([])
  sandbox.hasWorklet = true
  await page.getByRole('button', { name: 'Load again' }).click()
  await page.getByRole('button', { name: 'Call', exact: true }).click()
  await sandbox.untilAsked('call')
})

e2eTest(
  'a browser that cannot join the rates of microphone and loudspeaker says so, after a try at the other rate',
  async () => {
    const { sandbox, page, looks } = await openPage(context =>
      context.addInitScript(() => {
        Reflect.set(window, 'MediaStreamAudioSourceNode', function refuse() {
          throw new DOMException('different sample-rate', 'NotSupportedError')
        })
      }),
    )
    await page.getByRole('heading', { name: 'This microphone does not go with the loudspeaker' }).waitFor()
    await looks('softphone with other rates')
    expect(await page.evaluate(() => (Reflect.get(window, 'keptInTest') as Kept).contexts.length)).toBe(2)
    expect(sandbox.asked).toEqual([])
    await page.getByRole('button', { name: 'Call without a microphone' }).click()
    await sandbox.untilAsked('call')
  },
)
