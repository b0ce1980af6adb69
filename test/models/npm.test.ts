import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { systemNpm } from '../../src/models/npm.ts'
import { emptyFolder } from './small-model.ts'

const never = new AbortController().signal

/** An npm that runs these lines, with its arguments in `args`. */
async function npmThat(lines: string) {
  const script = join(await emptyFolder(), 'npm-cli.js')
  await writeFile(script, `const args = process.argv.slice(2)\n${lines}\n`)
  return systemNpm({ npm_execpath: script })
}

test('the address of a tarball is asked of npm', async () => {
  const npm = await npmThat('console.log(JSON.stringify("https://registry.test/" + args.slice(0, 4).join("+")))')
  expect(await npm.tarballOf('@vendor/ears', '1.2.3', never)).toBe(
    'https://registry.test/view+@vendor/ears@1.2.3+dist.tarball+--json',
  )
})

test('a version that npm does not know, or an address that is none, is refused', async () => {
  await expect((await npmThat('')).tarballOf('ears', '1.2.3', never)).rejects.toThrow('npm knows no ears@1.2.3')
  const file = await npmThat('console.log(JSON.stringify("file:///etc/passwd"))')
  await expect(file.tarballOf('ears', '1.2.3', never)).rejects.toThrow('npm knows no ears@1.2.3')
})

test('a package is packed without its scripts, and its name is as npm writes it', async () => {
  const npm = await npmThat(`
    if (!args.includes('--ignore-scripts')) throw new Error('scripts')
    console.log(JSON.stringify([{ filename: '@vendor/ears-1.2.3.tgz' }]))`)
  expect(await npm.pack('@vendor/ears', '1.2.3', '/tmp', never)).toBe('vendor-ears-1.2.3.tgz')
  const newer = await npmThat(`console.log(JSON.stringify([{ filename: 'vendor-ears-1.2.3.tgz' }]))`)
  expect(await newer.pack('@vendor/ears', '1.2.3', '/tmp', never)).toBe('vendor-ears-1.2.3.tgz')
})

test.each(['npm error', 'npm ERR!'])('its errors are told in its words (%s)', async word => {
  const npm = await npmThat(`
    console.error(${JSON.stringify(`${word} code E401\n${word} 401 Unauthorized - the registry wants a token`)})
    process.exit(1)`)
  await expect(npm.tarballOf('ears', '1.2.3', never)).rejects.toThrow('401 Unauthorized - the registry wants a token')
})

test('an npm that hangs is left on abort', async () => {
  const npm = await npmThat('setInterval(() => undefined, 1000)')
  const call = new AbortController()
  const asked = npm.tarballOf('ears', '1.2.3', call.signal)
  call.abort(new Error('ended by SIGINT'))
  await expect(asked).rejects.toThrow('ended by SIGINT')
})
