import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server'
import { z } from 'zod'
import type { Clock } from '../../src/conversation/ports.ts'
import { KEY_META } from '../../src/tasks/tools/mcp.ts'

/** Longer than it takes to be killed within it. */
const TAKES_MS = 1_500

/** An invoice that was sent. */
export interface Invoice {
  readonly key: string
  readonly customer: string
}

/** Somebody else's MCP server: it takes its time, goes on when its client is gone, and makes what has the same key once. */
export interface SlowTool {
  /** For TOOLS_FILE. */
  readonly settings: object
  readonly sent: () => readonly Invoice[]
  /** Called when one begins. */
  onAsked: (customer: string) => void
  close(): Promise<void>
}

const OWN_TOOLS = [
  ...['create_task', 'list_tasks', 'get_task_details', 'update_task', 'complete_task', 'delete_task'],
  'undo_last_change',
]

export async function openSlowTool(clock: Clock): Promise<SlowTool> {
  const sent: Invoice[] = []
  const closing = new AbortController()

  async function send(key: string, customer: string): Promise<string> {
    tool.onAsked(customer)
    const isNew = !sent.some(invoice => invoice.key === key)
    if (isNew) sent.push({ key, customer })
    await clock.sleep(TAKES_MS, closing.signal)
    return `The invoice to ${customer} is sent.`
  }

  const handler = createMcpHandler(() => {
    const server = new McpServer({ name: 'invoices', version: '1' })
    server.registerTool(
      'send_invoice',
      {
        description: 'Sends an invoice to a customer.',
        inputSchema: z.object({ customer: z.string() }),
        annotations: { readOnlyHint: false, destructiveHint: false },
        // It says so: what has the same key is made once.
        _meta: { [KEY_META]: true },
      },
      async ({ customer }, { mcpReq }) => {
        const text = await send(String(mcpReq._meta?.[KEY_META]), customer)
        return { content: [{ type: 'text', text }] }
      },
    )
    return server
  })
  const http = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray())
    const headers = Object.entries(request.headersDistinct).map(([name, values]): [string, string] => [
      name,
      `${values}`,
    ])
    const asked = new Request('http://127.0.0.1/', {
      ...{ method: request.method ?? 'GET', headers },
      ...(request.method === 'POST' && { body }),
    })
    const answer = await handler.fetch(asked)
    response.writeHead(answer.status, [...answer.headers].flat()).end(Buffer.from(await answer.arrayBuffer()))
  })
  await new Promise<void>(resolve => http.listen(0, '127.0.0.1', resolve))
  const { port } = http.address() as AddressInfo
  const tool: SlowTool = {
    settings: {
      servers: { invoices: { url: `http://127.0.0.1:${port}/` } },
      // A person who is kept waiting asks again, and means the same invoice.
      tools: { send_invoice: { confirm: false, filler: 'I am sending it.', onceMs: 60_000 } },
      agents: { 'task-manager': [...OWN_TOOLS, 'send_invoice'] },
    },
    sent: () => sent,
    onAsked: () => undefined,
    async close() {
      closing.abort(new Error('the tool is closed'))
      http.closeAllConnections()
      await new Promise(resolve => http.close(resolve))
    },
  }
  return tool
}
