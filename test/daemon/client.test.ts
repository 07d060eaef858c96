// The daemon's client: one connection for one question, and who is told that there is no daemon.

import { afterEach, beforeEach, expect, test } from "bun:test";
import { createServer, type Server } from "node:net";

import type { Personality } from "../../src/core/names.ts";
import { createClient } from "../../src/daemon/api/client.ts";
import { preparedPlace } from "../flows/root-host.ts";

let root: ReturnType<typeof preparedPlace>;
let server: Server | null = null;
let connections = 0;

const ANSWER = '{"result":"done","identity":"command-echo","detail":"as asked"}';
const REPLY = `HTTP/1.1 200 OK\r\ncontent-length: ${ANSWER.length}\r\nconnection: close\r\n\r\n`;

async function listen(reply: string | null): Promise<void> {
  connections = 0;
  server = createServer((socket) => {
    connections += 1;
    socket.once("data", () => (reply === null ? socket.destroy() : socket.end(reply)));
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(root.host.layout.daemonSocket, resolve);
  await promise;
}

const stop = () => {
  const call = { personality: "echo" as Personality, verb: "stop", request: {} } as const;
  return createClient(root.host).verb(call);
};

beforeEach(() => {
  root = preparedPlace();
});

afterEach(() => {
  server?.close();
  server = null;
  root[Symbol.dispose]();
});

test("a daemon that answers is connected to once, and looked at by nothing else", async () => {
  root.host.probes.set(root.host.layout.daemonSocket, "refused");
  await listen(REPLY + ANSWER);
  expect(await stop()).toMatchObject({ state: "answered", value: { detail: "as asked" } });
  expect(connections).toBe(1);
});

test("one that has heard a verb and goes away may have done it", async () => {
  root.host.probes.set(root.host.layout.daemonSocket, "refused");
  await listen(null);
  expect(await stop()).toMatchObject({ state: "unknown" });
});

test.each([
  ["missing", { state: "no-daemon", why: "no daemon has been started in this root" }],
  ["refused", { state: "no-daemon", why: "a daemon ran here and is gone" }],
  ["not-a-socket", { state: "no-daemon", why: "something that is not a socket is in its place" }],
  ["unknown", { state: "unknown" }],
  ["answers", { state: "unknown" }],
] as const)("where nobody listens, and a look says %s", async (probe, told) => {
  root.host.probes.set(root.host.layout.daemonSocket, probe);
  expect(await stop()).toMatchObject(told);
});

test("where a file is in the place of the socket's folder, nobody is there either", async () => {
  const layout = { ...root.host.layout, daemonSocket: "/dev/null/daemon.sock" };
  root.host.probes.set(layout.daemonSocket, "missing");
  const call = { personality: "echo" as Personality, verb: "stop", request: {} } as const;
  const asked = await createClient({ ...root.host, layout }).verb(call);
  expect(asked).toMatchObject({ state: "no-daemon" });
});
