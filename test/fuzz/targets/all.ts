import type { Target } from '../target.ts'
import { calls } from './calls.ts'
import { mcp } from './mcp.ts'
import { media } from './media.ts'
import { PROVIDER_TARGETS } from './provider-list.ts'
import { rest } from './rest.ts'
import { room } from './room.ts'
import { webhooks } from './webhooks.ts'

export const TARGETS: readonly Target[] = [media, webhooks, rest, mcp, room, calls, ...PROVIDER_TARGETS]
