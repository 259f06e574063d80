/** Sections of the repository's README that are of no use to whoever has installed the package. */
const ofTheRepository: readonly string[] = ['Try it', 'The demo on your own Supabase project']
/** Files that are not in the package. */
const notPacked = /\]\((ARCHITECTURE|CONTRIBUTING)\.md\)/
/** Of the repository's own scripts, and the way from it to the app. */
const command = /^(- `npx pnpm|npm run pack|cd )/

/** The README as the package has it: without the demo and its pictures, and with links to files of the package alone. */
export function packageReadme(readme: string): string {
  const sections = readme.split(/^(?=## )/m).filter((section) => !ofTheRepository.some((title) => section.startsWith(`## ${title}\n`)))
  const text = sections.join('').replace(/^The demo is .*\n\n<p>\n.*?<\/p>\n\n/ms, '')
  const lines = text.split('\n').filter((line) => !notPacked.test(line) && !command.test(line))
  return lines.join('\n').replaceAll('[packages/sync/', '[').replaceAll('](packages/sync/', '](').replaceAll(/\S+\.tgz/g, '@stowaway/sync')
}
