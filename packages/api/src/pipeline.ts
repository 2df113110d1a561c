/**
 * What one connection may ask ahead of its answers. Node hands over every request of a piece that it has read before it is somebody
 * else's turn, and when a connection goes it tells only the one answer that has it: those behind would go on for ever.
 */
import type { RequestListener, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Browsers and proxies ask for one thing at a time. */
const MAX_UNANSWERED = 16;

/** Hangs up on who asks for more at once. */
export function boundPipeline(listener: RequestListener): RequestListener {
  const unanswered = new WeakMap<Socket, Set<ServerResponse>>();
  const begin = (socket: Socket): Set<ServerResponse> => {
    const responses = new Set<ServerResponse>();
    unanswered.set(socket, responses);
    socket.once('close', () => {
      for (const response of responses) if (response.socket === null) abandon(response);
    });
    return responses;
  };
  return (request, response) => {
    const { socket } = request;
    const responses = unanswered.get(socket) ?? begin(socket);
    if (responses.size >= MAX_UNANSWERED) socket.destroy();
    // What it has sent besides still comes.
    if (socket.destroyed) return;
    responses.add(response);
    response.once('close', () => responses.delete(response));
    listener(request, response);
  };
}

/** As Node does with the answer whose turn it was. */
function abandon(response: ServerResponse): void {
  response.destroy();
  response.emit('close');
}
