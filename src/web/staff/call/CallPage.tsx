export function CallPage(_props: Readonly<Record<string, unknown>>) {
  return null
}
