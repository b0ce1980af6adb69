/** Why the microphone cannot be used. */
export type MicrophoneTrouble = 'denied' | 'none' | 'in-use' | 'failed' | 'insecure'
/** Something about the microphone that the person should know; the call goes on. */
export type Hint = 'silent' | 'echo' | 'other' | 'unplugged'
/** Why there is no sound, or no call. */
export type Problem =
  | MicrophoneTrouble
  | 'rates'
  | 'worklet'
  | 'old'
  | 'held'
  | 'stuck'
  | 'away'
  | 'no-server'
  | 'not-ready'
  | 'lost'

interface Words {
  readonly title: string
  readonly text: string
  /** What the button says that tries again; none where that cannot help. */
  readonly again?: string
}

const WORDS: Readonly<Record<Problem, Words>> = {
  denied: {
    title: 'The microphone is blocked',
    text: 'This browser does not let the page listen. Allow the microphone beside the address of the page, then try again.',
    again: 'Try again',
  },
  none: {
    title: 'No microphone was found',
    text: 'Plug one in or switch it on, then try again.',
    again: 'Try again',
  },
  'in-use': {
    title: 'The microphone is busy',
    text: 'Another program holds it. Close that program, then try again.',
    again: 'Try again',
  },
  failed: {
    title: 'The microphone does not work',
    text: 'The browser could not open it. Check the sound settings of this machine, then try again.',
    again: 'Try again',
  },
  insecure: {
    title: 'Open this page at another address',
    text: 'Browsers allow a microphone only on pages of this machine, or with https. On the machine where the sandbox runs, open:',
  },
  rates: {
    title: 'This microphone does not go with the loudspeaker',
    text: 'They run at different rates, and this browser cannot join them. Choose another microphone, or make both run at the same rate in the sound settings of this machine.',
    again: 'Try again',
  },
  worklet: {
    title: 'A part of this page could not be loaded',
    text: 'The file for the sound did not come. An extension that blocks scripts may hold it, or the page is out of date. Load the page again.',
    again: 'Load again',
  },
  old: {
    title: 'This browser is too old',
    text: 'It cannot play sound as a phone call needs it. Any Chrome, Edge, Firefox or Safari of the last years can.',
  },
  held: {
    title: 'Your browser has paused the sound',
    text: 'The call goes on, but you hear nothing and are not heard. A phone call, a locked screen or a headset that was taken off can be the reason.',
    again: 'Go on with the sound',
  },
  stuck: {
    title: 'The sound has stopped',
    text: 'The sound card of this machine gives nothing any more. Hang up, check its sound settings, and call again.',
  },
  away: {
    title: 'The sandbox cannot be reached',
    text: 'It rings the server for this page. It may have ended. This page keeps trying. To start it again:',
    again: 'Try again now',
  },
  'no-server': {
    title: 'There is no server to ring yet',
    text: 'This page knows when it is there.',
  },
  'not-ready': {
    title: 'The server is not ready',
    text: 'You can call all the same, and hear what it says then.',
  },
  lost: {
    title: 'The line was lost',
    text: 'The sandbox went away during the call, so the call has ended.',
  },
}

const COMMANDS: Readonly<Partial<Record<Problem, string>>> = { away: 'npm start' }

/** What can be done without the microphone, or with the one before. */
export const WITHOUT_MICROPHONE = 'Without it you can still listen, and press keys.'
export const MICROPHONE_STAYS = 'Until then the microphone that was used before stays.'

/** A problem in words. `address`: where this page would work. `help` is to be copied. */
export function tell(problem: Problem, address?: string): Words & { readonly help?: string } {
  const help = problem === 'insecure' ? address : COMMANDS[problem]
  return { ...WORDS[problem], ...(help !== undefined && { help }) }
}

/** The same port on the machine itself, where browsers allow a microphone without https. */
export const localAddress = ({ port }: { readonly port: string }): string => `http://127.0.0.1${port && `:${port}`}/`
