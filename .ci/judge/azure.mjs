// Reads reports for Azure Pipelines with Microsoft's own library and compares them with cloudlint's JSON: node azure.mjs DIR,
// which has NAME.json beside NAME.azure.txt.
import {readFileSync, readdirSync} from 'node:fs'
import {isAbsolute, join} from 'node:path'
import {createRequire} from 'node:module'
const {commandFromString} = createRequire(import.meta.url)('azure-pipelines-task-lib/taskcommand.js')

const dir = process.argv[2]
let failed = false
const fail = (file, text) => {
  console.error(`${file}: ${text}`)
  failed = true
}
// place is what of a place must be the same: the agent gets names in which no command is left.
const place = (path, line) => `${(path ?? '').replace(/[^\p{L}\p{N}]+/gu, ' ')} ${line}`
for (const file of readdirSync(dir).filter((f) => f.endsWith('.azure.txt'))) {
  const report = JSON.parse(readFileSync(join(dir, file.replace('.azure.txt', '.json')), 'utf8'))
  const absolute = (f) => (isAbsolute(f) ? f : join(report.root, f))
  const want = new Set(report.findings.map((f) => (f.file === '' ? place('') : place(absolute(f.file), f.line))))
  let issues = 0
  let errors = 0
  let more = 0 // that the agent does not show
  for (const line of readFileSync(join(dir, file), 'utf8').split(/\r\n|[\n\r]/)) {
    if (!line.includes('##vso')) continue
    const command = commandFromString(line)
    if (command.command !== 'task.logissue' || command.toString() !== line) fail(file, `${line}\nis read as\n${command}`)
    const {sourcepath, linenumber, code} = command.properties
    const rest = /^cloudlint: (\d+) more: /.exec(command.message)
    if (rest) more = Number(rest[1])
    else if (code === undefined) errors++ // what could not be analysed
    else if (want.delete(place(sourcepath, linenumber))) issues++
    else fail(file, `an issue at ${sourcepath}:${linenumber}, where there is no finding, or a second one`)
  }
  if (want.size !== more) fail(file, `${more} more, but no issue at\n${[...want].join('\n')}`)
  if (errors !== report.errors.length) fail(file, `${errors} errors, want ${report.errors.length}`)
  console.log(`${file}: ${issues} places and ${more} more, ${errors} errors, as in the JSON`)
}
process.exit(failed ? 1 : 0)
