import { serveJobs } from '../../src/jobs/serve-jobs.ts'

// A process for tests: does what its jobs say.
await serveJobs<string, string>(async () => {
  const [unfit] = process.argv.slice(2)
  if (unfit) throw new Error(unfit)
  return (job, signal) => {
    switch (job) {
      case 'die':
        return process.kill(process.pid, 'SIGKILL') ? new Promise(() => undefined) : ''
      case 'hang':
        for (;;);
      case 'pid':
        return String(process.pid)
      case 'until aborted':
        return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
      default:
        return `${job} is done`
    }
  }
})
