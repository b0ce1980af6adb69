/** A raw picture of a screen: the planes Y, U and V, the last two at half the size. */
export interface I420Picture {
  readonly data: Uint8Array
  /** In pixels. */
  readonly width: number
  readonly height: number
}

const LEAST_SIDE = 16
const LONGEST_SIDE = 16_384
/** A little more than 8K. */
const MOST_PIXELS = 36_000_000

const COLUMNS = 96
const ROWS = 54
/** How many points of a cell are looked at, in each direction. */
const POINTS = 2
/** A cell has changed when its grey differs by so much of 255: a compressed picture that stands still differs by less. */
const OTHER_GREY = 12

/** A picture with a size that is worth looking at and bounded, and with all its planes. */
export function isUsable({ data, width, height }: I420Picture): boolean {
  const isSide = (side: number): boolean => Number.isInteger(side) && side >= LEAST_SIDE && side <= LONGEST_SIDE
  if (!isSide(width) || !isSide(height) || width * height > MOST_PIXELS) return false
  return data.length >= width * height + 2 * Math.ceil(width / 2) * Math.ceil(height / 2)
}

/** A small grey copy of a usable picture: 96 × 54 cells, each the mean of four points. It costs the same for any size. */
export function greyCopy({ data, width, height }: I420Picture): Uint8Array {
  const across = placesIn(width, COLUMNS * POINTS)
  const down = placesIn(height, ROWS * POINTS)
  const greys = new Uint8Array(COLUMNS * ROWS)
  let cell = 0
  for (let row = 0; row < ROWS; row++) {
    const upper = (down[POINTS * row] ?? 0) * width
    const lower = (down[POINTS * row + 1] ?? 0) * width
    for (let column = 0; column < COLUMNS; column++) {
      const left = across[POINTS * column] ?? 0
      const right = across[POINTS * column + 1] ?? 0
      const above = (data[upper + left] ?? 0) + (data[upper + right] ?? 0)
      greys[cell++] = (above + (data[lower + left] ?? 0) + (data[lower + right] ?? 0)) >> 2
    }
  }
  return greys
}

/** The middles of `count` equal parts of a length. */
function placesIn(length: number, count: number): Uint32Array {
  const places = new Uint32Array(count)
  for (let at = 0; at < count; at++) places[at] = ((at + 0.5) * length) / count
  return places
}

/** How much of a picture (0 to 1) differs from another, by their grey copies. */
export function changedShare(one: Uint8Array, other: Uint8Array): number {
  let changed = 0
  for (let at = 0; at < one.length; at++) if (Math.abs((one[at] ?? 0) - (other[at] ?? 0)) > OTHER_GREY) changed++
  return changed / one.length
}
