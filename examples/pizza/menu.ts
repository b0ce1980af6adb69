/** What there is, in euros. Change it, and the questions change with it. */
export const SIZES = { small: 7, medium: 9, large: 12 } as const
export const TOPPINGS = { mushrooms: 1, olives: 1, onions: 1, ham: 2, pineapple: 1 } as const
export const DELIVERY = 3

export type Size = keyof typeof SIZES

export const sizes = Object.keys(SIZES)
export const toppings = Object.keys(TOPPINGS)

/** What an order costs, in euros. */
export function priceOf(size: Size, extras: readonly string[], count: number, isDelivered: boolean): number {
  const each = SIZES[size] + extras.reduce((sum, extra) => sum + (TOPPINGS[extra as keyof typeof TOPPINGS] ?? 0), 0)
  return each * count + (isDelivered ? DELIVERY : 0)
}
