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
  expect(await voicedMs(await trackOf(participant, TrackSource.SOURCE_MICROPHONE), 1_000)).toBe(1_000)

  const silence = await heardHz(page)
  expect(silence).toBe(0)
  const tone = await publishTone(participant)
  await page.waitForFunction(hz => Math.abs(Reflect.get(window, 'hz')() - hz) < 50, TONE_HZ)
  await tone.end()

  await inPage.evaluate(room => room.localParticipant.setScreenShareEnabled(true))
  const colour = await colourOfFrame(await trackOf(participant, TrackSource.SOURCE_SCREENSHARE))
  for (const [at, part] of SCREEN_COLOUR.entries()) expect(Math.abs((colour[at] ?? 0) - part)).toBeLessThan(40)
})

e2eTest('a page reaches the real server beside a real LiveKit server', async () => {
  const { server } = await openPartyline({ livekit: await openLivekit() })
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

/** Listens until there was this much voiced sound. */
async function voicedMs(track: RemoteTrack, wantedMs: number): Promise<number> {
  expect(track.kind).toBe(TrackKind.KIND_AUDIO)
  let voiced = 0
  for await (const { data, samplesPerChannel, sampleRate } of new AudioStream(track, 16_000, 1)) {
    if (isVoiced(data)) voiced += (samplesPerChannel / sampleRate) * 1_000
    if (voiced >= wantedMs) break
  }
  return Math.round(voiced)
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
