import { expect, test } from 'vitest'
import { refusalIn } from '../../src/web/server/ask.ts'
import { agentNamed, spacedNumber } from '../../src/web/state/names.ts'
import { besideCall, microphoneProblem, problemOf, tell, tellMicrophone } from '../../src/web/state/problems.ts'
import { optionsFrom } from '../../src/web/state/stored.ts'
import { isFresh, keptFrom } from '../../src/web/state/way-back.ts'
import { sayVoiceState, voiceState } from '../../src/web/talk/voice-state.ts'

test('each refusal of the server is told in words of its own', () => {
  const kinds = ['no-livekit', 'busy', 'stopping', 'unavailable', 'limited', 'forbidden', 'wrong']
  const titles = kinds.map(kind => tell(problemOf(kind, 'x'), undefined).title)
  expect(new Set(titles).size).toBe(kinds.length)
  expect(tell(problemOf('toString', 'No such thing.'), undefined).text).toBe('No such thing.')
  expect(problemOf('whatever')).toEqual({ kind: 'unavailable' })
})

test('beside a phone call the same problems have other words, and nothing of them invites to talk', () => {
  const kinds = ['over', 'gone', 'limited', 'wrong'] as const
  const told = kinds.map(kind => tell(besideCall({ kind }), undefined))
  expect(new Set(told.map(({ title }) => title)).size).toBe(kinds.length)
  expect(told.filter(({ again, ring }) => again !== undefined || ring)).toEqual([])
  expect(besideCall({ kind: 'offline' })).toEqual({ kind: 'offline' })
})

test('how to start a LiveKit server is told where it is known', () => {
  expect(tell({ kind: 'no-livekit' }, { help: 'npm run livekit' }).help).toBe('npm run livekit')
  expect(tell({ kind: 'no-livekit' }, { help: null }).help).toBeUndefined()
  expect(tell({ kind: 'busy' }, { help: 'npm run livekit' }).help).toBeUndefined()
})

test('what a proxy or another part of the server answers is no riddle', () => {
  expect(refusalIn({ error: { kind: 'busy', message: 'Full.' } }, 503)).toEqual({ why: 'busy', message: 'Full.' })
  expect(refusalIn({ error: 'not found' }, 404)).toEqual({ why: 'unavailable', message: undefined })
  expect(refusalIn(undefined, 429).why).toBe('limited')
  expect(refusalIn(null, 502).why).toBe('unavailable')
})

test('what browsers throw is told apart', () => {
  expect(microphoneProblem('NotAllowedError')).toBe('denied')
  expect(microphoneProblem('NotFoundError')).toBe('none')
  expect(microphoneProblem('NotReadableError')).toBe('in-use')
  expect(microphoneProblem('TypeError')).toBe('failed')
  for (const problem of ['denied', 'none', 'in-use', 'failed'] as const) {
    expect(tellMicrophone(problem).text).toContain('you can type')
  }
})

test('the state says what can be done now', () => {
  expect(voiceState('initializing', 'connected')).toBe('connecting')
  expect(voiceState('speaking', 'signalReconnecting')).toBe('reconnecting')
  expect(sayVoiceState('listening', 'open', false).title).toBe('Listening')
  expect(sayVoiceState('listening', 'muted', false).title).toBe('You are muted')
  expect(sayVoiceState('listening', 'muted', true).hint).toContain('space bar')
  expect(sayVoiceState('listening', 'none', true).hint).toContain('Type')
  expect(sayVoiceState('speaking', 'none', true).hint).toBe('Type to interrupt.')
})

test('a tab goes on by itself for half a minute after a reload', () => {
  const kept = keptFrom('{"back":"b","withMicrophone":true,"isMuted":false,"leftMs":1000}')
  expect(kept).toEqual({ back: 'b', withMicrophone: true, isMuted: false, leftMs: 1_000 })
  expect(kept && isFresh(kept, 20_000)).toBe(true)
  expect(kept && isFresh(kept, 40_000)).toBe(false)
  expect(kept && isFresh(kept, 500)).toBe(false)
  for (const text of [null, '', 'null', '7', '{}', '{"back":7}']) expect(keptFrom(text)).toBeUndefined()
})

test('options that are not ours are as at the start', () => {
  for (const text of [null, 'x', '7', '[]'])
    expect(optionsFrom(text)).toEqual({ isPushToTalk: false, isAnnounced: true })
  expect(optionsFrom('{"isPushToTalk":true,"isAnnounced":false}')).toEqual({ isPushToTalk: true, isAnnounced: false })
})

test('names and numbers can be read', () => {
  expect(agentNamed('task-manager')).toEqual({ inSentence: 'the task manager', alone: 'Task manager' })
  expect(agentNamed(undefined).inSentence).toBe('the agent')
  expect(spacedNumber('+15551234567')).toBe('+1 555 123 4567')
  expect(spacedNumber('+493012345678')).toBe('+493012345678')
})
