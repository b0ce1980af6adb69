import type { Room } from 'livekit-client'
import { useCallback, useReducer, useRef, useState } from 'react'
import { askCompanion, type RoomAccess } from '../server/room.ts'
import { type Caption, folded } from '../state/captions.ts'
import { converse } from '../state/converse.ts'
import { besideCall, type Problem, problemOf } from '../state/problems.ts'
import { waitOrOnline } from '../state/waiting.ts'

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
    let access: RoomAccess | undefined
    try {
      const { stay } = await import('../talk/stay.ts')
      const problem = await converse(
        {
          ...{ back: undefined, hasDropped: false, wait: waitOrOnline },
          // The code is good for one time, but what it brought leads back into the room after a drop.
          async ask(_, inner) {
            if (access) return { kind: 'ok', value: access }
            const answer = await askCompanion(code, inner)
            if (answer.kind === 'failed') return answer
            access = { ...answer.value, back: '' }
            return { kind: 'ok', value: access }
          },
          stay: (room, inner) =>
            stay(
              room,
              {
                ...{ microphone: undefined, say: undefined, isCompanion: true, onCaption: addCaption },
                onJoined: joined => show({ kind: 'joined', room: joined }),
                onChanged: () => undefined,
                onMicrophone: () => undefined,
              },
              inner,
            ),
          nowMs: () => performance.now(),
          onReturning: () => show({ kind: 'joining' }),
        },
        signal,
      )
      show({ kind: 'ended', problem: problem && besideCall(problem) })
    } catch {
      show({ kind: 'ended', problem: signal.aborted ? undefined : problemOf('broken') })
    }
  }, [])

  const join = useCallback((code: string) => void run(code), [run])
  const leave = useCallback(() => leaving.current?.abort(), [])
  return { companion, captions, join, leave }
}
