import { StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import Fastify from 'fastify'
import { TASK_TOOLS } from '../../../agents/task-manager-tools.ts'
import { openDatabase } from '../../../src/database/database.ts'
import { seeded } from '../../../src/sandbox/chance.ts'
import { tasksIn } from '../../../src/tasks/store/store.ts'
import { tasksOverHttp } from '../../../src/tasks/web/http.ts'
import { openLink } from '../../../src/tools/links/link.ts'
import { serverLog } from '../../../src/tools/running/tool-log.ts'
import { toolRunner } from '../../../src/tools/running/tool-runner.ts'
import { offeredTools } from '../../../src/tools/settings/offered-tools.ts'
import { toolSettings } from '../../../src/tools/settings/tool-settings.ts'
import { openVirtualTime } from '../../whole-call/virtual-time.ts'
import type { Edit } from '../mutation/edit.ts'
import { editedSession } from '../mutation/session.ts'
import { holds, holdsPlain, type OpenTarget, type Ran, type Target } from '../target.ts'
import { editedWire } from '../wires/edited-wire.ts'

const [HOST, TOKEN, AGENT] = ['tools', 'token-of-mine-0001', 'task-manager']
/** The conversation gives a tool 8 s; opening a link takes 15 s at most. */
const ENDS_WITHIN_MS = 20_000
const CLOSES_WITHIN_MS = 30_000
const MOST_LETTERS = 10_000
const CALLS: readonly (readonly [name: string, given: object])[] = [
  ['create_task', { title: 'Buy milk', due: 'tomorrow at five' }],
  ['list_tasks', {}],
  ['find_task', { words: 'milk' }],
  ['delete_task', { title: 'milk' }],
]

/** A server of tools over HTTP, whose answers and events are edited on their way. */
export const mcp: Target = {
  name: 'mcp',
  async open(): Promise<OpenTarget> {
    const time = openVirtualTime()
    const { clock, network, passing } = time
    const wire = editedWire(network)
    const database = await openDatabase('sqlite::memory:')
    const app = Fastify()
    await tasksOverHttp(app, {
      ...{ store: await tasksIn(database), clock, origins: [], zone: 'UTC', onError: () => undefined },
      tokens: [{ token: TOKEN, owner: '+15550001' }],
    })
    const url = await network.serve(HOST, app)
    const settings = toolSettings(
      { tools: TASK_TOOLS, agents: { 'task-manager': Object.keys(TASK_TOOLS) } },
      {},
      'the fuzzer',
    )
    let sessions = 0

    async function session(edits: readonly Edit[]): Promise<Ran> {
      const edited = editedSession(edits)
      wire.edits(edited)
      const lines: string[] = []
      const logged = (fields: object, message: string): void => void lines.push(JSON.stringify({ ...fields, message }))
      const log = { info: logged, warn: logged }
      const link = openLink(HOST, {
        ...{ clock, chance: seeded(1), sendsOwner: false, hide: text => text, log: serverLog(log, HOST, []) },
        open() {
          const transport = new StreamableHTTPClientTransport(new URL(`${url}/tasks/mcp`), {
            fetch: network.fetch,
            requestInit: { headers: { authorization: `Bearer ${TOKEN}` } },
          })
          return {
            ...{ transport, hasSession: () => transport.sessionId !== undefined, lastLine: () => undefined },
            ...{ endSession: () => transport.terminateSession(), destroy: () => undefined },
          }
        },
      })
      try {
        await link.tried
        const offered = offeredTools([link], settings.tools, log)
        const { run } = toolRunner({ clock, log, offered })
        const allowed = new Set([...offered().keys()])
        for (const [at, [name, given]] of CALLS.entries()) {
          const beganMs = clock.now()
          const outcome = await run(
            allowed,
            { id: `call-${at}`, name, arguments: JSON.stringify(given) },
            { callId: 'CA1', owner: '+15550001', agent: AGENT, idempotencyKey: `${++sessions} ${at}`, agreed: false },
            new AbortController().signal,
          )
          const said = outcome.kind === 'ask' ? outcome.question : outcome.text
          holds(typeof said === 'string' && said.isWellFormed() && said.length <= MOST_LETTERS, `no words: ${said}`)
          holdsPlain(said, 'what a model is told')
          holds(clock.now() - beganMs < ENDS_WITHIN_MS, `${name} took ${clock.now() - beganMs} ms`)
        }
      } finally {
        const beganMs = clock.now()
        await link.close()
        holds(clock.now() - beganMs < CLOSES_WITHIN_MS, `closing took ${clock.now() - beganMs} ms`)
        wire.edits(undefined)
      }
      holds(lines.length < 100, `${lines.length} lines in the log`)
      return { messages: edited.taken, changed: edited.changed }
    }

    const { messages } = await passing(session([]))
    const quiet = async (): Promise<number> => {
      await passing(clock.sleep(CLOSES_WITHIN_MS, new AbortController().signal))
      return network.connections() + clock.sleepers
    }
    const idle = await quiet()
    return {
      messages,
      async run(edits) {
        const ran = await passing(session(edits))
        const left = await quiet()
        holds(left <= idle, `${left - idle} connections or waits are left open`)
        return ran
      },
      async close() {
        await passing(app.close())
        await database.close()
        time.close()
      },
    }
  },
}
