import type { Line } from '../server/line.ts'

/** Why there is no conversation, or no longer one. */
export type Problem =
  | { readonly kind: Trouble }
  /** Whatever else the server said, in its own words. */
  | { readonly kind: 'refused'; readonly message: string }

type Trouble =
  | 'no-livekit'
  | 'busy'
  | 'stopping'
  | 'unavailable'
  | 'limited'
  | 'forbidden'
  | 'offline'
  | 'unreachable'
  | 'no-agent'
  | 'gone'
  | 'over'
  | 'call-over'
  | 'companion-gone'
  | 'taken-over'
  | 'wrong'
  | 'wrong-codes'
  | 'broken'
  | 'insecure'

/** A problem in words. */
export interface Told {
  readonly title: string
  readonly text: string
  /** A command or setting for who runs the server. */
  readonly help?: string
  /** What the button says that tries again; none where that cannot help. */
  readonly again?: string
  /** Whether to offer the phone: not where the conversation simply ended. */
  readonly ring: boolean
}

const WORDS: Readonly<Record<Trouble, Omit<Told, 'help'>>> = {
  'no-livekit': {
    title: 'Talking is not set up here yet',
    text: 'Sound travels through a LiveKit server, and none is running for this page.',
    again: 'Check again',
    ring: true,
  },
  busy: {
    title: 'All lines are busy',
    text: 'Others are talking just now. Please try again in a minute.',
    again: 'Try again',
    ring: true,
  },
  stopping: {
    title: 'The server is restarting',
    text: 'It takes no new conversations for a moment. Please try again shortly.',
    again: 'Try again',
    ring: true,
  },
  unavailable: {
    title: 'Something is not working',
    text: 'The server could not open a conversation. Please try again in a little while.',
    again: 'Try again',
    ring: true,
  },
  limited: {
    title: 'Too many tries',
    text: 'Too many conversations were opened from here in a short time. Please wait a minute, then try again.',
    again: 'Try again',
    ring: true,
  },
  forbidden: {
    title: 'This address is not allowed',
    text: 'The server does not take conversations from the address that this page was opened at. Please open it at its usual address.',
    ring: true,
  },
  offline: {
    title: 'The server cannot be reached',
    text: 'Your network or the server is away. Check that you are online, then try again.',
    again: 'Try again',
    ring: true,
  },
  unreachable: {
    title: 'The sound cannot get through',
    text: 'The page works, but the connection for sound was refused or blocked. A firewall, a VPN or a privacy extension may stand in the way. Another network often helps.',
    again: 'Try again',
    ring: true,
  },
  'no-agent': {
    title: 'Nobody answered',
    text: 'You were connected, but the agent did not come. Please try again.',
    again: 'Try again',
    ring: true,
  },
  gone: {
    title: 'The connection was lost',
    text: 'It did not come back within half a minute, so this conversation has ended. Your tasks are kept. You can begin a new one.',
    again: 'Talk again',
    ring: true,
  },
  over: {
    title: 'The conversation has ended',
    text: 'The agent said goodbye. You can begin a new one whenever you like.',
    again: 'Talk again',
    ring: false,
  },
  'call-over': {
    title: 'The call has ended',
    text: 'Nothing is shared any more. For another call, type its code here.',
    ring: false,
  },
  'companion-gone': {
    title: 'The connection was lost',
    text: 'The phone call goes on, and nothing is shared any more. Ask for a new code on the phone to join again.',
    ring: false,
  },
  'taken-over': {
    title: 'The conversation moved to another tab',
    text: 'It goes on there. You can also bring it back here.',
    again: 'Bring it back here',
    ring: false,
  },
  wrong: {
    title: 'That code does not fit',
    text: 'It may be mistyped, used already, or older than ten minutes. Ask for a new one on the phone.',
    ring: false,
  },
  'wrong-codes': {
    title: 'Too many wrong codes',
    text: 'Please wait ten minutes. Then ask for a new code on the phone, and type it here.',
    ring: false,
  },
  broken: {
    title: 'This page is out of date',
    text: 'A part of it could not be loaded. Please load the page again.',
    again: 'Load again',
    ring: true,
  },
  insecure: {
    title: 'Open this page over https',
    text: 'Browsers allow a microphone, and sharing a screen, only on pages that are served securely. Open this page at an address with https://, or at http://localhost on the machine itself.',
    ring: true,
  },
}

/** The problem that the server's word, or ours, stands for. */
export function problemOf(why: string, message?: string): Problem {
  if (Object.hasOwn(WORDS, why)) return { kind: why as Trouble }
  return message === undefined ? { kind: 'unavailable' } : { kind: 'refused', message }
}

/** The same problem where somebody shows a screen beside a phone call, or tries to. */
export function besideCall(problem: Problem): Problem {
  switch (problem.kind) {
    case 'over':
      return { kind: 'call-over' }
    case 'gone':
      return { kind: 'companion-gone' }
    case 'limited':
      return { kind: 'wrong-codes' }
    default:
      return problem
  }
}

/** Explains a problem to the person, and to who runs the server where `help` is known. */
export function tell(problem: Problem, line: Pick<Line, 'help'> | undefined): Told {
  if (problem.kind === 'refused') {
    return { title: 'That did not work', text: problem.message, again: 'Try again', ring: true }
  }
  const words = WORDS[problem.kind]
  return problem.kind === 'no-livekit' && line?.help ? { ...words, help: line.help } : words
}

/** Why the microphone cannot be used. */
export type MicrophoneProblem = 'denied' | 'none' | 'in-use' | 'failed'

const MICROPHONE: Readonly<Record<MicrophoneProblem, Pick<Told, 'title' | 'text'>>> = {
  denied: {
    title: 'The microphone is blocked',
    text: 'This browser does not let the page listen. Allow the microphone beside the address of the page, then press “Use the microphone”. Until then you can type.',
  },
  none: {
    title: 'No microphone was found',
    text: 'Plug one in or switch it on, then press “Use the microphone”. Until then you can type. A camera is never needed.',
  },
  'in-use': {
    title: 'The microphone is busy',
    text: 'Another program holds it. Close that program, then press “Use the microphone”. Until then you can type.',
  },
  failed: {
    title: 'The microphone does not work',
    text: 'The browser could not open it. Check the sound settings of this machine, then press “Use the microphone”. Until then you can type.',
  },
}
export const tellMicrophone = (problem: MicrophoneProblem): Pick<Told, 'title' | 'text'> => MICROPHONE[problem]

/** By the name of what getUserMedia throws. */
export function microphoneProblem(errorName: string): MicrophoneProblem {
  switch (errorName) {
    case 'NotAllowedError':
    case 'PermissionDeniedError':
    case 'SecurityError':
      return 'denied'
    case 'NotFoundError':
    case 'DevicesNotFoundError':
    case 'OverconstrainedError':
      return 'none'
    case 'NotReadableError':
    case 'TrackStartError':
    case 'AbortError':
      return 'in-use'
    default:
      return 'failed'
  }
}
