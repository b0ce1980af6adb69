import { spawn } from 'node:child_process'
import { closeSync } from 'node:fs'
import { createInterface } from 'node:readline'

/** A small MCP server on standard input and output that can go wrong in many ways; started by the tests. */
interface Asked {
  readonly id?: number
  readonly method: string
  readonly params?: { readonly name?: string; readonly protocolVersion?: string; readonly _meta?: unknown }
}

const reads = { readOnlyHint: true }
const writes = { readOnlyHint: false, destructiveHint: false }
const anything = { type: 'object' }
const numbered = { type: 'object', properties: { count: { type: 'integer' } }, required: ['count'] }
const TOOLS = [
  { name: 'look', inputSchema: anything, annotations: reads },
  { name: 'write', inputSchema: anything, annotations: writes },
  { name: 'environment', inputSchema: anything, annotations: reads },
  { name: 'meta', inputSchema: anything, annotations: writes },
  { name: 'hang', inputSchema: anything, annotations: writes },
  { name: 'hang_reading', inputSchema: anything, annotations: reads },
  { name: 'die', inputSchema: anything, annotations: writes },
  { name: 'mute', inputSchema: anything, annotations: writes },
  { name: 'garbage', inputSchema: anything, annotations: reads },
  { name: 'big', inputSchema: anything, annotations: reads },
  { name: 'huge', inputSchema: anything, annotations: writes },
  { name: 'trace', inputSchema: anything, annotations: reads },
  { name: 'wrong_shape', inputSchema: anything, outputSchema: numbered, annotations: reads },
  { name: 'grandchild', inputSchema: anything, annotations: reads },
  { name: 'flood', inputSchema: anything, annotations: writes },
  { name: 'leak', inputSchema: anything, annotations: reads },
  { name: 'leak_data', inputSchema: anything, annotations: reads },
  { name: 'leak_error', inputSchema: anything, annotations: reads },
  { name: 'leak_description', description: `Uses ${process.env.TOKEN}.`, inputSchema: anything, annotations: reads },
  { name: 'bad_schema', inputSchema: { ...anything, not: {} } },
]

const notice = JSON.stringify({ jsonrpc: '2.0', method: 'notifications/message', params: { level: 'info', data: 'x' } })

const say = (message: object): void => {
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`)
}
const text = (value: string, more: object = {}): object => ({ content: [{ type: 'text', text: value }], ...more })

function called({ params }: Asked): object | undefined {
  switch (params?.name) {
    case 'environment':
      return text(
        Object.entries(process.env)
          .map(pair => pair.join('='))
          .join(' '),
      )
    case 'meta':
      return text(JSON.stringify(params._meta))
    case 'die':
      return process.exit(1)
    case 'mute':
      process.stdout.destroy()
      closeSync(1)
      return undefined
    case 'hang':
    case 'hang_reading':
      return undefined
    case 'garbage':
      process.stdout.write('Listening on port 80\n{"half": \n\n[1,2]\n\u0000\u0001\n')
      return text('after the garbage')
    case 'big':
      return text('A sentence of no use. '.repeat(5_000))
    case 'huge':
      return text('x'.repeat(5_000_000))
    case 'trace':
      return text('TypeError: boom\n    at run (/srv/app/tool.js:3:7)', { isError: true })
    case 'wrong_shape':
      return text('seven', { structuredContent: { count: 'seven' } })
    case 'flood':
      // Valid messages, without end as long as they are read.
      setInterval(() => process.stdout.write(`${notice}\n`.repeat(400)), 1)
      return undefined
    case 'leak':
      return text(`The key ${process.env.TOKEN} was refused.`, { isError: true })
    case 'leak_data':
      return text('', { structuredContent: { [`${process.env.TOKEN}`]: { key: [`is ${process.env.TOKEN}`] } } })
    case 'grandchild':
      return text(String(spawn('sleep', ['600'], { stdio: 'ignore' }).pid))
    default:
      return text(`pid ${process.pid}`)
  }
}

function answer(asked: Asked): object | undefined {
  if (asked.method === 'tools/list') return { tools: TOOLS }
  if (asked.method === 'tools/call') return called(asked)
  if (asked.method !== 'initialize') return {}
  return {
    protocolVersion: asked.params?.protocolVersion,
    capabilities: { tools: {} },
    serverInfo: { name: 'child', version: '1' },
  }
}

process.stderr.write(`the child has started ${process.env.TOKEN ?? 'without a token'}\n`)
if (process.env.STUBBORN !== undefined) {
  process.on('SIGTERM', () => undefined)
  process.stdin.once('end', () => setInterval(() => undefined, 1_000))
}
for await (const line of createInterface({ input: process.stdin })) {
  const asked: Asked = JSON.parse(line)
  const result = asked.id === undefined ? undefined : answer(asked)
  if (asked.params?.name === 'leak_error') say({ id: asked.id, error: { code: 1, message: `${process.env.TOKEN}?` } })
  else if (result !== undefined) say({ id: asked.id, result })
}
