import { expect, test } from 'vitest'
import type { ReadAlong } from '../../src/channels/browser/captions.ts'
import { tellPages } from '../../src/channels/browser/read-along.ts'

function told(news: ReadAlong, callerTrack?: string) {
  const done: unknown[] = []
  const room = { tell: (...given: unknown[]) => void done.push(given), show: (given: object) => void done.push(given) }
  tellPages(room, news, callerTrack)
  return done
}
const caption = { segment: 's1', text: 'Hello', isFinal: true, isInterrupted: false }

test('captions have their segment, and the caller’s the microphone, if there is one', () => {
  const captions = [
    { ...caption, speaker: 'caller' as const },
    { ...caption, segment: 's2', speaker: 'agent' as const, isFinal: false, isInterrupted: true },
  ]
  const own = { 'lk.segment_id': 's1', 'lk.transcription_final': 'true', 'partyline.speaker': 'caller' }
  const agents = {
    ...{ 'lk.segment_id': 's2', 'lk.transcription_final': 'false', 'partyline.speaker': 'agent' },
    'partyline.interrupted': 'true',
  }
  const news = { captions, state: undefined, hasToolRun: false }
  expect(told(news, 'TR_1')).toEqual([
    ['lk.transcription', 'Hello', { ...own, 'lk.transcribed_track_id': 'TR_1' }],
    ['lk.transcription', 'Hello', agents],
  ])
  expect(told(news)[0]).toEqual(['lk.transcription', 'Hello', own])
})

test('the agent’s state and that a tool has run are told where they are new', () => {
  expect(told({ captions: [], state: 'thinking', hasToolRun: true })).toEqual([
    { 'lk.agent.state': 'thinking' },
    ['partyline.changed', 'a tool has run'],
  ])
  expect(told({ captions: [], state: undefined, hasToolRun: false })).toEqual([])
})
