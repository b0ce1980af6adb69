import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { SANDBOX_AUTH_TOKEN } from '../../src/config.ts'
import { outcomeOf } from '../../src/journal/outcome.ts'
import { english } from '../../src/languages/english.ts'
import type { Script } from '../../src/sandbox/caller/fixture.ts'
import { openWholeCalls, type WholeCallsOptions } from './whole-calls.ts'

type Keys = Script['utterances'][number]

/** A caller who says nothing, presses `keys` and leaves. */
function silent(hangUpAfterMs: number, keys: readonly Keys[] = [], withStop = true, from = '+15550100009'): Script {
  const hangUp = { after: 'answered', ms: hangUpAfterMs, withStop } as const
  return { name: 'silent', about: '', from, voice: 'none', utterances: keys, hangUp, expect: {} }
}

async function opened(options: WholeCallsOptions) {
  const all = await openWholeCalls(options)
  onTestFinished(() => all.close())
  return all
}

test('keys are heard, a transfer that nobody answers comes back with its history, a hang-up needs no stop', async () => {
  const all = await opened({ env: { TRANSFER_NUMBER: '+15557654321' } })
  const fortyTwo: Keys = { kind: 'keys', press: '42#', cue: { after: 'answered', ms: 1_000 } }
  const zero: Keys = { kind: 'keys', press: '0', cue: { after: 'answered', ms: 2_500 } }
  const [keyed, back, gone] = await all.passing(
    Promise.all([
      all.ring(silent(5_000, [fortyTwo]), { seed: 1 }),
      all.ring(silent(9_300, [zero]), { seed: 2, dialOutcome: 'busy' }),
      all.ring(silent(800, [], false), { seed: 3 }),
    ]),
  )
  const { callerTurns, agentReplies } = outcomeOf(keyed.lines, english)
  expect([callerTurns, agentReplies.length]).toEqual([['pressed 4 2'], 2])
  expect(back.record.events.flatMap(event => (event.kind === 'dial' ? [event.number] : []))).toEqual(['+15557654321'])
  expect(back.record.streams).toHaveLength(2)
  expect(back.transcript).toMatch(/Hello[\s\S]*put you through[\s\S]*nobody could take your call/)
  const files = ['about.json', 'call-1.wav', 'call-2.wav', 'journal.jsonl', 'sealed.json', 'transcript.txt']
  expect((await readdir(back.folder)).toSorted()).toEqual(files)
  const seal = JSON.parse(await readFile(join(back.folder, 'sealed.json'), 'utf8'))
  expect([seal.killed, Object.keys(seal.files)]).toEqual([false, files.filter(name => name !== 'sealed.json')])
  const { records } = all.partyline
  const summary = await records.get(back.record.callSid, 'numbers', new AbortController().signal)
  const lastOf = (attempt: 'first' | 'last'): number => {
    const second = back.lines.findIndex(({ atMs }, i) => atMs < (back.lines[i - 1]?.atMs ?? 0))
    return back.lines.at(attempt === 'first' ? second - 1 : -1)?.atMs ?? 0
  }
  expect(summary?.lengthMs).toBe(Math.round(lastOf('first') + lastOf('last')))
  expect(summary?.outcome).not.toBe('transferred')
  expect(gone.record.endedBy).toBe('caller')
  expect(gone.transcript).toContain('This call')
  expect([keyed, back, gone].flatMap(({ record }) => record.warnings)).toEqual([])
  expect(all.logged.filter(line => /"level":(?:40|50|60)/.test(line))).toEqual([])
  for (const secret of ['+1555', '15550100', 'pressed', SANDBOX_AUTH_TOKEN])
    expect(all.logged.join('')).not.toContain(secret)
})

test('a caller who hides their number is told so; any other is greeted in the name of the agent', async () => {
  const all = await opened({ env: { AGENT: 'task-manager' } })
  const [hidden, known] = await all.passing(
    Promise.all(
      ['anonymous', '+15550100010'].map((from, seed) => all.ring(silent(7_500, [], true, from), { seed: seed + 1 })),
    ),
  )
  expect(hidden?.transcript).toContain('Your number is hidden, so I can keep your tasks for this call only')
  expect(known?.transcript).toContain('Task Manager, how can I help you today?')
})
