import { fileURLToPath } from 'node:url'
import {
  AudioFrame,
  AudioSource,
  AudioStream,
  LocalAudioTrack,
  type RemoteTrack,
  Room,
  RoomEvent,
  TrackKind,
  TrackPublishOptions,
  TrackSource,
  VideoBufferType,
  VideoStream,
} from '@livekit/rtc-node'
import type * as LivekitClient from 'livekit-client'
import type { Page } from 'playwright-core'
import { expect, onTestFinished } from 'vitest'
import { isVoiced } from '../../src/audio/loudness.ts'
import type { LivekitServer } from '../../src/livekit/server.ts'
import { e2eTest, openBrowser, openLivekit, openPartyline, tokenFor } from './rig.ts'
import { scriptMicrophone } from './scripted-microphone.ts'
import { servePages } from './static-pages.ts'

const MICROPHONE = fileURLToPath(new URL('../../fixtures/calls/plain/0.wav', import.meta.url))
const SCREEN_COLOUR = [200, 30, 90] as const
const PAGES = {
  '/talk': '<!doctype html><title>Talk</title><script src="/livekit-client.js"></script>',
  '/mail': `<!doctype html><title>An e-mail</title><body style="background:rgb(${SCREEN_COLOUR})">`,
}
const TONE_HZ = 1_000
const ROOM = 'rig'

e2eTest('a page and a participant hear each other through LiveKit, and a shared tab arrives as frames', async () => {
  const livekit = await openLivekit()
  const pages = await servePages(PAGES)
  const context = await openBrowser({ microphone: MICROPHONE, sharedTitle: 'An e-mail' })
  const mail = await context.newPage()
  await mail.goto(`${pages}/mail`)
  const page = await context.newPage()
  await page.goto(`${pages}/talk`)
  const participant = await join(livekit, 'agent')

  const inPage = await connect(page, livekit)
  await inPage.evaluate(room => room.localParticipant.setMicrophoneEnabled(true))
  await listen(await trackOf(participant, TrackSource.SOURCE_MICROPHONE)).untilVoicedMs(1_000)

  const silence = await heardHz(page)
  expect(silence).toBe(0)
  const tone = await publishTone(participant)
  await page.waitForFunction(hz => Math.abs(Reflect.get(window, 'hz')() - hz) < 50, TONE_HZ)
  await tone.end()

  await inPage.evaluate(room => room.localParticipant.setScreenShareEnabled(true))
  const colour = await colourOfFrame(await trackOf(participant, TrackSource.SOURCE_SCREENSHARE))
  for (const [at, part] of SCREEN_COLOUR.entries()) expect(Math.abs((colour[at] ?? 0) - part)).toBeLessThan(40)
})

e2eTest('a person says something when the test says so, and not before', async () => {
  const livekit = await openLivekit()
  const context = await openBrowser({ microphone: MICROPHONE })
  const microphone = await scriptMicrophone(context)
  const page = await context.newPage()
  await page.goto(`${await servePages(PAGES)}/talk`)
  await expect(microphone.say(page, MICROPHONE)).rejects.toThrow('the page has no open microphone')
  const participant = await join(livekit, 'agent')
  const inPage = await connect(page, livekit)
  await inPage.evaluate(room => room.localParticipant.setMicrophoneEnabled(true))
  const heard = listen(await trackOf(participant, TrackSource.SOURCE_MICROPHONE))
  await heard.untilMs(1_000)
  expect(heard.voicedMs()).toBe(0)
  await microphone.say(page, MICROPHONE)
  await heard.untilVoicedMs(1_000)
})

e2eTest('a microphone that the person does not allow is refused to the page', async () => {
  const context = await openBrowser({ microphone: MICROPHONE, allowsMicrophone: false })
  const page = await context.newPage()
  await page.goto(`${await servePages(PAGES)}/talk`)
  const opening = page.evaluate(() =>
    navigator.mediaDevices.getUserMedia({ audio: true }).then(
      () => 'allowed',
      (error: Error) => error.name,
    ),
  )
  expect(await opening).toBe('NotAllowedError')
})

e2eTest('a page reaches the real server beside a real LiveKit server', async () => {
  const { server } = await openPartyline()
  const context = await openBrowser({ microphone: MICROPHONE })
  const page = await context.newPage()
  const answer = await page.goto(`${server.url}/readyz`)
  expect(answer?.status()).toBe(200)
})

async function join(livekit: LivekitServer, identity: string): Promise<Room> {
  const room = new Room()
  await room.connect(livekit.url, await tokenFor(livekit, ROOM, identity), { autoSubscribe: true, dynacast: false })
  onTestFinished(() => room.disconnect())
  return room
}

/** Joins the room in the page. `window.hz()` is the strongest frequency of what the page hears there, 0 for silence. */
async function connect(page: Page, livekit: LivekitServer) {
  const token = await tokenFor(livekit, ROOM, 'person')
  return page.evaluateHandle(
    async ({ url, token }) => {
      const { Room, RoomEvent }: typeof LivekitClient = Reflect.get(window, 'LivekitClient')
      const room = new Room()
      const audio = new AudioContext()
      const analyser = audio.createAnalyser()
      const levelsDb = new Float32Array(analyser.frequencyBinCount)
      room.on(RoomEvent.TrackSubscribed, track => {
        // A track that no element plays gives Web Audio nothing.
        track.attach()
        audio.createMediaStreamSource(new MediaStream([track.mediaStreamTrack])).connect(analyser)
      })
      Reflect.set(window, 'hz', () => {
        analyser.getFloatFrequencyData(levelsDb)
        const loudestDb = Math.max(...levelsDb)
        return loudestDb < -60 ? 0 : (levelsDb.indexOf(loudestDb) * audio.sampleRate) / analyser.fftSize
      })
      await room.connect(url, token)
      return room
    },
    { url: livekit.url, token },
  )
}

const heardHz = (page: Page): Promise<number> => page.evaluate(() => Reflect.get(window, 'hz')())

/** The track of this source that somebody else publishes, once it is subscribed. */
function trackOf(room: Room, source: TrackSource): Promise<RemoteTrack> {
  return new Promise(resolve => {
    const look = (): void => {
      for (const { trackPublications } of room.remoteParticipants.values())
        for (const { source: of, track } of trackPublications.values()) if (of === source && track) resolve(track)
    }
    room.on(RoomEvent.TrackSubscribed, look)
    look()
  })
}

interface Listener {
  /** How much voiced sound came so far. */
  voicedMs(): number
  /** Resolves when this much sound came, voiced or not. */
  untilMs(ms: number): Promise<void>
  untilVoicedMs(ms: number): Promise<void>
}

function listen(track: RemoteTrack): Listener {
  expect(track.kind).toBe(TrackKind.KIND_AUDIO)
  const frames = new AudioStream(track, 16_000, 1)[Symbol.asyncIterator]()
  let [voicedMs, allMs] = [0, 0]
  async function listenWhile(isWanted: () => boolean): Promise<void> {
    while (isWanted()) {
      const { value, done } = await frames.next()
      if (done) throw new Error('the track ended')
      const frameMs = (value.samplesPerChannel / value.sampleRate) * 1_000
      allMs += frameMs
      if (isVoiced(value.data)) voicedMs += frameMs
    }
  }
  return {
    voicedMs: () => voicedMs,
    untilMs: ms => listenWhile(() => allMs < ms),
    untilVoicedMs: ms => listenWhile(() => voicedMs < ms),
  }
}

async function publishTone(room: Room): Promise<{ end(): Promise<void> }> {
  const rateHz = 24_000
  const source = new AudioSource(rateHz, 1, 200)
  const track = LocalAudioTrack.createAudioTrack('agent', source)
  await room.localParticipant?.publishTrack(track, new TrackPublishOptions({ source: TrackSource.SOURCE_MICROPHONE }))
  let isOver = false
  const sent = (async () => {
    for (let at = 0; !isOver; at += 480) {
      const wave = (_: unknown, i: number): number => 10_000 * Math.sin((2 * Math.PI * TONE_HZ * (at + i)) / rateHz)
      await source.captureFrame(new AudioFrame(Int16Array.from({ length: 480 }, wave), rateHz, 1, 480))
    }
  })()
  const end = async (): Promise<void> => {
    isOver = true
    await sent
  }
  onTestFinished(end)
  return { end }
}

/** Red, green and blue in the middle of a frame that is not black: the first ones may be. */
async function colourOfFrame(track: RemoteTrack): Promise<readonly number[]> {
  for await (const { frame } of new VideoStream(track)) {
    const { data, width, height } = frame.convert(VideoBufferType.RGB24)
    const middle = (Math.floor(height / 2) * width + Math.floor(width / 2)) * 3
    const colour = [...data.subarray(middle, middle + 3)]
    if (colour.some(part => part > 16)) return colour
  }
  throw new Error('the screen ended without a frame')
}
