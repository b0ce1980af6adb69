import { expect, test } from 'vitest'
import type { Store } from '../../src/journal/store.ts'
import { unsealed } from '../../src/records/unsealed.ts'

const store: Pick<Store, 'takePass' | 'keepNext'> = { takePass: async () => true, keepNext: async () => undefined }

test('when the server breaks, all files are closed before any is sealed; a stream that is over seals itself', async () => {
  const all = unsealed()
  const did: string[] = []
  const stream = (name: string) =>
    all.begin({
      close: async () => {
        did.push(`close ${name}`)
        return [`${name} is lost`]
      },
      seal: async lost => void did.push(`seal ${name}: ${lost}`),
    })
  const [, over] = [stream('a'), stream('b'), stream('c')]
  over.over()
  await all.sealAll()
  expect(did).toEqual(['close a', 'close c', 'seal a: a is lost', 'seal c: c is lost'])
})

test('files are closed once, whoever asks; a call that ends while they are closed is not sealed twice', async () => {
  const all = unsealed()
  const closing = Promise.withResolvers<readonly string[]>()
  let closed = 0
  let sealed = 0
  const own = all.begin({
    close: () => {
      closed++
      return closing.promise
    },
    seal: async () => void sealed++,
  })
  const sealing = all.sealAll()
  const ending = own.close().then(own.over)
  closing.resolve([])
  await Promise.all([sealing, ending])
  expect([closed, sealed]).toEqual([1, 0])
})

test('after that no stream begins, and nothing is stored of how a call ends', async () => {
  const all = unsealed()
  const guarded = all.guarded(store)
  expect(await guarded.takePass('CA1', 1, new Date())).toBe(true)
  await guarded.keepNext('CA1', 'goodbye')
  await all.sealAll()
  await expect(guarded.takePass('CA1', 2, new Date())).rejects.toThrow('the server broke')
  await expect(guarded.keepNext('CA1', 'goodbye')).rejects.toThrow('the server broke')
})
