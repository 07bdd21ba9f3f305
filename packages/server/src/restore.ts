// npm run restore -- <dump>: brings a dump of the embedded database back.
import { readConfig } from './config.ts'
import { restoreDump } from './storage/restore-dump.ts'

const [dump] = process.argv.slice(2)
if (dump === undefined) {
  console.error('Name the dump: npm run restore -- <data directory>/dumps/rampart-....tar.gz')
  process.exit(2)
}
try {
  const { dataDir } = readConfig(process.env)
  const { kept, environments } = await restoreDump(dataDir, dump)
  console.log(`Restored ${dump} into ${dataDir}; ${environments} environments begin a new epoch.`)
  if (kept) console.log(`The directory that was there before is kept as ${kept}.`)
  process.exit(0)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
}
