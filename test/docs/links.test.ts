import { access, readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const documents = [
  ...['README.md', 'SECURITY.md', 'CHANGELOG.md'],
  ...(await readdir(join(ROOT, 'docs'))).filter(name => name.endsWith('.md')).map(name => `docs/${name}`),
]

/** As a page of Markdown names its headings. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(' ', '-')

const bare = (text: string): string => text.replace(/^```.*?^```$/gms, '').replace(/`[^`\n]*`/g, '')
const anchorsOf = async (path: string): Promise<readonly string[]> =>
  [...(await readFile(path, 'utf8')).replace(/^```.*?^```$/gms, '').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    anchorOf(heading),
  )

test.each(documents)('each link of %s leads somewhere', async document => {
  const text = bare(await readFile(join(ROOT, document), 'utf8'))
  const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link).filter(link => !/^\w+:/.test(link))
  const broken: string[] = []
  for (const link of links) {
    const [path = '', anchor] = link.split('#')
    const target = path === '' ? join(ROOT, document) : join(ROOT, dirname(document), decodeURIComponent(path))
    const isThere = await access(target).then(
      () => true,
      () => false,
    )
    if (!isThere || (anchor !== undefined && target.endsWith('.md') && !(await anchorsOf(target)).includes(anchor)))
      broken.push(link)
  }
  expect(broken).toEqual([])
})
