/**
 * The link's process, in front of the server's: it is told the rate, the round trip and the ports that it leads to, and answers with
 * its own ports in the same order.
 */
import { listenOn } from '../support/listen-on.ts';
import { createLink } from './link.ts';

const [megabitsPerSecond = 0, roundTripMs = 0, ...ports] = process.argv.slice(2).map(Number);
const servers = createLink({ megabitsPerSecond, roundTripMs }, ports);
process.send?.({ ports: await Promise.all(servers.map((server) => listenOn(server, 0))) });
// Who started us is gone.
process.on('disconnect', () => process.exit(0));
