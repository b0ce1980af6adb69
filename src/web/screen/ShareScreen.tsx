import type { Room } from 'livekit-client'
import { useEffect, useRef, useState } from 'react'
import { createPortal } from 'react-dom'
import { PauseIcon, ResumeIcon, ScreenIcon, StopIcon } from '../icons.tsx'
import type { Line } from '../server/line.ts'
import { ConsentDialog } from './ConsentDialog.tsx'
import { canShareScreen, type SharedScreen, shareScreen } from './shared-screen.ts'

interface ShareScreenProps {
  readonly room: Room
  readonly sight: NonNullable<Line['sight']>
  /** The agent's `partyline.sight`: off, watching or paused. */
  readonly seen: string | undefined
}

type Sharing =
  | { readonly kind: 'off' }
  | { readonly kind: 'asking' }
  | { readonly kind: 'starting' }
  | { readonly kind: 'shared'; readonly screen: SharedScreen; readonly isPaused: boolean }

/** The button that shows the screen, the question before, and the bar that says that it is shown. */
export function ShareScreen({ room, sight, seen }: ShareScreenProps) {
  const [sharing, setSharing] = useState<Sharing>({ kind: 'off' })
  const [failed, setFailed] = useState<string>()
  const button = useRef<HTMLButtonElement>(null)
  const live = useRef<SharedScreen>(undefined)
  useEffect(() => () => void live.current?.stop(), [])
  const isShared = sharing.kind === 'shared'
  const wasShared = useRef(false)
  useEffect(() => {
    // The bar with its buttons is gone, and the focus with it.
    if (wasShared.current && !isShared) button.current?.focus()
    wasShared.current = isShared
  }, [isShared])

  const start = async (): Promise<void> => {
    setSharing({ kind: 'starting' })
    setFailed(undefined)
    try {
      const screen = await shareScreen(room, () => {
        live.current = undefined
        setSharing({ kind: 'off' })
      })
      live.current = screen
      setSharing({ kind: 'shared', screen, isPaused: false })
    } catch (error) {
      setSharing({ kind: 'off' })
      const isRefused = error instanceof Error && error.name === 'NotAllowedError'
      setFailed(
        isRefused ? 'Nothing was chosen, so nothing is shared.' : 'The screen could not be shared. Please try again.',
      )
    }
  }
  if (!canShareScreen()) {
    return <p className="note">This browser cannot share its screen; most phones cannot. A computer can.</p>
  }
  return (
    <>
      {sharing.kind === 'shared' ? (
        <SharedBar seen={seen} sharing={sharing} onPaused={isPaused => setSharing({ ...sharing, isPaused })} />
      ) : (
        <button
          type="button"
          ref={button}
          aria-disabled={sharing.kind === 'starting' || undefined}
          onClick={() => sharing.kind === 'off' && setSharing({ kind: 'asking' })}
        >
          <ScreenIcon />
          Share screen
        </button>
      )}
      {sharing.kind === 'asking' && (
        <ConsentDialog
          sight={sight}
          onAgree={() => void start()}
          onClose={() => setSharing(now => (now === sharing ? { kind: 'off' } : now))}
        />
      )}
      <p role="status" className="hidden">
        {sharing.kind === 'shared' && (sharing.isPaused ? 'Sharing is paused' : 'Your screen is shared')}
      </p>
      {failed && (
        <p role="alert" className="note">
          {failed}
        </p>
      )}
    </>
  )
}

interface SharedBarProps {
  readonly seen: string | undefined
  readonly sharing: Extract<Sharing, { kind: 'shared' }>
  readonly onPaused: (isPaused: boolean) => void
}

function SharedBar({ seen, sharing: { screen, isPaused }, onPaused }: SharedBarProps) {
  const first = useRef<HTMLButtonElement>(null)
  // The button that was pressed to come here is gone.
  useEffect(() => first.current?.focus(), [])
  const turn = (): void => {
    onPaused(!isPaused)
    void (isPaused ? screen.resume() : screen.pause())
  }
  const bar = (
    <section className="shared" data-paused={isPaused || undefined} aria-label="Your shared screen">
      <p>
        <strong>{isPaused ? 'Sharing is paused' : 'Your screen is shared'}</strong>
        <span>
          {isPaused
            ? 'Nothing of it is sent.'
            : seen === 'watching'
              ? 'The agent can see it.'
              : 'Waiting for the agent to look.'}
        </span>
      </p>
      <button type="button" ref={first} onClick={turn}>
        {isPaused ? <ResumeIcon /> : <PauseIcon />}
        {isPaused ? 'Resume' : 'Pause'}
      </button>
      <button type="button" onClick={() => void screen.stop()}>
        <StopIcon />
        Stop sharing
      </button>
    </section>
  )
  // At the top of the page, where it stays in sight.
  const place = document.getElementById('shared')
  return place ? createPortal(bar, place) : bar
}
