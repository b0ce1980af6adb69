import { lazy, Suspense, useEffect, useRef } from 'react'
import { MicrophoneIcon } from '../icons.tsx'
import { Notice } from '../Notice.tsx'
import type { agentNamed } from '../state/names.ts'
import { type Problem, tell, tellMicrophone } from '../state/problems.ts'
import type { Found } from '../use-line.ts'
import type { Talking } from './use-conversation.ts'

// LiveKit's client is most of the page: it is loaded behind the button.
const loadInRoom = () => import('./InRoom.tsx')
const InRoom = lazy(loadInRoom)

interface StageProps {
  readonly found: Found
  readonly askAgain: () => void
  readonly talking: Talking
  readonly agent: ReturnType<typeof agentNamed>
  readonly isPushToTalk: boolean
}

/** The middle of the page: the button to talk, the conversation, or why there is none. */
export function Stage({ found, askAgain, talking, agent, isPushToTalk }: StageProps) {
  const { conversation } = talking
  const line = found.kind === 'line' ? found.line : undefined
  const begin = (): void => talking.talk({ withMicrophone: true, isMuted: isPushToTalk })
  const problem = problemIn(found, conversation)
  const isGoingOn = conversation.kind === 'joined' || conversation.kind === 'returning'
  return (
    <>
      {(isGoingOn || problem) && <h1 className="hidden">Talk to {agent.inSentence}</h1>}
      <Announced talking={talking} />
      {(conversation.kind === 'opening' || conversation.kind === 'joined') && (
        <MicrophoneNotice talking={talking} phoneNumber={line?.phoneNumber} />
      )}
      {conversation.kind === 'joined' ? (
        <Suspense fallback={<Waiting title="Connecting…" />}>
          <InRoom
            key={conversation.room.name}
            room={conversation.room}
            sight={line?.sight ?? null}
            isPushToTalk={isPushToTalk}
            onMicrophone={talking.setMicrophone}
            onLeave={talking.leave}
          />
        </Suspense>
      ) : conversation.kind === 'returning' ? (
        <Waiting
          title="Reconnecting…"
          text="The connection was lost. Your conversation is kept for half a minute, and this page keeps trying. A shared screen is shared no longer."
          onCancel={talking.leave}
        />
      ) : problem ? (
        <Notice
          told={tell(problem, line)}
          phoneNumber={line?.phoneNumber}
          takesFocus={conversation.kind === 'ended'}
          onAgain={againAfter(problem, conversation.kind === 'ended' ? begin : askAgain)}
        />
      ) : (
        <Begin {...{ line, talking, agent: agent.inSentence, begin, isPushToTalk }} />
      )}
    </>
  )
}

function problemIn(found: Found, conversation: Talking['conversation']): Problem | undefined {
  if (conversation.kind === 'opening') return undefined
  if (conversation.kind === 'ended' && conversation.problem) return conversation.problem
  if (found.kind === 'failed') return found.problem
  if (found.kind === 'line' && found.line.livekit === 'none') return { kind: 'no-livekit' }
  return window.isSecureContext ? undefined : { kind: 'insecure' }
}

const againAfter = (problem: Problem, again: () => void): (() => void) =>
  problem.kind === 'broken' ? () => location.reload() : again

interface BeginProps {
  readonly line: Extract<Found, { kind: 'line' }>['line'] | undefined
  readonly talking: Talking
  readonly agent: string
  readonly begin: () => void
  readonly isPushToTalk: boolean
}

function Begin({ line, talking, agent, begin, isPushToTalk }: BeginProps) {
  const isOpening = talking.conversation.kind === 'opening'
  const hasLeft = talking.conversation.kind === 'ended'
  const button = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    // The button to leave is gone, and the focus with it.
    if (hasLeft) button.current?.focus()
  }, [hasLeft])
  useEffect(() => {
    void loadInRoom().catch(() => undefined)
  }, [])
  return (
    <div className="begin">
      <h1>Talk to {agent}</h1>
      <p className="lead">
        {isPushToTalk
          ? 'Press the button to begin. Then hold it, or the space bar, while you speak.'
          : 'Press the button and speak, as on the phone. Interrupt whenever you like.'}
      </p>
      <button
        type="button"
        className="talk"
        ref={button}
        aria-disabled={isOpening || line === undefined || undefined}
        data-opening={isOpening || undefined}
        onClick={() => !isOpening && line && begin()}
      >
        <MicrophoneIcon />
        {isOpening ? 'Connecting…' : 'Talk'}
      </button>
      {isOpening && (
        <button type="button" className="link" onClick={talking.leave}>
          Cancel
        </button>
      )}
      {line && !line.understands && (
        <p className="quiet">
          No speech recognition is set up here: the agent speaks, and understands what you type. “npm run models”
          fetches one that runs on the server itself.
        </p>
      )}
      {line?.records && <p className="quiet">This conversation will be recorded.</p>}
    </div>
  )
}

interface WaitingProps {
  readonly title: string
  readonly text?: string
  readonly onCancel?: () => void
}

function Waiting({ title, text, onCancel }: WaitingProps) {
  return (
    <div className="stage" data-state="reconnecting">
      <div className="orb" aria-hidden="true" />
      <p className="state">
        <strong>{title}</strong>
        {text && <span className="hint">{text}</span>}
      </p>
      {onCancel && (
        <button type="button" onClick={onCancel}>
          End the conversation
        </button>
      )}
    </div>
  )
}

interface MicrophoneNoticeProps {
  readonly talking: Talking
  readonly phoneNumber: string | null | undefined
}

function MicrophoneNotice({ talking: { microphone }, phoneNumber }: MicrophoneNoticeProps) {
  return microphone && <Notice told={{ ...tellMicrophone(microphone), ring: true }} phoneNumber={phoneNumber} />
}

/** What changes without a place that has the focus, for screen readers. */
function Announced({ talking: { conversation } }: { readonly talking: Talking }) {
  const words = {
    idle: '',
    opening: 'Connecting',
    joined: 'Connected',
    returning: 'The connection was lost. Reconnecting.',
    ended: 'The conversation has ended',
  }[conversation.kind]
  return (
    <p role="status" className="hidden">
      {words}
    </p>
  )
}
