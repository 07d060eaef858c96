// What the daemon's client leaves behind (daemon/api): nothing. A question that nobody waits for,
// or a timer of it, would keep the process that has its answer from ending. And what it takes from
// an answer that is a failure.

import { afterEach, beforeEach, expect, test } from "bun:test";
import { createServer, type Server, type Socket } from "node:net";

import type { Personality } from "../../src/core/names.ts";
import { createClient } from "../../src/daemon/api/client.ts";
import { preparedPlace } from "../flows/root-host.ts";

const CALL = { personality: "echo" as Personality, verb: "stop", request: {} } as const;

const reply = (status: string, body: string) =>
  `HTTP/1.1 ${status}\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`;

const HEALTHY = reply("200 OK", "{}");
const DONE = reply("200 OK", '{"result":"done","identity":"command-echo","detail":"as asked"}');

let root: ReturnType<typeof preparedPlace>;
let server: Server | null = null;

beforeEach(() => {
  root = preparedPlace();
});

afterEach(() => {
  server?.close();
  server = null;
  root[Symbol.dispose]();
});

/** Each question, in the order asked, with its number from 1 on. */
async function listen(hear: (socket: Socket, isVerb: boolean, times: number) => void) {
  let times = 0;
  server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", (data) => hear(socket, String(data).startsWith("POST"), (times += 1)));
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(root.host.layout.daemonSocket, resolve);
  await promise;
}

const closed = (socket: Socket) => new Promise<void>((resolve) => socket.once("close", resolve));

test("a timer for the next look ends with the answer", async () => {
  await listen((socket, isVerb) => socket.end(isVerb ? DONE : HEALTHY));
  const { clock } = root.host;
  const open = new Set<object>();
  const after = (ms: number, act: () => void) => {
    const one = {};
    open.add(one);
    const cancel = clock.after(ms, act);
    return () => {
      open.delete(one);
      cancel();
    };
  };
  const client = createClient({ ...root.host, clock: { ...clock, after } });
  expect(await client.verb(CALL)).toMatchObject({ state: "answered" });
  expect(open.size).toBe(0);
});

test("a look that is under way ends with the answer", async () => {
  const { promise: left, resolve } = Promise.withResolvers<void>();
  let asked: Socket | null = null;
  await listen((socket, isVerb, times) => {
    if (isVerb) asked = socket;
    else if (times === 1) socket.end(HEALTHY);
    else {
      // It is never answered.
      void closed(socket).then(resolve);
      asked?.end(DONE);
    }
  });
  expect(await createClient(root.host, 5).verb(CALL)).toMatchObject({ state: "answered" });
  await left;
}, 3000);

test("a verb that is given up is no longer waited for", async () => {
  const { promise: left, resolve } = Promise.withResolvers<void>();
  await listen((socket, isVerb, times) => {
    if (isVerb) void closed(socket).then(resolve);
    else socket.end(times === 1 ? HEALTHY : "no HTTP\r\n\r\n");
  });
  expect(await createClient(root.host, 5).verb(CALL)).toMatchObject({ state: "unknown" });
  await left;
}, 3000);

test.each([
  ["500 Oops", { next: "iapeer daemon restart" }],
  ["400 Bad", {}],
])("what to do next, as an answer of %p says, is told: %j", async (status, told) => {
  const error = { code: "c", message: "m", next: "iapeer daemon restart" };
  await listen((socket) => socket.end(reply(status, JSON.stringify({ error }))));
  const why = `the daemon answered ${status.slice(0, 3)}: m`;
  expect(await createClient(root.host).snapshot()).toEqual({ state: "unknown", why, ...told });
});
