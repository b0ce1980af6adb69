import { createServer } from 'node:http'
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server'
import { z } from 'zod'

/** An MCP server over HTTP with one tool that reads, `check_weather`. */
export async function openWeatherTool() {
  const handler = createMcpHandler(() => {
    const server = new McpServer({ name: 'weather', version: '1' })
    const schema = { inputSchema: z.object({ place: z.string().optional() }), annotations: { readOnlyHint: true } }
    server.registerTool('check_weather', schema, async () => ({
      content: [{ type: 'text', text: 'It is sunny and warm.' }],
    }))
    return server
  })
  const http = createServer(async (request, response) => {
    const body = request.method === 'POST' ? { body: Buffer.concat(await request.toArray()) } : {}
    const headers = Object.entries(request.headersDistinct).map(([name, values]): [string, string] => [
      name,
      `${values}`,
    ])
    const asked = new Request('http://127.0.0.1/', { method: request.method ?? '', headers, ...body })
    const answer = await handler.fetch(asked)
    response.writeHead(answer.status, [...answer.headers].flat())
    response.end(Buffer.from(await answer.arrayBuffer()))
  })
  await new Promise<void>(resolve => http.listen(0, '127.0.0.1', resolve))
  const address = http.address()
  return {
    port: typeof address === 'object' ? (address?.port ?? 0) : 0,
    async close(): Promise<void> {
      http.closeAllConnections()
      await new Promise(resolve => http.close(resolve))
    },
  }
}
