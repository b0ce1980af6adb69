import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'

const USAGE = `npm run flaky -- [10]
Runs the whole test suite so often with a busy loop on the first core, and so often again on one core alone.
Linux only (taskset). Exit code 1 when any run was red.`

/** A busy loop on the first core: what a loaded machine does to a test. */
const busyLoop = (): ChildProcess =>
  spawn('taskset', ['-c', '0', process.execPath, '-e', 'for (;;) {}'], { stdio: 'ignore' })

interface Run {
  readonly isGreen: boolean
  readonly seconds: number
  /** What failed, and the counts. */
  readonly lines: readonly string[]
}

const TOLD = /FAIL|machine too busy|is void|^ *(?:Test Files|Tests) /

async function testsUnder(command: readonly string[]): Promise<Run> {
  const startMs = performance.now()
  const [name = '', ...rest] = [...command, 'npm', 'test']
  const child = spawn(name, rest, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, NO_COLOR: '1' } })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', data => {
      output += data
    })
  }
  const [code] = await once(child, 'close')
  const lines = output.split('\n').filter(line => TOLD.test(line))
  return { isGreen: code === 0, seconds: (performance.now() - startMs) / 1_000, lines }
}

async function runs(what: string, times: number, command: readonly string[]): Promise<number> {
  let red = 0
  for (let i = 1; i <= times; i++) {
    const { isGreen, seconds, lines } = await testsUnder(command)
    if (!isGreen) red++
    process.stdout.write(`${what}, run ${i} of ${times}: ${isGreen ? 'green' : 'RED'} in ${seconds.toFixed(0)} s\n`)
    process.stdout.write(lines.map(line => `  ${line.trim()}\n`).join(''))
  }
  return red
}

const [given = '10', ...more] = process.argv.slice(2)
const times = Number(given)
if (!Number.isInteger(times) || times < 1 || more.length > 0) {
  process.stderr.write(`${USAGE}\n`)
  process.exit(2)
}
const loop = busyLoop()
const red = await runs('with a busy loop on a core', times, []).finally(() => loop.kill('SIGKILL'))
const redAlone = await runs('on one core', times, ['taskset', '-c', '0'])
process.stdout.write(`${red + redAlone} of ${2 * times} runs were red\n`)
process.exitCode = red + redAlone === 0 ? 0 : 1
