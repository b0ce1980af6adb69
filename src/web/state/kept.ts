import { type Kept, keptFrom } from './way-back.ts'

const KEY = 'partyline.conversation'

/** What this tab remembers over a reload. A browser may forbid storage: then nothing is remembered. */
export const kept = {
  read(): Kept | undefined {
    try {
      return keptFrom(sessionStorage.getItem(KEY))
    } catch {
      return undefined
    }
  },
  write(value: Kept): void {
    try {
      sessionStorage.setItem(KEY, JSON.stringify(value))
    } catch {
      // It cannot be had back after a reload then.
    }
  },
  forget(): void {
    try {
      sessionStorage.removeItem(KEY)
    } catch {
      // There was nothing.
    }
  },
}
