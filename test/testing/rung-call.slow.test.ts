import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { ring } from '../../src/testing/testing.ts'

const CENTRE = fileURLToPath(new URL('../../examples/call-centre', import.meta.url))

test('an agent is rung by sound, and its call is looked at', async () => {
  const rung = await ring(CENTRE, ['give to person, a manager please', 'thank you, goodbye'], { agent: 'greeter' })
  rung.said('Northwind Internet, how can I help you?')
  rung.expectTool('give_to_person')
  expect(rung.transcript).toMatch(/Caller: .*manager/)
  expect(() => rung.said('pizza')).toThrow('The call so far:')
})

test('a server that cannot start says why', async () => {
  await expect(ring(`${CENTRE}/none.ts`, ['hello'])).rejects.toThrow(/there is no file or folder/)
})
