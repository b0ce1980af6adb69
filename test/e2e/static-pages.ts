import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { onTestFinished } from 'vitest'

const CLIENT = createRequire(import.meta.url).resolve('livekit-client')
const TYPES = { html: 'text/html; charset=utf-8', js: 'text/javascript; charset=utf-8' }

/** Serves the HTML by its path, and livekit-client as /livekit-client.js, on 127.0.0.1. Resolves with its URL. */
export async function servePages(pages: Readonly<Record<string, string>>): Promise<string> {
  const client = await readFile(CLIENT)
  const server = createServer((request, response) => {
    const isClient = request.url === '/livekit-client.js'
    const body = isClient ? client : pages[request.url ?? '']
    response.writeHead(body === undefined ? 404 : 200, { 'content-type': isClient ? TYPES.js : TYPES.html })
    response.end(body)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    return new Promise<void>(resolve => server.close(() => resolve()))
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the pages have no port')
  return `http://127.0.0.1:${address.port}`
}
