import type { FastifyInstance } from 'fastify'
import type { WaitingSound, WaitingSounds } from '../sounds/waiting-sound.ts'

const YEAR_S = 365 * 24 * 3_600

/** The address of the piece that comes after so many; undefined where nothing is to be heard. */
export function pieceUrl(publicUrl: string, sound: WaitingSound | undefined, before: number): string | undefined {
  const piece = sound?.pieces[before % sound.pieces.length]
  return piece && `${publicUrl}/calls/waiting/${piece.name}.wav`
}

/** The same words with this file in place of the pause after them. */
export const withSound = (xml: string, url: string | undefined): string =>
  url === undefined ? xml : xml.replace(/<Pause length="\d+"\/>/, `<Play>${url}</Play>`)

/** GET /calls/waiting/NAME.wav: for the carrier, which keeps it. There is nothing of a caller in it, so nobody has to sign. */
export function waitingRoute(app: FastifyInstance, sounds: () => WaitingSounds | undefined): void {
  app.get<{ Params: { readonly name: string } }>('/calls/waiting/:name', async ({ params }, reply) => {
    const pieces = sounds()?.all.flatMap(sound => sound.pieces)
    const found = pieces?.find(({ name }) => `${name}.wav` === params.name)
    if (!found) return reply.code(404).send('there is no such sound')
    return reply
      .headers({ 'content-type': 'audio/wav', 'cache-control': `public, max-age=${YEAR_S}, immutable` })
      .send(Buffer.from(found.wav))
  })
}
