import { useSyncExternalStore } from 'react'
import type { Seen, Softphone } from './phone/softphone.ts'

/** What the phone shows, as it changes. */
export const useSeen = (softphone: Softphone): Seen => useSyncExternalStore(softphone.subscribe, () => softphone.seen)
