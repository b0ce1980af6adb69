export function LiveList(_props: Readonly<Record<string, unknown>>) {
  return null
}
