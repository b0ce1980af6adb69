import type { Target } from '../target.ts'
import { PROVIDER_TARGETS } from './provider-list.ts'

export const TARGETS: readonly Target[] = [...PROVIDER_TARGETS]
