/**
 * The server's process, so that what it does costs the measured programs as little as a server elsewhere would. It is told a
 * directory and the port of an rsync daemon (0 for none), and answers each message with what has crossed the wire so far.
 */
import { listenOn } from '../support/listen-on.ts';
import { createFileServer } from './file-server.ts';
import { createCountingWay, createTrafficMeter } from './traffic.ts';

const [directory = '.', rsyncPort = '0'] = process.argv.slice(2);
const meter = createTrafficMeter();
const server = createFileServer(directory, meter);
const port = await listenOn(server, 0);
const way = createCountingWay(Number(rsyncPort), meter);
process.send?.({ ports: [port, await listenOn(way, 0)] });
process.on('message', () => process.send?.(meter.read()));
// Who started us is gone.
process.on('disconnect', () => process.exit(0));
