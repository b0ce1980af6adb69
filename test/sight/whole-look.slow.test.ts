import { readFile } from 'node:fs/promises'
import { Transformer } from '@napi-rs/image'
import { afterAll, expect, onTestFinished, test } from 'vitest'
import type { Message, Prompt, ToolCall, ToolContext } from '../../src/conversation/ports.ts'
import { gemini } from '../../src/providers/gemini.ts'
import { openAi } from '../../src/providers/openai.ts'
import { profiles } from '../../src/sandbox/delays.ts'
import { openScreenReader } from '../../src/sandbox/gemini/screen-reader.ts'
import { openGeminiStandIn } from '../../src/sandbox/gemini/stand-in.ts'
import { openOpenAiStandIn } from '../../src/sandbox/openai/stand-in.ts'
import type { I420Picture } from '../../src/sight/grey-copy.ts'
import { openJpegEncoder } from '../../src/sight/jpeg-encoder.ts'
import { shownScreen } from '../../src/sight/shown-screen.ts'
import { withScreen } from '../../src/sight/with-screen.ts'
import { FakeJournal } from '../fakes/journal.ts'
import { NOW, openTasks, ZONE } from '../tasks/tasks.ts'
import { AGENT, OWNER, opened, TASK_NAMES, TASK_TOOLS, tasksInside } from '../tools/opened.ts'
import { openVirtualTime } from '../whole-call/virtual-time.ts'

const reader = openScreenReader()
const encoder = openJpegEncoder()
afterAll(() => Promise.all([reader.close(), encoder.close()]))
const never = new AbortController().signal

/** The e-mail of the sandbox's tests as a frame of a shared screen. */
async function mailFrame(): Promise<I420Picture> {
  const file = new Transformer(await readFile(new URL('../sandbox/gemini/mail.jpg', import.meta.url)))
  const { width, height } = await file.metadata()
  const rgb = await file.rawPixels()
  const half = (width / 2) * (height / 2)
  const data = new Uint8Array(width * height + 2 * half).fill(128)
  for (let at = 0; at < width * height; at++) {
    data[at] = 16 + 0.257 * (rgb[3 * at] ?? 0) + 0.504 * (rgb[3 * at + 1] ?? 0) + 0.098 * (rgb[3 * at + 2] ?? 0)
  }
  return { data, width, height }
}

/** A caller with a screen: the real adapters over the stand-ins' wires, in virtual time. */
async function openedCall() {
  const time = openVirtualTime()
  onTestFinished(time.close)
  const { clock, network, outside, passing } = time
  const options = (host: string) => ({
    ...{ serve: (app: Parameters<typeof network.serve>[1]) => network.serve(host, app) },
    ...{ profile: profiles.fast, seed: 1, clock },
  })
  const eyes = await openGeminiStandIn(options('gemini'), {
    read: (jpeg, signal) => outside.during(reader.read(jpeg, signal)),
    close: async () => undefined,
  })
  const mind = await openOpenAiStandIn(options('openai'))
  onTestFinished(() => passing(Promise.all([eyes.close(), mind.close()])).then(() => undefined))
  const store = await openTasks()
  const settings = { tools: TASK_TOOLS, agents: { [AGENT]: TASK_NAMES } }
  const { tools: mcp } = await opened(settings, { inside: [tasksInside(store)] })
  const journal = new FakeJournal(clock as never)
  const screen = shownScreen({
    ...{ clock, journal, zone: ZONE, sentTo: 'the sandbox' },
    sight: gemini({ apiKey: 'key', baseUrl: eyes.url, model: 'gemini-2.5-flash' }, clock, network),
    encoder: { encode: (picture, signal) => outside.during(encoder.encode(picture, signal)) },
  })
  onTestFinished(() => screen.stop())
  const { tools, context } = withScreen(mcp.forAgent(AGENT), { screen, journal, hasSeen: false })
  const model = openAi({ apiKey: 'key', baseUrl: `${mind.url}/v1`, model: 'gpt-4o-mini' }, clock, network)
  let history: readonly Message[] = []

  /** One turn: what the agent answers, with the tools that it calls on the way. */
  async function says(text: string): Promise<string> {
    history = [...history, { role: 'caller', text }]
    for (let part = 0; part < 5; part++) {
      const data = context()
      const prompt: Prompt = {
        ...{ instructions: 'You keep tasks.', history, tools: tools.specs },
        ...(data !== undefined && { context: data }),
      }
      const deltas = await passing(Array.fromAsync(model.reply(prompt, never)))
      const words = deltas.flatMap(delta => (delta.kind === 'text' ? [delta.text] : [])).join('')
      const call: ToolCall | undefined = deltas.find(delta => delta.kind === 'tool-call')?.call
      if (call === undefined) {
        history = [...history, { role: 'agent', text: words, interrupted: false }]
        return words
      }
      const asked: ToolContext = {
        ...{ callId: 'CA1', owner: OWNER, agent: AGENT, agreed: false },
        idempotencyKey: `CA1:${history.length}`,
      }
      const outcome = await passing(tools.run(call, asked, never))
      if (outcome.kind === 'ask') return outcome.question
      history = [...history, { role: 'tool', call, result: outcome.text }]
    }
    throw new Error('no answer')
  }

  const tasks = async () => (await store.of(OWNER).list('all', 100, { now: NOW, zone: ZONE })).map(({ title }) => title)
  return { screen, clock, journal, says, tasks, context }
}

test('an e-mail on a shared screen becomes a task, and its deadline is suggested', async () => {
  const { screen, clock, says, tasks, journal, context } = await openedCall()
  expect(await says("What's on my screen?")).toBe("I don't see your screen. Would you like to share it?")
  screen.consent(true)
  screen.frame(await mailFrame(), clock.now())
  expect(await says("Add what I'm looking at to my tasks.")).toMatch(
    /^Added: Quarterly report for the board\. Your screen says Friday, 12 June at 5 pm\. Shall I make that its due date\?$/i,
  )
  expect(await tasks()).toEqual(['Quarterly report for the board'])
  expect(await says('Yes, please.')).toBe('Change Quarterly report for the board?')
  expect(context()).toContain('Dana Miller')
  const looks = journal.lines.flatMap(line =>
    'noted' in line && line.noted.kind === 'screen-look' ? [line.noted] : [],
  )
  expect(looks).toEqual([expect.objectContaining({ why: 'changed', text: expect.stringMatching(/12 June/i) })])
  expect(JSON.stringify(journal.lines)).not.toMatch(/jpeg":|base64|[A-Za-z0-9+/]{200}/)
})
