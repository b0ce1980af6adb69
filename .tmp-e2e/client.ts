import { Room, AudioSource, LocalAudioTrack, TrackPublishOptions, TrackSource, AudioFrame, AudioStream, dispose } from '@livekit/rtc-node'
import { readFileSync } from 'node:fs'
import { decodeWav } from '../src/audio/wav.ts'
import { resample } from '../src/audio/resample.ts'
const base = process.argv[2] ?? 'http://127.0.0.1:8090'
const got = await (await fetch(base + '/api/room', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' })).json()
const t0 = performance.now()
const ms = () => (performance.now() - t0).toFixed(0).padStart(6)
const room = new Room()
room.registerTextStreamHandler('lk.transcription', async (r) => { const t = await r.readAll(); console.log(ms(), 'cap', JSON.stringify(r.info.attributes), t) })
for (const topic of ['partyline.changed', 'partyline.ended']) room.registerTextStreamHandler(topic, async r => console.log(ms(), topic, await r.readAll()))
room.on('participantAttributesChanged', (a, p) => console.log(ms(), p.identity, JSON.stringify(a)))
room.on('disconnected', r => console.log(ms(), 'disconnected', r))
room.on('participantDisconnected', p => console.log(ms(), 'left', p.identity))
let voiced = false
room.on('trackSubscribed', async (track, pub, p) => {
  console.log(ms(), 'subscribed', p.identity, pub.kind)
  for await (const f of new AudioStream(track, { sampleRate: 16000, numChannels: 1, frameSizeMs: 20 })) {
    const peak = Math.max(...f.data.map(Math.abs))
    const v = peak > 600
    if (v !== voiced) { voiced = v; console.log(ms(), v ? 'VOICE' : 'silence') }
  }
})
await room.connect(got.url, got.token, { autoSubscribe: true, dynacast: false })
console.log(ms(), 'connected')
const src = new AudioSource(16000, 1, 1000)
await room.localParticipant!.publishTrack(LocalAudioTrack.createAudioTrack('mic', src), new TrackPublishOptions({ source: TrackSource.SOURCE_MICROPHONE }))
const say = async (text: string) => { console.log(ms(), 'TYPE', text); await room.localParticipant!.sendText(text, { topic: 'lk.chat' }) }
const sleep = (n: number) => new Promise(r => setTimeout(r, n))
await sleep(8000)
await say('add buy milk to my tasks')
await sleep(6000)
await say('what are my tasks?')
await sleep(1500)
await say('stop')
await sleep(3000)
if (process.argv[3] === 'drop') { await room.disconnect(); console.log('dropped'); await sleep(1000); process.exit() }
await room.localParticipant!.performRpc({ destinationIdentity: 'agent', method: 'partyline.leave', payload: '' })
await sleep(1500)
await room.disconnect(); await dispose(); process.exit()
