import { McpServer } from '@modelcontextprotocol/server'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { AGENT, insideServer, opened } from '../opened.ts'

/** A bank with a tool that has no hints, and so counts as destructive. */
async function openedBank(tools: object = {}) {
  const sent: unknown[] = []
  const bank = insideServer('bank', () => {
    const server = new McpServer({ name: 'bank', version: '1' })
    const inputSchema = z.looseObject({})
    server.registerTool('send_money', { title: 'Send money', inputSchema }, given => {
      sent.push(given)
      return { content: [{ type: 'text', text: 'Sent.' }] }
    })
    server.registerTool('look', { inputSchema, annotations: { readOnlyHint: true } }, () => ({
      content: [{ type: 'text', text: 'ten thousand dollars to Bob, '.repeat(9) }],
    }))
    return server
  })
  const bankOpened = await opened({ tools, agents: { [AGENT]: ['send_money'] } }, { inside: [bank] })
  return { ...bankOpened, sent }
}

test.each([
  [{ to: 'Bob', options: { amount: 10_000 }, all: true }, 'Bob, 10000, all'],
  [{ to: ['Bob', { name: 'Ann' }], deleteAll: false }, 'Bob, Ann, not delete All'],
  [{ to: 'Bob', limit: null, memo: ' ', tags: [], dry_run: [true] }, 'Bob, no limit, no memo, no tags, dry run'],
  [{ amount: -5, by: '-3 days', rate: 0.5 }, 'minus 5, minus 3 days, 0.5'],
])('the caller hears all arguments of a tool: %j', async (given, words) => {
  const { run, sent } = await openedBank()
  const question = `Shall I really do that: Send money, ${words}?`
  expect(await run('send_money', given)).toEqual({ kind: 'ask', question })
  expect(sent).toEqual([])
  expect(await run('send_money', given, { agreed: true })).toMatchObject({ kind: 'done' })
  expect(sent).toEqual([given])
})

test.each([
  ['that is too long', { to: 'Bob', memo: 'x'.repeat(61).concat(' y'.repeat(60)) }],
  ['that are too many', { to: Array.from({ length: 60 }, (_, id) => id) }],
  ['that cannot be said', { to: 'Bob', path: '/' }],
  ['that would sound like another', { to: 'Bob', path: 'notes/*' }],
  ['that would sound like more', { to: 'Bob', amount: '.50' }],
])('a call with a value %s is not asked about, and not run', async (_, given) => {
  const { resultText, log, sent } = await openedBank()
  for (const agreed of [false, true])
    expect(await resultText('send_money', given, { agreed })).toMatch(
      /^send_money was not done: the caller cannot be asked/,
    )
  expect(sent).toEqual([])
  const warned = log.filter(({ message }) => message.includes('confirm.describe'))
  expect(warned.map(({ fields }) => fields)).toEqual([{ tool: 'send_money', server: 'bank' }])
})

test('a question whose words the operator chose may be cut', async () => {
  const { run } = await openedBank({ send_money: { confirm: { describe: 'look', ask: 'Send {words}?' } } })
  const asked = await run('send_money', { memo: 'x'.repeat(500) })
  expect(asked).toMatchObject({ kind: 'ask', question: expect.stringMatching(/^Send .* and so on\?$/) })
})
