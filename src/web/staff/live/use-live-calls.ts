import { useEffect, useState } from 'react'
import { toldOf } from '../server/ask.ts'
import { askLive } from '../server/live.ts'
import type { LiveCall } from '../server/shapes.ts'

const EVERY_MS = 2_000

export interface LiveCalls {
  readonly calls: readonly LiveCall[] | undefined
  readonly failed: string | undefined
}

/** The calls that are on the line now, asked for again and again while the page is seen. */
export function useLiveCalls(onOut: () => void): LiveCalls {
  const [live, setLive] = useState<LiveCalls>({ calls: undefined, failed: undefined })
  useEffect(() => {
    const left = new AbortController()
    let timer: ReturnType<typeof setTimeout> | undefined
    const look = async (): Promise<void> => {
      if (!document.hidden) {
        const answer = await askLive(left.signal)
        if (answer.kind === 'ok') setLive({ calls: answer.value.calls, failed: undefined })
        else if (answer.status === 401) return onOut()
        else setLive(({ calls }) => ({ calls, failed: toldOf(answer) }))
      }
      if (!left.signal.aborted) timer = setTimeout(again, EVERY_MS)
    }
    const again = (): void => void look().catch(() => undefined)
    again()
    return () => {
      left.abort()
      clearTimeout(timer)
    }
  }, [onOut])
  return live
}
