import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { onPath } from '../../src/livekit/program.ts'

/** Debian's haproxy, or undefined where it is not installed. It lies outside of a user's PATH there. */
export const haproxy = onPath('haproxy', { PATH: `${process.env.PATH}:/usr/sbin:/usr/local/sbin` })

/**
 * A proxy at `port` for servers at these ports of this machine: it asks each twice a second whether it is ready. Under
 * `/servers-up` it says how many it has found ready. Ends with the test.
 */
export async function openProxy(port: number, servers: readonly number[]): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'partyline-proxy-'))
  const file = join(folder, 'haproxy.cfg')
  const lines = servers.map(
    (server, i) => `  server s${i} 127.0.0.1:${server} check inter 500ms fall 1 rise 1 init-addr none`,
  )
  await writeFile(
    file,
    `defaults
  mode http
  retries 3
  option redispatch 1
  timeout connect 2s
  timeout client 60s
  timeout server 60s
  timeout tunnel 1h
frontend callers
  bind 127.0.0.1:${port}
  http-request return status 200 content-type text/plain lf-string "%[nbsrv(servers)]" if { path /servers-up }
  default_backend servers
backend servers
  balance leastconn
  option httpchk GET /readyz
${lines.join('\n')}
`,
  )
  const proxy = spawn(haproxy ?? 'haproxy', ['-db', '-f', file], { stdio: ['ignore', 'ignore', 'pipe'] })
  onTestFinished(async () => {
    if (proxy.exitCode === null) {
      proxy.kill('SIGKILL')
      await once(proxy, 'exit')
    }
    await rm(folder, { recursive: true })
  })
  await once(proxy, 'spawn')
}
