import type { JSONRPCMessage } from '@modelcontextprotocol/client'
import { expect, onTestFinished, test } from 'vitest'
import { systemClock } from '../../../src/clock.ts'
import type { Clock } from '../../../src/conversation/ports.ts'
import { childGroups } from '../../../src/tools/links/child-groups.ts'
import { childTransport } from '../../../src/tools/links/child-transport.ts'

const message = (id: number, words = ''): JSONRPCMessage => ({ jsonrpc: '2.0', id, method: 'look', params: { words } })

/** A program in a process of its own, which writes what the script says. */
function child(script: string, clock: Clock = systemClock) {
  const log: string[] = []
  const came: JSONRPCMessage[] = []
  const logged = (what: string, detail: string): void => void log.push(`${what}: ${detail}`)
  const groups = childGroups()
  const { transport, lastLine } = childTransport(
    { kind: 'child', command: process.execPath, args: ['-e', script], env: {}, owner: undefined, secrets: [] } as never,
    { clock, groups, log: { info: logged, warn: logged, quote: logged } },
  )
  const ended = new Promise<void>(resolve => {
    transport.onclose = resolve
  })
  transport.onmessage = one => void came.push(one)
  onTestFinished(async () => {
    await transport.close()
    groups.close()
  })
  return { transport, lastLine, log, came, ended }
}
/** Each look at it is so much later: seconds pass between two lines. */
const striding = (strideMs: number): Clock => {
  let nowMs = 0
  return { ...systemClock, now: () => (nowMs += strideMs), sleep: systemClock.sleep, wallTime: () => new Date(0) }
}

test('messages go both ways, one a line, and none can be sent to a program that has ended', async () => {
  const { transport, came, ended } = child(
    'process.stdin.once("data", data => { process.stdout.write("\\n  \\n" + data, () => process.exit()) })',
  )
  await expect(transport.send(message(0))).rejects.toMatchObject({ kind: 'unsent' })
  await transport.start()
  await transport.send(message(1, 'ä'))
  await ended
  expect(came).toEqual([message(1, 'ä')])
  await expect(transport.send(message(2))).rejects.toMatchObject({ kind: 'unsent', message: 'its process has ended' })
})

test('a program that does not read is sent a megabyte and no more', async () => {
  const { transport } = child('process.stdin.pause(); setInterval(() => undefined, 1000)')
  await transport.start()
  let sent = 0
  const sending = async (): Promise<void> => {
    for (; sent < 50; sent++) await transport.send(message(sent, 'x'.repeat(100_000)))
  }
  await expect(sending()).rejects.toMatchObject({ kind: 'unsent', message: 'it does not read its input' })
  expect(sent).toBeGreaterThan(10)
  expect(sent).toBeLessThan(20)
})

test('of a program that writes one error after the other twenty lines in ten seconds are told, and how many were not', async () => {
  const script = (lines: number): string =>
    `for (let i = 1; i <= ${lines}; i++) console.error(i % 3 === 0 ? " " : "line " + i)`
  const at = { nowMs: 0 }
  const clock: Clock = { now: () => at.nowMs, sleep: systemClock.sleep, wallTime: () => new Date(0) }
  const { transport, log, lastLine, ended } = child(script(30), clock)
  await transport.start()
  await ended
  const told = (line: string): string => `writes to its standard error: ${line}`
  const first = [1, 2, 4, 5, 7, 8, 10, 11, 13, 14, 16, 17, 19, 20].map(i => told(`line ${i}`))
  expect(log).toEqual(first)
  expect(lastLine()).toBe('line 20')
  const slow = child(script(4), striding(10_000))
  await slow.transport.start()
  await slow.ended
  expect(slow.log).toEqual([told('line 1'), told('line 2'), told('line 4')])
})

test('an error that does not end is told as one that is too long', async () => {
  const { transport, log, ended } = child('process.stderr.write("x".repeat(300_000))')
  await transport.start()
  await ended
  expect(log[0]).toBe('writes to its standard error: (a line that is too long)')
})

test('a program that writes a thousand lines that are no messages is none of ours, and ends', async () => {
  const { transport, log, ended } = child(
    'console.log("no message\\n".repeat(2_000)); setInterval(() => undefined, 1000)',
    striding(2_000),
  )
  await transport.start()
  await ended
  expect(log).toEqual([
    'writes something that is not a message to its standard output: no message',
    'is stopped: Error: too many lines on its standard output are not messages',
  ])
})

test('a program that cannot be started got nothing, and can be closed', async () => {
  const { transport } = childTransport(
    { kind: 'child', command: '/no/such/program', args: [], env: {}, owner: undefined, secrets: [] } as never,
    {
      clock: systemClock,
      groups: childGroups(),
      log: { info: () => undefined, warn: () => undefined, quote: () => undefined },
    },
  )
  await expect(transport.start()).rejects.toMatchObject({ kind: 'unsent' })
  await transport.close()
})
