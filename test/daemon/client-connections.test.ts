// The daemon's client keeps no connection: one to a daemon that has been replaced since would tell
// of that one's end, or take a question of which nobody knows whether it was heard.

import { expect, test } from "bun:test";
import { createServer, type Socket } from "node:net";
import { createClient } from "../../src/daemon/api/client.ts";
import { preparedPlace } from "../flows/root-host.ts";

const REPLY = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";

test("each question has one of its own, though the daemon would keep it", async () => {
  using root = preparedPlace();
  const connections: Socket[] = [];
  const server = createServer((socket) => {
    connections.push(socket);
    socket.on("error", () => undefined);
    socket.on("data", () => socket.write(REPLY));
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(root.host.layout.daemonSocket, resolve);
  await promise;
  const client = createClient(root.host);
  for (let asked = 1; asked <= 3; asked += 1) {
    expect(await client.snapshot()).toMatchObject({ state: "answered" });
    expect(connections).toHaveLength(asked);
  }
  for (const socket of connections) socket.destroy();
  server.close();
});
