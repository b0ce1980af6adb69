import type { LocalAudioTrack, Room } from 'livekit-client'
import { useCallback, useEffect, useReducer, useRef, useState } from 'react'
import { agentAsked, askRoom } from '../server/room.ts'
import { type Caption, folded } from '../state/captions.ts'
import { converse } from '../state/converse.ts'
import { kept } from '../state/kept.ts'
import { type MicrophoneProblem, type Problem, problemOf } from '../state/problems.ts'
import { waitOrOnline } from '../state/waiting.ts'
import { isFresh } from '../state/way-back.ts'

export type Conversation =
  | { readonly kind: 'idle' }
  | { readonly kind: 'opening' }
  | { readonly kind: 'joined'; readonly room: Room }
  | { readonly kind: 'returning' }
  | { readonly kind: 'ended'; readonly problem: Problem | undefined }

export interface Opening {
  readonly withMicrophone: boolean
  /** For push-to-talk: the microphone is closed until the button is held. */
  readonly isMuted: boolean
  /** What was typed to begin with. */
  readonly say?: string
}

export interface Talking {
  readonly conversation: Conversation
  readonly captions: readonly Caption[]
  readonly microphone: MicrophoneProblem | undefined
  readonly setMicrophone: (problem: MicrophoneProblem | undefined) => void
  /** Grows with each change that a tool made. */
  readonly changes: number
  readonly talk: (opening: Opening) => void
  readonly leave: () => void
}

/** The browser's end of a conversation. A page that was reloaded in the middle of one goes on by itself. */
export function useConversation(): Talking {
  const [conversation, setConversation] = useState<Conversation>({ kind: 'idle' })
  const [captions, addCaption] = useReducer(folded, [])
  const [changes, countChange] = useReducer((count: number) => count + 1, 0)
  const [microphone, setMicrophone] = useState<MicrophoneProblem>()
  const leaving = useRef<AbortController>(undefined)

  const run = useCallback(async (opening: Opening, hasDropped: boolean): Promise<void> => {
    leaving.current?.abort()
    const own = new AbortController()
    leaving.current = own
    const { signal } = own
    const show = (next: Conversation): void => {
      if (leaving.current === own) setConversation(next)
    }
    let { withMicrophone, isMuted, say } = opening
    let first: LocalAudioTrack | undefined
    const keep = (back: string): void => {
      if (leaving.current === own && !signal.aborted) kept.write({ back, isMuted, withMicrophone })
    }
    show({ kind: hasDropped ? 'returning' : 'opening' })
    setMicrophone(undefined)
    try {
      // Loaded when it is needed: the page itself is there at once.
      const [{ openMicrophone }, { stay }] = await Promise.all([import('./microphone.ts'), import('./stay.ts')])
      const open = async (): Promise<LocalAudioTrack | undefined> => {
        if (!withMicrophone) return undefined
        const opened = await openMicrophone()
        setMicrophone(typeof opened === 'string' ? opened : undefined)
        if (typeof opened === 'string') return undefined
        if (isMuted) await opened.mute()
        return opened
      }
      // Before the agent greets: the person still has the browser's question before their eyes.
      first = await open()
      signal.throwIfAborted()
      const problem = await converse(
        {
          ...{ back: kept.read()?.back, hasDropped, ask: askRoom(agentAsked(location.search)), wait: waitOrOnline },
          nowMs: () => performance.now(),
          onReturning: () => show({ kind: 'returning' }),
          stay: async ({ back, ...access }) => {
            keep(back)
            const track = first ?? (await open())
            const words = say
            first = undefined
            say = undefined
            return stay(
              access,
              {
                ...{ microphone: track, say: words, isCompanion: false, onCaption: addCaption, onChanged: countChange },
                onJoined: room => show({ kind: 'joined', room }),
                onMicrophone: microphone => {
                  if (microphone === 'none') return
                  withMicrophone = true
                  isMuted = microphone === 'muted'
                  keep(back)
                },
              },
              signal,
            )
          },
        },
        signal,
      )
      if (signal.aborted) return
      if (problem?.kind === 'over' || problem?.kind === 'gone') kept.forget()
      show({ kind: 'ended', problem })
    } catch {
      if (!signal.aborted) show({ kind: 'ended', problem: problemOf('broken') })
    } finally {
      first?.stop()
    }
  }, [])

  const isLive = useRef(false)
  isLive.current = conversation.kind === 'joined' || conversation.kind === 'returning'
  useEffect(() => {
    const remember = (): void => {
      const known = kept.read()
      if (isLive.current && known) kept.write({ ...known, leftMs: Date.now() })
    }
    // Registered before any room's, which ends the conversation.
    window.addEventListener('pagehide', remember)
    return () => window.removeEventListener('pagehide', remember)
  }, [])

  useEffect(() => {
    const known = kept.read()
    if (known && isFresh(known, Date.now())) void run(known, true)
  }, [run])

  const talk = useCallback((opening: Opening) => void run(opening, false), [run])
  const leave = useCallback(() => {
    leaving.current?.abort()
    kept.forget()
    setConversation({ kind: 'ended', problem: undefined })
  }, [])
  return { conversation, captions, microphone, setMicrophone, changes, talk, leave }
}
