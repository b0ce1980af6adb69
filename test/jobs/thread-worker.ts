import { parentPort } from 'node:worker_threads'

// A thread for tests: does what its jobs say.
parentPort?.on('message', ({ id, what }: { readonly id: number; readonly what: string }) => {
  switch (what) {
    case 'exit':
      process.exit(3)
      break
    case 'throw':
      throw new Error('it cannot')
    default:
      parentPort?.postMessage({ id, said: `${what} is done` })
  }
})
