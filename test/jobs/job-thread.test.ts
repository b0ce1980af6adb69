import { expect, onTestFinished, test } from 'vitest'
import { jobThread } from '../../src/jobs/job-thread.ts'

const never = new AbortController().signal

function open() {
  const thread = jobThread<{ id: number; what: string }, { id: number; said: string }>({
    file: new URL('./thread-worker.ts', import.meta.url),
    name: 'the thread',
    mostWaiting: 10,
  })
  onTestFinished(() => thread.close())
  return thread
}

test.each([
  ['exit', 'it ended with 3'],
  ['throw', 'Error: it cannot'],
])('a thread that ends by "%s" fails what waits for it, and another one goes on', async (what, why) => {
  const thread = open()
  expect(await thread.ask({ what: 'one' }, [], never)).toMatchObject({ said: 'one is done' })
  await expect(thread.ask({ what }, [], never)).rejects.toThrow(`the thread broke down: ${why}`)
  expect(await thread.ask({ what: 'two' }, [], never)).toMatchObject({ said: 'two is done' })
})

test('what waits when it is closed is told so', async () => {
  const thread = open()
  const asked = thread.ask({ what: 'one' }, [], never)
  const rejected = expect(asked).rejects.toThrow('the thread is closed')
  await thread.close()
  await rejected
})
