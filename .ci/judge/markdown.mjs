// Renders Markdown as GitHub does, by micromark with its GFM extension, and fails on an element, link or image that is
// none of cloudlint's: node markdown.mjs FILE...
import {readFileSync} from 'node:fs'
import {micromark} from 'micromark'
import {gfm, gfmHtml} from 'micromark-extension-gfm'

const elements = new Set(['h3', 'p', 'ul', 'li', 'strong', 'table', 'thead', 'tbody', 'tr', 'th', 'td', 'br', 'a', 'code', 'sub', 'hr'])
const links = [
  'https://github.com/cloudlint/cloudlint/blob/main/', // the pages of rules
  'https://github.com/example/shop/blob/0123abc/', // the golden reports' source
  'https://github.com/corp/shop/blob/0123456/', // the hostile repository's
  'https://github.com/reviewdog/reviewdog', // the signature
]
let failed = false
const fail = (file, text) => {
  console.error(`${file}: ${text}`)
  failed = true
}
const files = process.argv.slice(2)
for (const file of files) {
  const html = micromark(readFileSync(file, 'utf8'), {
    allowDangerousHtml: true, extensions: [gfm()], htmlExtensions: [gfmHtml()],
  })
  for (const [, element, attributes] of html.matchAll(/<\/?([A-Za-z!?][^\s>/]*)([^>]*)>/g)) {
    if (!elements.has(element)) fail(file, `the element <${element}${attributes}>`)
    const address = /href="([^"]*)"/.exec(attributes)?.[1]
    if (address !== undefined && !links.some((l) => address.startsWith(l))) fail(file, `a link to ${address}`)
  }
  if (/(^|[^\w\u200b])@\w/.test(html.replace(/<[^>]*>/g, ''))) fail(file, 'a mention')
}
if (files.length === 0) fail('markdown.mjs', 'no files')
console.log(`${files.length} files of Markdown: nothing but our own elements and links`)
process.exit(failed ? 1 : 0)
