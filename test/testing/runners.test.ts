import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const FILE = fileURLToPath(new URL('with-node-test.ts', import.meta.url))

/** Ends by itself, or the test runs out of time. */
const withNodesRunner = (): Promise<{ readonly code: number; readonly output: string }> =>
  new Promise(resolve => {
    // Without what tells the child that it is part of a run of tests.
    const { NODE_TEST_CONTEXT: _, ...env } = process.env
    execFile(process.execPath, ['--test-reporter=spec', FILE], { env }, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), output: `${stdout}${stderr}` }),
    )
  })

test("with Node's own runner a failure is a failed assertion with the call so far, and nothing is left running", async () => {
  const { code, output } = await withNodesRunner()
  expect(code).toBe(1)
  expect(output).toMatch(/✔ passes/)
  expect(output).toMatch(/✖ fails/)
  expect(output).toMatch(/✔ has timers of its own/)
  expect(output).toContain('The agent was expected to say /total/.')
  expect(output).toContain('It said: "Two margheritas."')
  expect(output).toContain('Caller: two margheritas please')
  expect(output).toContain('with-node-test.ts')
  expect(output).toMatch(/pass 2/)
  expect(output).toMatch(/fail 1/)
})
