export function LivePage(_props: Readonly<Record<string, unknown>>) {
  return null
}
