import { McpServer } from '@modelcontextprotocol/server'
import { expect, test } from 'vitest'
import { z } from 'zod'
import type { ToolContext, ToolOutcome } from '../../../src/conversation/ports.ts'
import { openTasks } from '../../tasks/tasks.ts'
import { AGENT, insideServer, OWNER, opened, TASK_NAMES, TASK_TOOLS, tasksInside } from '../opened.ts'

const AT = { now: new Date('2026-11-21T15:00:00Z'), zone: 'America/New_York' }

/** Words of a screen have reached the model. */
const SEEN: Partial<ToolContext> = { asksFirst: true }
const AGREED: Partial<ToolContext> = { ...SEEN, agreed: true }
const said = (outcome: ToolOutcome): string => (outcome.kind === 'ask' ? `asks: ${outcome.question}` : outcome.text)

async function openedTasks() {
  const store = await openTasks()
  const agents = { [AGENT]: TASK_NAMES }
  const { run } = await opened({ tools: TASK_TOOLS, agents }, { inside: [tasksInside(store)] })
  const told = async (name: string, given: object, more: Partial<ToolContext>) => said(await run(name, given, more))
  await told('create_task', { title: 'mail' }, {})
  const kept = async () => (await store.of(OWNER).list('all', 100, AT)).map(({ title, status }) => `${title} ${status}`)
  return { told, kept }
}

test.each([
  ['complete_task', { title: 'mail' }, 'asks: Mark mail as done?', 'mail completed'],
  ['update_task', { title: 'mail', new_title: 'post' }, 'asks: Change mail?', 'post pending'],
  ['delete_task', { title: 'mail' }, 'asks: Delete mail?', undefined],
  ['undo_last_change', {}, expect.stringMatching(/^asks: Shall I really do that: /), undefined],
])('%s is asked about once a screen was seen, and done after a yes', async (name, given, question, after) => {
  const { told, kept } = await openedTasks()
  expect(await told(name, given, SEEN)).toEqual(question)
  expect(await kept()).toEqual(['mail pending'])
  await told(name, given, AGREED)
  expect(await kept()).toEqual(after === undefined ? [] : [after])
})

test('what only adds or only reads is not asked about', async () => {
  const { told, kept } = await openedTasks()
  expect(await told('create_task', { title: 'milk' }, SEEN)).toMatch(/Added: milk/)
  expect(await told('list_tasks', {}, SEEN)).toMatch(/mail/)
  expect(await kept()).toEqual(['mail pending', 'milk pending'])
})

test('a yes counts only for what was asked', async () => {
  const { told, kept } = await openedTasks()
  await told('create_task', { title: 'milk' }, {})
  await told('complete_task', { title: 'mail' }, SEEN)
  expect(await told('complete_task', { title: 'milk' }, AGREED)).toBe('asks: Mark milk as done?')
  expect(await kept()).toEqual(['mail pending', 'milk pending'])
})

test('a tool of others is asked about with all that it would do, also if its server calls it harmless', async () => {
  const sent: string[] = []
  const server = () => {
    const made = new McpServer({ name: 'post', version: '1' })
    made.registerTool(
      'send_letter',
      {
        title: 'Send a letter',
        description: 'Sends.',
        inputSchema: z.object({ to: z.string(), text: z.string() }),
        annotations: { destructiveHint: false },
      },
      ({ to }) => {
        sent.push(to)
        return { content: [{ type: 'text', text: 'Sent.' }] }
      },
    )
    return made
  }
  const { run } = await opened({ agents: { [AGENT]: ['send_letter'] } }, { inside: [insideServer('post', server)] })
  const told = async (given: object, more: Partial<ToolContext>) => said(await run('send_letter', given, more))
  const given = { to: 'bob', text: 'hello' }
  expect(await told(given, SEEN)).toBe('asks: Shall I really do that: Send a letter, bob, hello?')
  expect(await told({ to: 'bob', text: 'word '.repeat(500) }, SEEN)).toMatch(/cannot be asked about it/)
  expect(sent).toEqual([])
  await told(given, AGREED)
  expect(sent).toEqual(['bob'])
  await told({ ...given, to: 'ann' }, {})
  expect(sent).toEqual(['bob', 'ann'])
})
