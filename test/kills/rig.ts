import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock as clock } from '../../src/clock.ts'
import { type Database, openDatabase } from '../../src/database/database.ts'
import { systemNetwork } from '../../src/network.ts'
import type { SandboxProcess } from '../../src/sandbox/process.ts'
import { type KeepCall, openTwilioStandIn, type TwilioStandIn } from '../../src/sandbox/twilio/stand-in.ts'
import { measuredTicker } from '../real-time/punctual.ts'
import { type Balancer, openBalancer } from './balancer.ts'
import { AUTH_TOKEN, openServers, type Servers } from './servers.ts'
import { openSlowTool, type SlowTool } from './slow-tool.ts'

export const ACCOUNT_SID = `AC${'0'.repeat(32)}`

/** The carrier, whose REST API the servers can ask. */
export interface Carrier {
  readonly standIn: TwilioStandIn
  readonly keep: KeepCall
  readonly ticker: ReturnType<typeof measuredTicker>['ticker']
  /** How late this process was at worst, since this was asked last. */
  readonly worstMs: () => number
}

export async function openCarrier(): Promise<Carrier> {
  const { ticker, worstMs } = measuredTicker(clock)
  const kept = Promise.withResolvers<KeepCall>()
  const standIn = await openTwilioStandIn({
    ...{ port: 0, accountSid: ACCOUNT_SID, authToken: AUTH_TOKEN, ticker, network: systemNetwork },
    routes: async (_app, keep) => kept.resolve(keep),
  })
  return { standIn, keep: await kept.promise, ticker, worstMs }
}

/** Servers of one number, with one database, behind a balancer, and somebody else's tool beside them. */
export interface Rig {
  readonly carrier: Carrier
  readonly sandbox: SandboxProcess
  readonly balancer: Balancer
  readonly servers: Servers
  readonly database: Database
  readonly tool: SlowTool
  close(): Promise<void>
}

export interface RigParts {
  readonly carrier: Carrier
  readonly sandbox: SandboxProcess
  /** How many servers there should always be. */
  readonly count: number
  /** A shared PostgreSQL; without one, a shared SQLite file. */
  readonly databaseUrl?: string | undefined
  readonly env?: Readonly<Record<string, string>>
}

export async function openRig(parts: RigParts, signal: AbortSignal): Promise<Rig> {
  const { carrier, sandbox, count } = parts
  const folder = await mkdtemp(join(tmpdir(), 'partyline-kills-'))
  const databaseUrl = parts.databaseUrl ?? `sqlite:${join(folder, 'shared.sqlite')}`
  const tool = await openSlowTool(clock)
  const toolsFile = join(folder, 'tools.json')
  await writeFile(toolsFile, JSON.stringify(tool.settings))
  const balancer = openBalancer(clock)
  const env = {
    ...{ AGENT: 'task-manager', DATABASE_URL: databaseUrl, TOOLS_FILE: toolsFile, TRUST_PROXY: '127.0.0.1' },
    ...{ TWILIO_ACCOUNT_SID: ACCOUNT_SID, TWILIO_API_URL: carrier.standIn.url },
    ...parts.env,
  }
  const servers = await openServers({ count, folder, sandbox, balancer, env, clock }, signal)
  const database = await openDatabase(databaseUrl)
  return {
    ...{ carrier, sandbox, balancer, servers, database, tool },
    async close() {
      await servers.close()
      await balancer.close()
      await tool.close()
      await database.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
