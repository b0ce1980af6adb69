import type { Room } from 'livekit-client'
import { useCallback, useReducer, useRef, useState } from 'react'
import { askCompanion } from '../server/room.ts'
import { type Caption, folded } from '../state/captions.ts'
import { type Problem, problemOf } from '../state/problems.ts'

export type Companion =
  | { readonly kind: 'asking' }
  /** The code has too few digits. */
  | { readonly kind: 'short' }
  | { readonly kind: 'joining' }
  | { readonly kind: 'joined'; readonly room: Room }
  | { readonly kind: 'ended'; readonly problem: Problem | undefined }

const CODE = /^\d{6}$/

/** Joins a phone call by its code, and stays until one of both ends it. */
export function useCompanion() {
  const [companion, setCompanion] = useState<Companion>({ kind: 'asking' })
  const [captions, addCaption] = useReducer(folded, [] as readonly Caption[])
  const leaving = useRef<AbortController>(undefined)

  const run = useCallback(async (code: string): Promise<void> => {
    leaving.current?.abort()
    const own = new AbortController()
    leaving.current = own
    const { signal } = own
    const show = (next: Companion): void => {
      if (leaving.current === own) setCompanion(next)
    }
    if (!CODE.test(code)) return show({ kind: 'short' })
    show({ kind: 'joining' })
    try {
      const [{ stay }, answer] = await Promise.all([import('../talk/stay.ts'), askCompanion(code, signal)])
      if (answer.kind === 'failed') return show({ kind: 'ended', problem: problemOf(answer.why, answer.message) })
      const ended = await stay(
        answer.value,
        {
          ...{ microphone: undefined, say: undefined, isCompanion: true, onCaption: addCaption },
          onJoined: room => show({ kind: 'joined', room }),
          onChanged: () => undefined,
          onMicrophone: () => undefined,
        },
        signal,
      )
      // The code was good for one time, so there is no way back by itself.
      const why = { left: undefined, over: 'call-over', dropped: 'companion-gone', 'taken-over': 'taken-over' } as const
      const problem = ended in why ? why[ended as keyof typeof why] : ended
      show({ kind: 'ended', problem: problem && problemOf(problem) })
    } catch {
      show({ kind: 'ended', problem: signal.aborted ? undefined : problemOf('broken') })
    }
  }, [])

  const join = useCallback((code: string) => void run(code), [run])
  const leave = useCallback(() => leaving.current?.abort(), [])
  return { companion, captions, join, leave }
}
