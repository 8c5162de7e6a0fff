import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { EngineProcess } from './engine-process.js';

/**
 * One address in front of several engines, as a load balancer gives it: a connection goes to an engine that is alive, in
 * turn, and ends with it. With none alive the connection is cut.
 */
export class Front {
  private readonly server: Server;
  private readonly open = new Set<Socket>();
  private turn = 0;

  constructor(
    private readonly engines: readonly EngineProcess[],
    readonly port: number,
  ) {
    this.server = createServer((socket) => this.forward(socket));
  }

  async start(): Promise<void> {
    this.server.listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
  }

  async close(): Promise<void> {
    for (const socket of this.open) socket.destroy();
    this.server.close();
  }

  private forward(caller: Socket): void {
    const alive = this.engines.filter(({ isReady }) => isReady);
    this.turn += 1;
    const engine = alive[this.turn % alive.length];
    if (!engine) {
      caller.destroy();
      return;
    }
    const target = connect(engine.port, '127.0.0.1');
    for (const [socket, other] of [
      [caller, target],
      [target, caller],
    ] as const) {
      this.open.add(socket);
      socket.on('error', () => undefined); // `close` follows
      socket.once('close', () => {
        this.open.delete(socket);
        other.destroy();
      });
      socket.pipe(other);
    }
  }
}
