import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import { expect, onTestFinished, test } from 'vitest'
import { httpFetch } from '../../../src/tools/links/http-fetch.ts'
import { LinkError } from '../../../src/tools/links/link-error.ts'
import { FakeClock } from '../../fakes/clock.ts'

const MIB = 1024 * 1024
const TRACEPARENT = `00-${'ab'.repeat(16)}-${'cd'.repeat(8)}-01`

async function serving(answer: RequestListener): Promise<{ readonly url: string; readonly server: Server }> {
  const server = createServer(answer).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  const address = server.address()
  return { server, url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/` }
}

function fetching(url: string) {
  const log: string[] = []
  const logged = (what: string, detail: string): void => void log.push(`${what}: ${detail}`)
  const { fetch, destroy } = httpFetch(url, {
    clock: new FakeClock(),
    log: { info: logged, warn: logged, quote: logged },
  })
  onTestFinished(destroy)
  const post = (message: object, init: RequestInit = {}): Promise<Response> =>
    fetch(url, { method: 'POST', body: JSON.stringify(message), ...init })
  return { fetch, destroy, post, log }
}

const textOf = async (request: IncomingMessage): Promise<string> =>
  Buffer.concat(await request.toArray()).toString('utf8')

test('a request arrives with its method, its headers and its body, and what is answered comes back whole', async () => {
  const { url } = await serving(async (request, response) => {
    const { method, headers } = request
    const asked = { method, type: headers['content-type'], body: await textOf(request) }
    response.setHeader('x-of-two', ['one', 'other'])
    response.writeHead(201).end(JSON.stringify(asked))
  })
  const { fetch, post } = fetching(url)
  const answer = await post({ id: 1 }, { headers: { 'content-type': 'application/json' } })
  expect([answer.status, answer.headers.get('x-of-two')]).toEqual([201, 'one, other'])
  expect(await answer.json()).toEqual({ method: 'POST', type: 'application/json', body: '{"id":1}' })
  expect(await (await fetch(url)).json()).toEqual({ method: 'GET', body: '' })
})

test.each([204, 205, 304])('an answer with status %i has no body', async status => {
  const { url } = await serving((_, response) => void response.writeHead(status).end())
  const answer = await fetching(url).fetch(url)
  expect([answer.status, answer.body]).toEqual([status, null])
})

test('a traceparent in a message is a header too, if it is one', async () => {
  const { url } = await serving((request, response) => void response.end(`${request.headers.traceparent}`))
  const { post } = fetching(url)
  const told = async (traceparent: string): Promise<string> =>
    (await post({ id: 1, method: 'tools/call', params: { _meta: { traceparent } } })).text()
  expect(await told(TRACEPARENT)).toBe(TRACEPARENT)
  expect(await told(`${TRACEPARENT}\r\nx: y`)).toBe('undefined')
  expect(await told(`x${TRACEPARENT}`)).toBe('undefined')
})

test('an answer of 4 MiB is taken, and one that is a byte longer is not', async () => {
  const { url } = await serving(
    (request, response) => void response.end(Buffer.alloc(Number(request.headers.bytes), 'x')),
  )
  const { fetch } = fetching(url)
  const asked = (bytes: number) => fetch(url, { headers: { bytes: String(bytes) } })
  expect(await (await asked(4 * MIB)).bytes()).toHaveLength(4 * MIB)
  await expect((await asked(4 * MIB + 1)).bytes()).rejects.toThrow('more than 4194304 bytes')
})

test.each(['\n\n', '\r\n\r\n'])(
  'a stream of events may be longer than that, but not one of its events: ends %j',
  async end => {
    const closed = Promise.withResolvers<void>()
    const { url } = await serving((request, response) => {
      response.once('close', closed.resolve)
      response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' })
      const event = `data: ${'x'.repeat(MIB)}`
      if (request.headers.whole === 'yes') {
        let left = 6
        const next = (): void => void (left-- > 0 ? response.write(`${event}${end}`, next) : response.end())
        next()
      } else {
        const goOn = (): void => void (response.destroyed || response.write(event, goOn))
        goOn()
      }
    })
    const { fetch } = fetching(url)
    const whole = await fetch(url, { headers: { whole: 'yes' } })
    expect((await whole.bytes()).length).toBeGreaterThan(6 * MIB)
    const endless = await fetch(url)
    await expect(endless.bytes()).rejects.toThrow('more than 4194304 bytes')
    // It is not read on: the server sees that nobody listens.
    await closed.promise
  },
)

test('events are counted, however they end; lines of another answer are not', async () => {
  const lines = 'data: x\r\r'.repeat(1_001)
  const { url } = await serving((request, response) => {
    response.writeHead(200, { 'content-type': request.headers.accept ?? '' }).end(lines)
  })
  const { fetch, log } = fetching(url)
  const asked = (accept: string) => fetch(url, { headers: { accept } })
  expect(await (await asked('text/plain')).text()).toBe(lines)
  expect(log).toEqual([])
  await expect((await asked('text/event-stream')).text()).rejects.toThrow('more than 1000 messages in a second')
  expect(log).toEqual(['has its stream closed: Error: more than 1000 messages in a second'])
})

test('a server that is not there got nothing; of one that hangs up nobody knows', async () => {
  const { url, server } = await serving(request => void request.socket.destroy())
  const { post } = fetching(url)
  const broken = await post({ id: 1 }).catch(error => error)
  expect(broken).toBeInstanceOf(Error)
  expect(broken).not.toBeInstanceOf(LinkError)
  await new Promise(resolve => server.close(resolve))
  await expect(post({ id: 1 })).rejects.toMatchObject({
    kind: 'unsent',
    message: expect.stringMatching(/^cannot be reached: .*ECONNREFUSED/),
  })
})

test('what is sent on a socket that was used before, and is closed meanwhile, was perhaps done', async () => {
  let isBroken = false
  const { url } = await serving((request, response) => {
    if (isBroken) request.socket.destroy()
    else response.end('done')
  })
  const { post } = fetching(url)
  await (await post({ id: 1 })).text()
  isBroken = true
  const error = await post({ id: 2 }).catch(error => error)
  expect(error).toBeInstanceOf(Error)
  expect(error).not.toBeInstanceOf(LinkError)
})

test('when one idle socket turns out to be closed, none of the others is used again', async () => {
  const sockets: unknown[] = []
  const held: (() => void)[] = []
  let how: 'hold' | 'break' | 'answer' = 'hold'
  const { url } = await serving((request, response) => {
    sockets.push(request.socket)
    switch (how) {
      case 'hold':
        held.push(() => response.end('done'))
        if (held.length === 3) for (const answer of held) answer()
        break
      case 'break':
        request.socket.destroy()
        break
      case 'answer':
        response.end('done')
    }
  })
  const { post } = fetching(url)
  await Promise.all([1, 2, 3].map(async id => (await post({ id })).text()))
  how = 'break'
  await expect(post({ id: 4 })).rejects.toThrow()
  how = 'answer'
  expect(await (await post({ id: 5 })).text()).toBe('done')
  expect(new Set(sockets.slice(0, 3)).size).toBe(3)
  expect(sockets.slice(0, 3)).not.toContain(sockets[4])
})

test('a request that is cancelled by a message is closed, and no other', async () => {
  const closed: string[] = []
  const come = [1, 2].map(() => Promise.withResolvers<void>())
  const answers: (() => void)[] = []
  const { url } = await serving(async (request, response) => {
    const { id, method } = JSON.parse(await textOf(request))
    if (method !== 'tools/call') return void response.writeHead(202).end()
    response.once('close', () => response.writableFinished || closed.push(id))
    answers.push(() => response.end('done'))
    come[answers.length - 1]?.resolve()
  })
  const { post } = fetching(url)
  const one = post({ id: 'a', method: 'tools/call' }).catch(error => error)
  const other = post({ id: 'b', method: 'tools/call' })
  await Promise.all(come.map(({ promise }) => promise))
  const cancelling = { method: 'notifications/cancelled', params: { requestId: 'a' } }
  expect((await post({ ...cancelling, method: 'notifications/progress' })).status).toBe(202)
  expect((await post(cancelling)).status).toBe(202)
  expect(await one).toBeInstanceOf(Error)
  for (const answer of answers) answer()
  expect(await (await other).text()).toBe('done')
  expect(closed).toEqual(['a'])
})

test('a message of the server’s own that is answered is not cancelled by the number of ours', async () => {
  const { url } = await serving(async (request, response) => {
    await textOf(request)
    setImmediate(() => response.end('taken'))
  })
  const { post } = fetching(url)
  // An answer has an id and no method: nothing waits for it.
  const answering = post({ id: 7, result: {} })
  await post({ method: 'notifications/cancelled', params: { requestId: 7 } })
  expect(await (await answering).text()).toBe('taken')
})

test('an abort closes the request, and leaves no listener once it is over', async () => {
  const begun = Promise.withResolvers<void>()
  const hungUp = Promise.withResolvers<void>()
  let isAnswering = true
  const { url } = await serving((_, response) => {
    if (isAnswering) return void response.end('done')
    response.once('close', hungUp.resolve)
    begun.resolve()
  })
  const { fetch } = fetching(url)
  const listening = new Set<unknown>()
  const { signal, ...controller } = counted(listening)
  await (await fetch(url, { signal })).text()
  while (listening.size > 0) await new Promise(setImmediate)
  isAnswering = false
  const asked = fetch(url, { signal }).catch(error => error)
  await begun.promise
  controller.abort()
  await hungUp.promise
  expect(await asked).toBeInstanceOf(Error)
  await expect(fetch(url, { signal })).rejects.toThrow('enough')
})

/** A signal that tells who listens to it. */
function counted(listening: Set<unknown>) {
  const controller = new AbortController()
  const { signal } = controller
  const [add, remove] = [signal.addEventListener.bind(signal), signal.removeEventListener.bind(signal)]
  signal.addEventListener = (type: string, listener: never, options: never) => {
    listening.add(listener)
    add(type, listener, options)
  }
  signal.removeEventListener = (type: string, listener: never) => {
    listening.delete(listener)
    remove(type, listener)
  }
  return { signal, abort: () => controller.abort(new Error('enough')) }
}

test('an answer that nobody wants any more is not read on', async () => {
  const hungUp = Promise.withResolvers<void>()
  const { url } = await serving((_, response) => {
    response.once('close', hungUp.resolve)
    response.write('x')
  })
  const answer = await fetching(url).fetch(url)
  await answer.body?.cancel()
  await hungUp.promise
})

test('an answer that breaks off fails where it is read, and nowhere else', async () => {
  const { url } = await serving((request, response) => {
    response.writeHead(200, { 'content-length': '100' }).write('x', () => request.socket.destroy())
  })
  const { fetch } = fetching(url)
  const answer = await fetch(url)
  await expect(answer.text()).rejects.toThrow()
})
