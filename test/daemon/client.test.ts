// The daemon's client: one connection for one question, and who is told that there is no daemon.

import { afterEach, beforeEach, describe, expect, spyOn, test } from "bun:test";
import { createServer, type Server, type Socket } from "node:net";

import { monoMs } from "../../src/core/brand.ts";
import type { Personality } from "../../src/core/names.ts";
import { createClient } from "../../src/daemon/api/client.ts";
import { renderHeartbeat, type Heartbeat } from "../../src/formats/heartbeat.ts";
import { preparedPlace } from "../flows/root-host.ts";

let root: ReturnType<typeof preparedPlace>;
let server: Server | null = null;
/** What was asked, in order. */
let heard: string[] = [];

const ANSWER = '{"result":"done","identity":"command-echo","detail":"as asked"}';
const REPLY = `HTTP/1.1 200 OK\r\ncontent-length: ${ANSWER.length}\r\nconnection: close\r\n\r\n`;

const HEALTHY = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}";

/** Answers the quick question, and what else it is asked as the test says; null: with nothing. */
async function listen(reply: (socket: Socket) => unknown, healthy: string | null = HEALTHY) {
  heard = [];
  server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", (data) => {
      const line = String(data).split(" HTTP")[0] ?? "";
      heard.push(line);
      if (!line.startsWith("GET")) reply(socket);
      else if (healthy !== null) socket.end(healthy);
    });
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

const ASKED = ["GET /healthz", "POST /v1/peers/echo/stop"];

test("a daemon that answers is asked whether it does, once, and then for the verb", async () => {
  root.host.probes.set(root.host.layout.daemonSocket, "refused");
  await listen((socket) => socket.end(REPLY + ANSWER));
  expect(await stop()).toMatchObject({ state: "answered", value: { detail: "as asked" } });
  expect(heard).toEqual(ASKED);
});

test("a long answer of one that answers other questions is waited for", async () => {
  const asked = Promise.withResolvers<Socket>();
  await listen((socket) => asked.resolve(socket));
  const stopping = stop();
  const socket = await asked.promise;
  expect(await createClient(root.host).status()).toMatchObject({ reason: "it has never ticked" });
  socket.end(REPLY + ANSWER);
  expect(await stopping).toMatchObject({ state: "answered" });
});

describe("while a verb takes its time, the daemon is asked whether it still hears", () => {
  const CALL = { personality: "echo" as Personality, verb: "stop", request: {} } as const;
  const DEAF = "no HTTP\r\n\r\n";

  /** Answers the verb when it has been asked so often, and each time as the word says. */
  async function listenAs(words: readonly string[], answersAfter: number) {
    let asked: Socket | null = null;
    let times = 0;
    server = createServer((socket) => {
      socket.on("error", () => undefined);
      socket.once("data", (data) => {
        if (!String(data).startsWith("GET")) return void (asked = socket);
        socket.end(words[times % words.length] ?? "");
        times += 1;
        if (times === answersAfter) asked?.end(REPLY + ANSWER);
      });
    });
    const { promise, resolve } = Promise.withResolvers<void>();
    server.listen(root.host.layout.daemonSocket, resolve);
    await promise;
  }

  test("one that does is waited for", async () => {
    await listenAs([HEALTHY], 5);
    expect(await createClient(root.host, 10).verb(CALL)).toMatchObject({ state: "answered" });
  });

  test("one that misses a question now and then, too", async () => {
    await listenAs([HEALTHY, DEAF], 8);
    expect(await createClient(root.host, 10).verb(CALL)).toMatchObject({ state: "answered" });
  });

  test("one that has become deaf is not, and may have done it", async () => {
    await listenAs([HEALTHY, DEAF, DEAF, DEAF], 100);
    const told = await createClient(root.host, 10).verb(CALL);
    expect(told).toMatchObject({ state: "unknown", why: expect.stringContaining("hears nothing") });
    expect(told).not.toHaveProperty("isAsked");
  });
});

test("who asks for many things asks once whether anybody is there", async () => {
  await listen((socket) => socket.end(REPLY + ANSWER));
  let now = monoMs(0);
  const clock = { ...root.host.clock, mono: () => now };
  const client = createClient({ ...root.host, clock });
  const call = { personality: "echo" as Personality, verb: "stop", request: {} } as const;
  const asksFirst = async (afterMs: number) => {
    now = monoMs(now + afterMs);
    heard = [];
    await client.verb(call);
    return heard[0]?.startsWith("GET");
  };
  expect(await asksFirst(0)).toBe(true);
  expect(await asksFirst(999)).toBe(false);
  expect(await asksFirst(1)).toBe(true);
});

test("Bun's own limit of six minutes is off", async () => {
  await listen((socket) => socket.end(REPLY + ANSWER));
  using spied = spyOn(globalThis, "fetch");
  expect(await stop()).toMatchObject({ state: "answered" });
  expect(spied.mock.calls.map(([, init]) => init)).toEqual([
    expect.objectContaining({ timeout: false }),
    expect.objectContaining({ timeout: false }),
  ]);
});

test("one that answers nothing is asked for nothing, and waited for once", async () => {
  await listen(() => undefined, null);
  const client = createClient(root.host);
  const call = { personality: "echo" as Personality, verb: "stop", request: {} } as const;
  const why = "it gave no answer within 5 s";
  for (let tries = 0; tries < 3; tries += 1) {
    expect(await client.verb(call)).toEqual({ state: "unknown", why, isAsked: false });
  }
  expect(heard).toEqual(["GET /healthz"]);
}, 20_000);

test("one that answers is asked whether it does once a second", async () => {
  await listen((socket) => socket.end(REPLY + ANSWER));
  let mono = 0;
  const clock = { ...root.host.clock, mono: () => monoMs(mono) };
  const client = createClient({ ...root.host, clock });
  const call = { personality: "echo" as Personality, verb: "stop", request: {} } as const;
  const asked = async (at: number) => {
    mono = at;
    heard = [];
    await client.verb(call);
    return heard.length;
  };
  expect([await asked(0), await asked(999), await asked(1000)]).toEqual([2, 1, 2]);
});

test("one that was deaf is asked again after five seconds, and heard", async () => {
  await listen((socket) => socket.end(REPLY + ANSWER), null);
  let mono = 0;
  const clock = { ...root.host.clock, mono: () => monoMs(mono) };
  const client = createClient({ ...root.host, clock });
  const call = { personality: "echo" as Personality, verb: "stop", request: {} } as const;
  expect(await client.verb(call)).toMatchObject({ state: "unknown", isAsked: false });
  server?.close();
  await listen((socket) => socket.end(REPLY + ANSWER));
  mono = 4999;
  expect(await client.verb(call)).toMatchObject({ state: "unknown", isAsked: false });
  for (const at of [5000, 6000]) {
    mono = at;
    expect(await client.verb(call)).toMatchObject({ state: "answered" });
  }
}, 20_000);

test("an error is an answer: who gives one is asked", async () => {
  await listen((socket) => socket.end(REPLY + ANSWER), HEALTHY.replace("200 OK", "500 Oops"));
  expect(await stop()).toMatchObject({ state: "answered" });
});

describe("by its heartbeat", () => {
  const beat = (changed: Partial<Heartbeat>) => {
    const { clock, processes, files, layout } = root.host;
    const now = { wall: clock.wall(), boot: clock.bootMs(), mono: clock.mono() };
    const of = { ...processes.self(), bootId: processes.bootId(), ts: "then" };
    const figures = { ticks: 1, tickMs: 1, periodMs: 60_000, alive: 0 };
    files.writeAtomic(layout.heartbeat, renderHeartbeat({ ...now, ...of, ...figures, ...changed }));
  };
  const old = () => {
    const { clock } = root.host;
    return { boot: clock.bootMs() - 121_000, mono: clock.mono() - 121_000 };
  };
  const status = () => createClient(root.host).status();
  const { pid } = process;

  test.each([
    ["a fresh one", () => ({}), { state: "unknown", pid }],
    ["an old one", old, { state: "stale", pid }],
    ["that of an older program", () => ({ ...old(), start: undefined }), { state: "stale" }],
    ["one whose pid is another's by now", () => ({ ...old(), start: "0" }), { state: "stale" }],
  ])("of a silent daemon, %s", async (_, changed, wanted) => {
    await listen(() => undefined, "no HTTP\r\n\r\n");
    beat(changed() as Partial<Heartbeat>);
    const { state, pid: told } = await status();
    expect({ state, ...(told === undefined ? {} : { pid: told }) }).toEqual(wanted as never);
  });
});

test("one that has heard a verb and goes away may have done it", async () => {
  root.host.probes.set(root.host.layout.daemonSocket, "refused");
  await listen((socket) => socket.destroy());
  const answer = await stop();
  const why = "it ended, or closed the connection, without an answer";
  expect(answer).toMatchObject({ state: "unknown", why });
  expect(answer).not.toHaveProperty("isAsked");
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

test("where the path is too long for a socket, nobody can be there", async () => {
  const layout = { ...root.host.layout, daemonSocket: `/${"d".repeat(120)}/daemon.sock` };
  const why = "the path of the root is too long for a socket";
  const status = await createClient({ ...root.host, layout }).status();
  expect(status).toMatchObject({ state: "not-running", reason: why });
});

test("where a file is in the place of the socket's folder, nobody is there either", async () => {
  const layout = { ...root.host.layout, daemonSocket: "/dev/null/daemon.sock" };
  root.host.probes.set(layout.daemonSocket, "missing");
  const call = { personality: "echo" as Personality, verb: "stop", request: {} } as const;
  const asked = await createClient({ ...root.host, layout }).verb(call);
  expect(asked).toMatchObject({ state: "no-daemon" });
});
