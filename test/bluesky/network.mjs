// Starts a Bluesky network for one test: PLC, PDS and AppView, all on 127.0.0.1 and on free ports. It says where they are in
// one line of JSON on standard output, and ends when standard input ends, so that it never outlives the test.
import net from 'node:net'

// The network's own code listens on all interfaces.
const listen = net.Server.prototype.listen
net.Server.prototype.listen = function (...args) {
  if (typeof args[0] === 'object' && args[0] !== null) {
    args[0] = { ...args[0], host: '127.0.0.1' }
  } else if (typeof args[1] === 'string') {
    args[1] = '127.0.0.1'
  } else {
    args.splice(1, 0, '127.0.0.1')
  }
  return listen.apply(this, args)
}

const { TestNetwork } = await import('@atproto/dev-env')
const network = await TestNetwork.create({ dbPostgresSchema: 'breakwater' })

process.stdin.resume()
process.stdin.on('end', () => process.exit(0))
process.stdout.write(JSON.stringify({ pds: network.pds.url, appView: network.bsky.url, plc: network.plc.url }) + '\n')
