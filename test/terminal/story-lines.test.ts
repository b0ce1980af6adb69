import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { findPlayer } from '../../src/terminal/player.ts'
import { storyLine, timedLine } from '../../src/terminal/story-lines.ts'

const latency = { turnEndMs: 1_000, firstTokenMs: 284.4, firstAudioMs: 113, totalMs: 1_397, ownMs: 2, savedMs: 0 }

test('a call looks as the README shows it', () => {
  const result = 'Result of create_task: Added: finish the proposal, due tomorrow at five.'
  const lines = [
    timedLine(27_600, storyLine({ kind: 'caller', text: 'Add finish the proposal.' })),
    timedLine(27_800, storyLine({ kind: 'tool', name: 'create_task', arguments: '{}', result, tookMs: 16 })),
    timedLine(29_700, storyLine({ kind: 'agent', text: 'Added: finish the', interrupted: true, latency })),
  ]
  expect(stripVTControlCharacters(lines.join('\n'))).toBe(
    [
      ' 27.6 s  Caller  Add finish the proposal.',
      ' 27.8 s          [create_task {} → Added: finish the proposal, due tomorrow at five. in 16 ms]',
      ' 29.7 s  Agent   Added: finish the — (stopped: the caller speaks)',
      '                 1397 ms = turn end 1000 ms + first token 284 ms + first audio 113 ms',
    ].join('\n'),
  )
})

test('a player is one that is on the path and may be run', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'partyline-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  expect(findPlayer(`:${folder}`)).toBeUndefined()
  await writeFile(join(folder, 'aplay'), '', { mode: 0o600 })
  await writeFile(join(folder, 'ffplay'), '')
  await chmod(join(folder, 'ffplay'), 0o755)
  expect(findPlayer(`/nowhere:${folder}`)?.[0]).toBe('ffplay')
})
