export function WhatIf(_props: Readonly<Record<string, unknown>>) {
  return null
}
