import type { Mouth } from './mouth.ts'

/** The side of the picture, in pixels. */
export const SIDE = 320

interface Colour {
  readonly y: number
  readonly u: number
  readonly v: number
}

/** By BT.601, as browsers take video to be. */
function colour(red: number, green: number, blue: number): Colour {
  return {
    y: Math.round(16 + 0.257 * red + 0.504 * green + 0.098 * blue),
    u: Math.round(128 - 0.148 * red - 0.291 * green + 0.439 * blue),
    v: Math.round(128 + 0.439 * red - 0.368 * green - 0.071 * blue),
  }
}

const PAPER = colour(226, 238, 240)
const SKIN = colour(255, 209, 128)
const CHEEK = colour(250, 178, 122)
const DARK = colour(43, 58, 66)
const INSIDE = colour(120, 36, 48)
const TEETH = colour(250, 248, 240)

const MIDDLE = SIDE / 2
const HEAD_RADIUS = 132
const EYE = { away: 46, y: 132, width: 13, height: 18 }
const CHEEKS = { away: 78, y: 186, radius: 20 }
const MOUTH = { y: 206, narrow: 24, wide: 52, height: 46, line: 3, smile: 11 }

/** A picture in the planes of I420. */
class Canvas {
  readonly data: Uint8Array
  constructor(data = new Uint8Array((SIDE * SIDE * 3) / 2)) {
    this.data = data
  }

  point(x: number, y: number, { y: luma, u, v }: Colour): void {
    this.data[y * SIDE + x] = luma
    if (x % 2 !== 0 || y % 2 !== 0) return
    const half = SIDE / 2
    const at = SIDE * SIDE + (y / 2) * half + x / 2
    this.data[at] = u
    this.data[at + half * half] = v
  }

  /** Colours each point of a rectangle around a middle for which `isIn` holds. */
  fill(
    middle: { readonly x: number; readonly y: number },
    reach: { readonly x: number; readonly y: number },
    of: Colour,
    isIn: (x: number, y: number) => boolean,
  ): void {
    for (let y = -reach.y; y <= reach.y; y++)
      for (let x = -reach.x; x <= reach.x; x++) if (isIn(x, y)) this.point(middle.x + x, middle.y + y, of)
  }

  ellipse(x: number, y: number, width: number, height: number, of: Colour): void {
    this.fill({ x, y }, { x: width, y: height }, of, (dx, dy) => (dx / width) ** 2 + (dy / height) ** 2 <= 1)
  }
}

/** What is always there. */
function background(): Uint8Array {
  const canvas = new Canvas()
  const whole = { x: MIDDLE, y: MIDDLE }
  canvas.fill(whole, { x: MIDDLE - 1, y: MIDDLE - 1 }, PAPER, () => true)
  // The rectangle around the middle leaves out the first row and column.
  for (let at = 0; at < SIDE; at++) {
    canvas.point(at, 0, PAPER)
    canvas.point(0, at, PAPER)
  }
  canvas.ellipse(MIDDLE, MIDDLE, HEAD_RADIUS, HEAD_RADIUS, SKIN)
  for (const side of [-1, 1]) canvas.ellipse(MIDDLE + side * CHEEKS.away, CHEEKS.y, CHEEKS.radius, CHEEKS.radius, CHEEK)
  return canvas.data
}

/** Draws a plain friendly face. Each picture has its own array: who takes it keeps it. */
export function facePainter() {
  const base = background()
  return (mouth: Mouth, isBlinking: boolean): Uint8Array => {
    const canvas = new Canvas(base.slice())
    for (const side of [-1, 1])
      canvas.ellipse(MIDDLE + side * EYE.away, EYE.y, EYE.width, isBlinking ? 2 : EYE.height, DARK)
    drawMouth(canvas, mouth)
    return canvas.data
  }
}

/** Two curves that meet at the corners, which are higher than the middle: closed they are a smile. */
function drawMouth(canvas: Canvas, { open, wide }: Mouth): void {
  const width = Math.round(MOUTH.narrow + (MOUTH.wide - MOUTH.narrow) * wide)
  const height = MOUTH.height * open
  const reach = { x: width, y: MOUTH.height + MOUTH.smile + MOUTH.line }
  const upper = (across: number): number => -MOUTH.smile * across - height * 0.35 * (1 - across)
  const lower = (across: number): number => -MOUTH.smile * across + height * 0.65 * (1 - across)
  const within = (spare: number) => (x: number, y: number) => {
    const across = (x / width) ** 2
    return y >= upper(across) - spare && y <= lower(across) + spare
  }
  const middle = { x: MIDDLE, y: MOUTH.y }
  canvas.fill(middle, reach, DARK, within(MOUTH.line))
  if (height < 4) return
  canvas.fill(middle, reach, INSIDE, within(0))
  const teeth = Math.min(9, height * 0.3)
  canvas.fill(middle, reach, TEETH, (x, y) => within(0)(x, y) && y <= upper((x / width) ** 2) + teeth)
}
