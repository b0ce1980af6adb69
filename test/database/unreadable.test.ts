import { createServer, type Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { openDatabase } from '../../src/database/database.ts'

/** A message of PostgreSQL's protocol: a letter, and its length with that of itself. */
function message(letter: string, body: readonly number[]): Buffer {
  const head = Buffer.alloc(5)
  head.write(letter)
  head.writeUInt32BE(body.length + 4, 1)
  return Buffer.concat([head, Buffer.from(body)])
}
const READY = Buffer.concat([message('R', [0, 0, 0, 0]), message('Z', [0x49])])

/** Takes whoever logs in, and answers the first question with these bytes. */
async function serverThatSays(answer: Buffer): Promise<string> {
  const sockets = new Set<Socket>()
  const server = createServer(socket => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.once('data', () => {
      socket.write(READY)
      socket.on('data', () => socket.write(answer))
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise(resolve => server.close(resolve))
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  return `postgres://partyline@127.0.0.1:${address.port}/postgres`
}

test.each([
  ['columns that it does not have', message('T', [0, 100])],
  ['a row that ends before its columns do', message('D', [0, 2, 0, 0, 0, 9, 1])],
  ['zeros', Buffer.alloc(64)],
])('a server that answers with %s fails the question, and ends no process', async (_, answer) => {
  // vitest fails where something is thrown that nobody catches.
  await expect(openDatabase(await serverThatSays(answer))).rejects.toThrow()
})
