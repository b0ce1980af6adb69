import type { LiveCall } from '../server/shapes.ts'

/** Servers that do not say it have all their calls themselves. */
export const isHere = ({ heldHere }: LiveCall): boolean => heldHere !== false

/** Why a call of another server cannot be listened to here. */
export const elsewhereWords = ({ server }: LiveCall): string =>
  `Another server has this call${server ? `: ${server}` : ''}. It cannot be listened to from here.`
